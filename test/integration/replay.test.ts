/** `replay` and `advise` with --from-prometheus against a real Prometheus: what it has of a workload, replayed, is what the same range in a file gives. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingPrometheus, skip } from "../cluster/available.ts";
import { startPrometheus, type TestPrometheus } from "../cluster/prometheus.ts";

const root = join(import.meta.dirname, "../..");
const exec = promisify(execFile);
const WARMUP = 1800;
const WORLD = [
  "--request",
  "0.1",
  "--target-cpu",
  "0.05",
  "--max",
  "20",
  "--warmup",
  String(WARMUP),
  "--policies",
  "auto,hpa",
];

/** Pods that were set, as kube-state-metrics has them. */
const SET = 7;

/** Three hours of two pods up to now: a wave of 10 minutes that doubles for a while. */
function past(end: number): string {
  let total = 0;
  const lines = Array.from({ length: 721 }, (_, i) => {
    const size = i > 400 && i < 500 ? 2 : 1;
    total += 15 * size * (0.15 + 0.08 * Math.sin((2 * Math.PI * i) / 40));
    return [total, end - 15 * (720 - i)] as const;
  });
  const pod = (name: string) => `container_cpu_usage_seconds_total{namespace="shop",pod="web-${name}",container="web"}`;
  const series = ["5d4f8c9b7-x2x4z", "5d4f8c9b7-bcdfg"].flatMap((name) =>
    lines.map(([value, time]) => `${pod(name)} ${value.toFixed(4)} ${time}`),
  );
  const set = lines.map(
    ([, time]) => `kube_deployment_spec_replicas{namespace="shop",deployment="web"} ${SET} ${time}`,
  );
  const types = ["container_cpu_usage_seconds counter", "kube_deployment_spec_replicas gauge"];
  return [`# TYPE ${types[0]}`, ...series, `# TYPE ${types[1]}`, ...set, "# EOF\n"].join("\n");
}

describe.skipIf(skip(missingPrometheus()))("replay --from-prometheus", () => {
  let prometheus: TestPrometheus;
  let dir = "";
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "replay-"));
    if (!existsSync(join(root, "dist/job.js"))) await exec(process.execPath, ["scripts/build.ts"], { cwd: root });
    prometheus = await startPrometheus({ history: past(Math.floor(Date.now() / 15_000) * 15) });
  });
  afterAll(async () => {
    await prometheus?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  const job = async (...args: string[]) => {
    const { stdout } = await exec(process.execPath, [join(root, "dist/job.js"), "replay", ...args, "--json"]);
    return JSON.parse(stdout) as { file: string; steps: number; policies: Record<string, { podHours: number }> };
  };

  test("two hours of a service as Prometheus has them, and the same two hours from a file", async () => {
    const dump = join(dir, "rows.csv");
    const asked = ["--from-prometheus", "--prometheus", prometheus.url, "--namespace", "shop", "--deployment", "web"];
    const live = await job(...asked, "--range", "2h", ...WORLD, "--dump", dump);
    expect(live.file).toBe("shop/web");
    expect(live.steps).toBeGreaterThan(330);
    const times = (await readFile(dump, "utf8"))
      .trim()
      .split("\n")
      .slice(1)
      .map((row) => Number(row.split(",")[1]));
    const range = { start: String(times[0]! - WARMUP), end: String(Math.max(...times)), step: "15" };
    // the test's own words for the workload's CPU, not the adapter's
    const query = 'sum(rate(container_cpu_usage_seconds_total{namespace="shop",pod=~"web-.*",container="web"}[60s]))';
    const body = new URLSearchParams({ query, ...range });
    const answer = await fetch(`${prometheus.url}/api/v1/query_range`, { method: "POST", body });
    const file = join(dir, "range.json");
    await writeFile(file, await answer.text());
    const recorded = await job(file, ...WORLD);
    expect(recorded.policies).toEqual(live.policies);
    expect(recorded.steps).toBe(live.steps);
    expect(live.policies.auto!.podHours).toBeGreaterThan(0);
  });

  test("an advice on two hours tells what really ran, and promises nothing", async () => {
    const asked = ["--from-prometheus", "2h", "--prometheus", prometheus.url, "--namespace", "shop"];
    const world = ["--request", "0.1", "--target-cpu", "0.05", "--max", "20", "--warmup", String(WARMUP)];
    const job = [join(root, "dist/job.js"), "advise", ...asked, "--deployment", "web", ...world, "--json"];
    const { stdout } = await exec(process.execPath, job);
    const { advised, why, others, judgedOn } = JSON.parse(stdout) as {
      advised: null;
      why: string;
      others: { settings: { label: string }; cost: number; actions: number }[];
      judgedOn: { from: string; to: string };
    };
    expect(advised).toBe(null);
    expect(why).toMatch(/less than a day proves nothing/);
    const real = others.find(({ settings }) => settings.label === "what really ran")!;
    const hours = (Date.parse(judgedOn.to) - Date.parse(judgedOn.from)) / 3_600_000;
    expect(real.cost).toBeCloseTo(SET * hours, 6);
    expect(real.actions).toBe(0);
  });

  test("a workload that Prometheus does not know fails by name and replays nothing", async () => {
    const asked = ["--from-prometheus", "--prometheus", prometheus.url, "--namespace", "shop", "--deployment", "gone"];
    await expect(job(...asked, ...WORLD)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/NoData: the answer holds no sample/),
    });
  });
});
