/** The built query reads the same cores whatever exports them: every shape in which cadvisor, kubelet and their scrapers give a container's CPU, on a real Prometheus. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prometheusHistory } from "../../job/adapters/prometheus.ts";
import type { HistoryReading } from "../../job/ports.ts";
import { missingPrometheus, skip } from "../cluster/available.ts";
import { startPrometheus, type TestPrometheus } from "../cluster/prometheus.ts";
import { cpuOf } from "../fakes/queries.ts";
import { prometheusSettings } from "../fault/settings.ts";

type Labels = Readonly<Record<string, string>>;
/** A counter of one series: its labels and the cores that it counts. */
type Row = readonly [Labels, number];

const NOW = Math.floor(Date.now() / 15_000) * 15;
const PODS = ["bcdfg", "ghjkl", "x2x4z", "zz999"].map((end) => `web-5d4f8c9b7-${end}`);
/** What the containers burn: 4 pods of 1 core in all. */
const CORES = 4;

/** Rows of every pod's container, by `each`. */
const all = (each: (pod: string) => readonly Row[]): readonly Row[] => PODS.flatMap(each);
const app = (pod: string, more: Labels = {}): Labels => ({ pod, container: "web", ...more });
const perCpu = (labels: Labels, share = 0.25): readonly Row[] =>
  [0, 1, 2, 3].map((cpu) => [{ ...labels, cpu: `cpu0${cpu}` }, share]);

const SHAPES: Readonly<Record<string, readonly Row[]>> = {
  "cadvisor with cpu=total": all((pod) => [[app(pod, { cpu: "total", id: `/kubepods/${pod}` }), 1]]),
  "cadvisor with a row for each CPU": all((pod) => perCpu(app(pod))),
  "rows of CPUs that are not equally busy": all((pod) => [
    [app(pod, { cpu: "cpu00" }), 0.7],
    [app(pod, { cpu: "cpu01" }), 0.3],
  ]),
  "the kubelet's resource endpoint": all((pod) => [[app(pod), 1]]),
  "cadvisor beside the resource endpoint": all((pod) => [
    [app(pod, { cpu: "total", metrics_path: "/metrics/cadvisor" }), 1],
    [app(pod, { metrics_path: "/metrics/resource" }), 1],
  ]),
  "rows of CPUs beside the resource endpoint": all((pod) => [
    ...perCpu(app(pod, { metrics_path: "/metrics/cadvisor" })),
    [app(pod, { metrics_path: "/metrics/resource" }), 1],
  ]),
  "a cadvisor of its own beside the kubelet's": all((pod) => [
    ...perCpu(app(pod, { job: "cadvisor" })),
    [app(pod, { job: "kubelet", cpu: "total" }), 1],
  ]),
  "two replicas of Prometheus": all((pod) => [
    ...perCpu(app(pod, { prometheus_replica: "a" })),
    ...perCpu(app(pod, { prometheus_replica: "b" })),
  ]),
  "rows of the pause container and of the pod's cgroup": all((pod) => [
    [app(pod, { cpu: "total" }), 1],
    [{ pod, container: "POD", cpu: "total" }, 0.01],
    [{ pod, container: "", cpu: "total" }, 1.01],
    [{ pod, cpu: "total", id: `/kubepods.slice/${pod}` }, 1.01],
  ]),
  "a sidecar in each pod": all((pod) => [...perCpu(app(pod), 0.2), ...perCpu({ pod, container: "proxy" }, 0.05)]),
  "a container that was restarted": all((pod) => [
    [app(pod, { id: "first" }), 1],
    [app(pod, { id: "second" }), 0.001],
  ]),
  "neighbours with longer names": [
    ...all((pod) => [[app(pod), 1]]),
    [{ pod: "web-api-5d4f8c9b7-x2x4z", container: "web" }, 9],
    [{ pod: "web-0", container: "web" }, 9],
  ],
};
const NAMES = Object.keys(SHAPES);
const namespaceOf = (name: string) => `shape-${NAMES.indexOf(name)}`;

/** Ten minutes of counters, a sample in 15 s. */
function counters(rows: readonly Row[]): string[] {
  return rows.flatMap(([labels, cores], k) => {
    const text = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
    const at = (i: number) => `${(1000 + k + cores * 15 * i).toFixed(4)} ${NOW - 600 + 15 * i}`;
    return Array.from({ length: 41 }, (_, i) => `container_cpu_usage_seconds_total{${text.join(",")}} ${at(i)}`);
  });
}

const TWO_CLUSTERS: readonly Row[] = ["eu-1", 'us "2"'].flatMap((cluster, k) =>
  all((pod) => [
    [{ ...app(pod.replace("5d4f", k === 0 ? "5d4f" : "6c8d")), cluster: cluster.replaceAll('"', '\\"') }, 1 + k],
  ]),
);

describe.skipIf(skip(missingPrometheus()))("the built query", () => {
  let prometheus: TestPrometheus;
  beforeAll(async () => {
    const inNamespace = (namespace: string, rows: readonly Row[]) =>
      counters(rows.map(([labels, cores]): Row => [{ namespace, ...labels }, cores]));
    const past = NAMES.flatMap((name) => inNamespace(namespaceOf(name), SHAPES[name]!));
    const idle = PODS.map((pod): Row => [app(pod), 0]);
    const history = [...past, ...inNamespace("clusters", TWO_CLUSTERS), ...inNamespace("idle", idle)];
    prometheus = await startPrometheus({
      history: ["# TYPE container_cpu_usage_seconds counter", ...history, "# EOF\n"].join("\n"),
    });
  });
  afterAll(() => prometheus?.stop());

  async function reading(
    namespace: string,
    more: Parameters<typeof prometheusSettings>[1] = {},
  ): Promise<HistoryReading> {
    const history = prometheusHistory(prometheusSettings(prometheus.url, more));
    const [one] = await history.read([cpuOf({ namespace, history: 300 })], NOW);
    history.close();
    if (one instanceof Error) throw one;
    return one as HistoryReading;
  }
  const newest = async (...args: Parameters<typeof reading>) => (await reading(...args)).samples.values.at(-1);

  test.each(NAMES)("reads %s once and whole", async (name) => {
    const { samples, pods } = await reading(namespaceOf(name));
    expect(samples.values.at(-1)).toBeCloseTo(CORES, 2);
    expect(pods?.values.at(-1)).toBe(PODS.length);
  });

  test("counts no pods of a query of one's own, and none that used nothing", async () => {
    expect((await reading(namespaceOf(NAMES[0]!), { query: "vector(1)" })).pods).toBeUndefined();
    const { samples, pods } = await reading("idle");
    expect([samples.values.at(-1), pods?.values.at(-1)]).toEqual([0, 0]);
    expect((await reading("nowhere")).pods?.values.at(-1)).toBe(0);
  });

  test("adds two clusters of equal names, unless the settings say which one", async () => {
    expect(await newest("clusters")).toBeCloseTo(3 * CORES, 2);
    expect(await newest("clusters", { matchers: { cluster: "eu-1" } })).toBeCloseTo(CORES, 2);
    expect(await newest("clusters", { matchers: { cluster: 'us "2"' } })).toBeCloseTo(2 * CORES, 2);
    const own = 'sum(rate(container_cpu_usage_seconds_total{namespace="$namespace",$matchers}[1m]))';
    expect(await newest("clusters", { query: own, matchers: { cluster: "eu-1" } })).toBeCloseTo(CORES, 2);
    expect(await newest("clusters", { query: own })).toBeCloseTo(3 * CORES, 2);
  });
});
