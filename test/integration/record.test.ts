/** The built job against a real Prometheus and API server, and `runOnce` through ports in memory: the same record, number for number. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseRange } from "../../job/adapters/prometheus-answer.ts";
import { loadSettings } from "../../job/config/load.ts";
import type { Settings } from "../../job/config/types.ts";
import type { HistoryReading } from "../../job/ports.ts";
import { createLog } from "../../job/report/log.ts";
import { collectingReporter } from "../../job/report/reporter.ts";
import { runOnce } from "../../job/run.ts";
import { missingControlPlane, missingPrometheus, skip } from "../cluster/available.ts";
import { startPrometheus, type TestPrometheus } from "../cluster/prometheus.ts";
import { fakePorts, fakeWorld } from "../fakes/ports.ts";
import { type Rig, type RigRunResult, settings, startRig } from "./rig.ts";

const PODS = ["stress-app-5d4f8c9b7-x2x4z", "stress-app-5d4f8c9b7-bcdfg"];
/** What kube-state-metrics would show: two pods ready 40 and 70 s after they were made, the 0.9 quantile of which is 67 s; a third that became ready anew after 20 minutes, and another workload's, which do not count. */
const KNOWN = [...PODS, "stress-app-5d4f8c9b7-fghjk", "stress-app-api-5d4f8c9b7-x2x4z"];
const STARTS = [40, 70, 1200, 300];
/** The query as docs/installing.md has it, written out once more: the test must not ask what the code asks. */
const QUERY = `sum(max by (namespace, pod, container) (rate(container_cpu_usage_seconds_total{namespace="shop",pod=~"stress-app-.+",container="stress-app"}[60s])))`;

/** A past of `seconds` up to `end`: two waves over two pods, 0.05 to 0.25 cores, and when the pods became ready. */
function past(end: number, seconds: number): string {
  const cores = (t: number) => 0.15 + 0.07 * Math.sin((2 * Math.PI * t) / 600) + 0.03 * Math.sin((t * t) / 1e4);
  const times = Array.from({ length: seconds / 15 + 1 }, (_, i) => i * 15);
  let total = 0;
  const totals = times.map((t) => {
    total += t === 0 ? 0 : 7.5 * cores(t);
    return total;
  });
  const at = (i: number) => end - seconds + times[i]!;
  const cpu = PODS.flatMap((pod) =>
    totals.map(
      (v, i) =>
        `container_cpu_usage_seconds_total{namespace="shop",pod="${pod}",container="stress-app"} ${v.toFixed(4)} ${at(i)}`,
    ),
  );
  const gauge = (name: string, value: (k: number) => number) => [
    `# TYPE ${name} gauge`,
    ...KNOWN.flatMap((pod, k) => times.map((_, i) => `${name}{namespace="shop",pod="${pod}"} ${value(k)} ${at(i)}`)),
  ];
  const born = end - 3000;
  return [
    "# TYPE container_cpu_usage_seconds counter",
    ...cpu,
    ...gauge("kube_pod_created", () => born),
    ...gauge("kube_pod_status_ready_time", (k) => born + STARTS[k]!),
    "# EOF\n",
  ].join("\n");
}

const missing = missingControlPlane() ?? missingPrometheus();

describe.skipIf(skip(missing))("one record", () => {
  let rig: Rig;
  let prometheus: TestPrometheus;
  let config: object;
  let loaded: Settings;

  beforeAll(async () => {
    prometheus = await startPrometheus({ history: past(Math.floor(Date.now() / 1000) + 900, 9900) });
    rig = await startRig();
    config = {
      ...settings(prometheus.url, {}, { measurePodStart: true }),
      report: { logLevel: "debug", logFormat: "json" },
    };
    const readFile = async () => JSON.stringify(config);
    loaded = await loadSettings({ flags: { config: "file" }, env: { PROPHET_AUTOSCALER_NAMESPACE: "shop" }, readFile });
  });
  afterAll(async () => {
    await rig?.stop();
    await prometheus?.stop();
  });

  /** The line of the log that holds every number of the decision. */
  const recordIn = (log: string) => {
    const lines = log.split("\n").filter((line) => line.includes('"trail"'));
    expect(lines).toHaveLength(1);
    const { time: _, ...record } = JSON.parse(lines[0]!) as Record<string, unknown> & { now: number; lead: number };
    return record;
  };

  /** The samples that Prometheus has for a run at `now`, asked for by the test itself. */
  async function readingAt(now: number): Promise<HistoryReading> {
    const end = Math.floor(now / 15) * 15;
    const { calibration } = loaded.targets[0]!;
    const form = { query: QUERY, start: String(end - calibration + 15), end: String(end), step: "15" };
    const answer = await fetch(`${prometheus.url}/api/v1/query_range`, {
      method: "POST",
      body: new URLSearchParams(form),
    });
    // both pods are measured at each point of the last five minutes
    const times = Float64Array.from({ length: 20 }, (_, i) => end - 15 * (19 - i));
    const pods = { times, values: times.map(() => PODS.length) };
    return { ...parseRange(await answer.text()), source: "the test", podStart: 67, pods };
  }

  /** The same run through ports in memory. */
  async function inMemory(now: number, replicas: number, memory: string) {
    const name = loaded.targets[0]!.name;
    const reading = await readingAt(now);
    const world = fakeWorld({
      now,
      replicas: { [name]: replicas },
      state: { text: memory === "" ? null : memory, version: 1 },
      history: () => reading,
    });
    let log = "";
    const write = (line: string) => {
      log += line;
    };
    const logging = createLog({ level: "debug", format: "json", now: () => now, write, redact: (text) => text });
    const ports = fakePorts(world);
    const reporter = collectingReporter(logging, { format: "json", printed: false });
    const result = await runOnce({ ...ports, reporter }, loaded.targets, {});
    return { targets: JSON.parse(JSON.stringify(result.targets)) as unknown, log, world };
  }

  /** Runs the built job, then the same in memory, and compares outcome, record, replicas and what is remembered. */
  async function both(replicas: number): Promise<RigRunResult> {
    await rig.setReplicas(replicas);
    const before = await rig.memory();
    const real = await rig.run(config);
    expect(real.code).toBe(0);
    const record = recordIn(real.stderr);
    const { targets, log, world } = await inMemory(record.now, replicas, before);
    expect(recordIn(log)).toEqual(record);
    expect(real.targets).toEqual(targets);
    expect(await rig.replicas()).toBe(world.replicas[loaded.targets[0]!.name]);
    expect(JSON.parse(await rig.memory())).toEqual(JSON.parse(world.state.text!));
    // lag of at least 15 s, the measured 67 s, an interval of 60 s: the configured 30 s are not used
    expect(record.lead).toBeGreaterThanOrEqual(15 + 67 + 60);
    return real;
  }

  test("a first run, without a memory, scales out", async () => {
    expect(await both(1)).toMatchObject({ targets: [{ action: "scaled", from: 1 }] });
  });

  test("the next, with its memory, and somebody else's replicas", async () => {
    const run = await both(9);
    expect(JSON.stringify(run.targets)).toContain("ChangedByOther");
  });

  test("too few again: out once more", async () => {
    expect(await both(2)).toMatchObject({ targets: [{ action: "scaled", from: 2 }] });
  });
});
