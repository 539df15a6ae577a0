/** What the doctor finds in the data of a real Prometheus: zero for nothing, a step finer than the scrape, a second cluster behind the same address. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Check } from "../../job/adapters/check.ts";
import { missingPrometheus, skip } from "../cluster/available.ts";
import { startPrometheus, type TestPrometheus } from "../cluster/prometheus.ts";
import { cli } from "../fakes/cli.ts";

const NOW = Math.floor(Date.now() / 60_000) * 60;
const SPAN = 3000;
/** The samples go on beyond now: however long the tests take, none is missing. */
const AHEAD = 600;

/** Counters of one pod a row, a sample every `every` seconds; the load moves, so that no two rates are equal. */
function counters(namespace: string, every: number, rows: readonly (readonly [pod: string, labels: string])[]) {
  return rows.flatMap(([end, labels]) =>
    Array.from({ length: SPAN / every + 1 }, (_, i) => {
      const t = i * every;
      const value = 100 + 0.5 * t + 20 * Math.sin(t / 200) + Math.sin(t);
      const names = `namespace="${namespace}",pod="web-5d4f8c9b7-${end}",container="web"${labels}`;
      return `container_cpu_usage_seconds_total{${names}} ${value.toFixed(4)} ${NOW + AHEAD - SPAN + t}`;
    }),
  );
}

const PODS = ["bcdfg", "ghjkl", "x2x4z", "zz999"] as const;
const each = (labels: (k: number) => string, pods: readonly string[] = PODS) =>
  pods.map((end, k) => [end, labels(k)] as const);

const HISTORY = [
  "# TYPE container_cpu_usage_seconds counter",
  ...counters(
    "plain",
    15,
    each(() => ',cluster="eu-1"'),
  ),
  ...counters(
    "slow",
    60,
    each(() => ""),
  ),
  ...counters(
    "clusters",
    15,
    each((k) => `,k8s_cluster_name="${k < 3 ? "eu-1" : "us-2"}"`),
  ),
  ...counters(
    "unnamed",
    15,
    each((k) => (k < 3 ? ',cluster="eu-1"' : "")),
  ),
  ...counters("pairs", 15, [
    ...each(() => ',prometheus="mon/a",prometheus_replica="0"'),
    ...each(() => ',prometheus="mon/b",prometheus_replica="1"'),
  ]),
  ...counters(
    "servers",
    15,
    each((k) => `,prometheus="${k < 2 ? "eu/k8s" : "us/k8s"}"`),
  ),
  "# EOF\n",
].join("\n");

describe.skipIf(skip(missingPrometheus()))("the doctor on a real Prometheus", () => {
  let prometheus: TestPrometheus;
  beforeAll(async () => {
    prometheus = await startPrometheus({ history: HISTORY });
  });
  afterAll(() => prometheus?.stop());

  async function checks(namespace: string, flags = "", env: Record<string, string> = {}): Promise<readonly Check[]> {
    const words = `doctor --json --replicas 4 --prometheus ${prometheus.url} --namespace ${namespace} --deployment web`;
    const { out, err } = await cli(`${words} --target-cpu 0.5 --max 20 --history 30m ${flags}`, env);
    expect(err).toBe("");
    return (JSON.parse(out) as { checks: Check[] }).checks;
  }
  const about = (found: readonly Check[], word: string) => found.find(({ check }) => check.startsWith(word));
  const query = (text: string) => ({ PROPHET_AUTOSCALER_PROMETHEUS_QUERY: text });
  const OWN = 'sum(rate(container_cpu_usage_seconds_total{namespace="$namespace",$matchers}[1m]))';

  test("has nothing to say of a query of one cluster that is asked as often as it is scraped", async () => {
    const found = await checks("plain");
    expect(about(found, "data of plain/web")?.status).toBe("ok");
    expect(about(found, "cluster of plain/web")).toMatchObject({ status: "ok", message: "one" });
    expect([about(found, "query of"), about(found, "step of")]).toEqual([undefined, undefined]);
  });

  test("names the words that make zero of nothing, and says to take them out", async () => {
    const found = about(await checks("nowhere", "", query(`${OWN} or vector(0)`)), "query of nowhere/web");
    expect(found).toMatchObject({ status: "warn", todo: expect.stringContaining("take `or vector(0)` out") });
    expect(about(await checks("plain", "", query(OWN)), "query of")).toBeUndefined();
  });

  test("finds how often there is a new value, and says when the step is finer", async () => {
    const found = about(await checks("slow"), "step of slow/web");
    expect(found?.status).toBe("warn");
    expect(found?.message).toMatch(/^15 s, but the source has a new value every 60 s only/);
    expect(found?.todo).toContain("step: 60s");
    expect(about(await checks("slow", "--step 60s"), "step of")).toBeUndefined();
    expect(about(await checks("plain", "--step 1s"), "step of plain/web")?.todo).toContain("step: 15s");
    // of a query of the user's own its values tell
    const gauge = query('sum(container_cpu_usage_seconds_total{namespace="$namespace"} % 1) / 100');
    expect(about(await checks("slow", "", gauge), "step of slow/web")?.todo).toContain("step: 60s");
  });

  test("finds a second cluster under the same names, and the matcher that it gives ends it", async () => {
    const found = about(await checks("clusters"), "cluster of clusters/web");
    expect(found?.status).toBe("warn");
    expect(found?.message).toContain("k8s_cluster_name has 2 values");
    expect(found?.message).toContain('"eu-1" (3 pods), "us-2" (1 pod)');
    expect(found?.todo).toContain('prometheus.matchers: { k8s_cluster_name: "eu-1" }');
    const file = join(mkdtempSync(join(tmpdir(), "doctor-")), "config.yaml");
    writeFileSync(file, 'prometheus: { matchers: { k8s_cluster_name: "eu-1" } }\n');
    expect(about(await checks("clusters", `--config ${file}`), "cluster of")?.status).toBe("ok");
    expect(about(await checks("unnamed"), "cluster of")?.message).toContain('"" (1 pod)');
  });

  test("takes two replicas of Prometheus for what they are, and two servers with pods of their own for two clusters", async () => {
    expect(about(await checks("pairs"), "cluster of")?.status).toBe("ok");
    expect(about(await checks("servers"), "cluster of")?.message).toContain('"eu/k8s" (2 pods), "us/k8s" (2 pods)');
  });

  test("leaves a query of the user's own alone that names the label itself", async () => {
    const blind = about(await checks("clusters", "", query(OWN)), "cluster of");
    expect(blind?.todo).toContain("put $matchers into the selectors");
    const named = OWN.replace("$matchers", 'k8s_cluster_name="us-2"');
    expect(about(await checks("clusters", "", query(named)), "cluster of")?.status).toBe("ok");
  });
});
