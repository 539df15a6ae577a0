/** The dashboard of the runs' metrics: each of its queries, over a real Prometheus that real runs have filled, gives data of the one workload. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingControlPlane, missingOtlp, otlpPrometheus, skip } from "../cluster/available.ts";
import { openApi } from "../cluster/demo/api.ts";
import { serveKubeState } from "../cluster/kube-state.ts";
import { startPrometheus, type TestPrometheus } from "../cluster/prometheus.ts";
import { fakeServer } from "../fault/server.ts";
import { answer, type Rig, settings, startRig } from "./rig.ts";

interface Target {
  readonly expr: string;
}
const dashboard = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../manifests/monitoring/forecast-dashboard.json"), "utf8"),
) as {
  panels: { title: string; targets?: Target[] }[];
  annotations: { list: Target[] };
  templating: { list: { type: string; query: string }[] };
};
const panels = dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const));
const annotations = dashboard.annotations.list.map(({ expr }) => ["annotations", expr] as const);

/** As Grafana fills it in. */
function filled(text: string): string {
  const values = {
    namespace: "dash",
    kind: "Deployment",
    workload: "web",
    metric: "cpu",
    __range: "60s",
    price: "0.04",
  };
  const whole = Object.entries(values).reduce((sum, [name, value]) => sum.replaceAll(`$${name}`, value), text);
  // the runs of this test are seconds apart, not minutes
  return whole.replaceAll(":1m]", ":1s]");
}

describe.skipIf(skip(missingControlPlane() ?? missingOtlp()))("the dashboard of forecast and decisions", () => {
  const ends: (() => unknown)[] = [];
  let prometheus: TestPrometheus;
  let rig: Rig;
  let [from, until] = [0, 0];

  beforeAll(async () => {
    // a wave that asks for one pod, and for several
    const load = (t: number) => 0.2 + 0.15 * Math.sin((2 * Math.PI * t) / 16);
    const source = await fakeServer((seen) => ({ body: answer(seen.body, seen.url, load) }));
    ends.push(source.stop);
    rig = await startRig("dash");
    ends.push(() => rig.stop());
    const kubectl = (...args: string[]) => rig.cluster.kubectl(["-n", "dash", ...args]);
    for (const name of ["web", "web-api"]) await kubectl("create", "deployment", name, "--image=x", "--replicas=1");
    const api = await openApi(rig.cluster.kubeconfig);
    ends.push(() => api.stop());
    const state = await serveKubeState(api);
    ends.push(() => state.stop());
    prometheus = await startPrometheus({
      binary: otlpPrometheus()!,
      flags: ["--web.enable-otlp-receiver"],
      scrape: [{ job: "kube-state-metrics", targets: [state.target] }],
    });
    ends.push(() => prometheus.stop());
    const base = settings(source.url) as { targets: object[] };
    // the HPA beside the decisions needs more than five minutes
    const fast = { step: 1, history: 400, podStart: 1, behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } };
    const targets = ["web", "web-api"].map((name) => ({
      ...base.targets[0],
      ...fast,
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
    }));
    from = Date.now() / 1000;
    const run = await rig.run(
      { ...base, targets, metrics: { otlp: `${prometheus.url}/api/v1/otlp` } },
      { kubeconfig: rig.cluster.kubeconfig, args: ["--every", "2s", "--for", "24s"] },
    );
    expect(run.code, run.stderr).toBe(0);
    // forecasts stand ahead
    until = Date.now() / 1000 + 60;
  });
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  async function series(expr: string) {
    const form = new URLSearchParams({ query: filled(expr), start: String(from), end: String(until), step: "1" });
    const response = await fetch(`${prometheus.url}/api/v1/query_range?${form}`);
    const { data, error } = (await response.json()) as {
      data: { result: { metric: Record<string, string>; values: [number, string][] }[] };
      error?: string;
    };
    expect(error, expr).toBeUndefined();
    return data.result;
  }

  test("is about many panels", () => expect(panels.length).toBeGreaterThan(15));

  test.each([...panels, ...annotations])("%s: %s", async (_title, expr) => {
    const found = await series(expr);
    expect(found.length).toBeGreaterThan(0);
    expect(found.some(({ values }) => values.some(([, value]) => Number.isFinite(Number(value))))).toBe(true);
    // `web` is not `web-api`
    for (const { metric } of found) expect(["web", undefined]).toContain(metric.name ?? metric.deployment);
    // one line for each entry of the legend
    const more = /step_duration|_reason/.test(expr);
    if (!more) expect(found).toHaveLength(1);
  });

  test.each(dashboard.templating.list.filter(({ type }) => type === "query").map(({ query }) => query))(
    "the variable %s has values",
    async (query) => {
      const [, selector, label] = /^label_values\((.*), (\w+)\)$/.exec(query)!;
      const found = await series(selector!);
      const values = new Set(found.map(({ metric }) => metric[label!]));
      expect([...values].filter((value) => ["dash", "Deployment", "web", "cpu"].includes(value!))).toHaveLength(1);
    },
  );
});
