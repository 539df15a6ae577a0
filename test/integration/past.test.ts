/** Past decisions made again: equal, number for number, to what real runs left, over a real Prometheus that scraped load and replicas meanwhile. */
import { once } from "node:events";
import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingControlPlane, missingPrometheus, skip } from "../cluster/available.ts";
import { type Api, openApi } from "../cluster/demo/api.ts";
import { serveKubeState } from "../cluster/kube-state.ts";
import { startPrometheus, type TestPrometheus } from "../cluster/prometheus.ts";
import { type Rig, type RigRunResult, settings, startRig } from "./rig.ts";

const PODS = ["stress-app-5d4f8c9b7-x2x4z", "stress-app-5d4f8c9b7-bcdfg"];
const INTERVAL = 30;
/** Seconds after the beginning of a step: far from the moment at which a new sample comes. */
const PHASE = 7;
const RUNS = 4;
/** A wave of 2 minutes over two pods: several changes within the test's 2 minutes. */
const began = Math.floor(Date.now() / 1000);
const burnt = (t: number) => 0.15 * t - (0.1 * 120 * Math.cos((2 * Math.PI * t) / 120)) / (2 * Math.PI);
const seriesOf = (pod: string) =>
  `container_cpu_usage_seconds_total{namespace="shop",pod="${pod}",container="stress-app",instance="node",job="load"}`;

/** Two and a half hours until now, as if it had been scraped all the time; nobody changed the replicas. */
function past(end: number): string {
  const times = Array.from({ length: 9000 / 15 }, (_, i) => end - 9000 + 15 * i);
  const cpu = PODS.flatMap((pod) =>
    times.map((t) => `${seriesOf(pod)} ${(burnt(t) - burnt(end - 9000)).toFixed(4)} ${t}`),
  );
  const replicas = times.map((t) => `kube_deployment_spec_replicas{namespace="shop",deployment="stress-app"} 2 ${t}`);
  const types = ["# TYPE container_cpu_usage_seconds counter", "# TYPE kube_deployment_spec_replicas gauge"];
  return [types[0], ...cpu, types[1], ...replicas, "# EOF\n"].join("\n");
}

/** What the kubelet would tell of the pods now. */
async function serveLoad() {
  const server = createServer((_request, response) => {
    const t = Date.now() / 1000;
    const text = PODS.map((pod) => {
      const labels = seriesOf(pod).replace(',instance="node",job="load"', "");
      return `${labels} ${(burnt(t) - burnt(began - 9000)).toFixed(4)}\n`;
    });
    response.setHeader("content-type", "text/plain; version=0.0.4");
    response.end(text.join(""));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { target: `127.0.0.1:${address.port}`, stop: () => void server.close() };
}

/**
 * A decision without how many seconds ago the run before it was: real runs do not begin to the tenth of a second when they
 * should, and those made again do. `apart` gets what was left out.
 */
function steady(decision: unknown, apart: number[]): unknown {
  const text = JSON.stringify(decision, (key, value: unknown) => {
    if (key !== "left" && key !== "since") return value;
    if (typeof value === "number") apart.push(value);
    return value === null ? null : key;
  });
  return JSON.parse(text.replace(/\d+ s (more|ago)/g, "# s $1"));
}

interface Decision {
  readonly time: string;
  readonly from: number;
  readonly to: number;
}

describe.skipIf(skip(missingControlPlane() ?? missingPrometheus()))("decisions made again", () => {
  const ends: (() => unknown)[] = [];
  let rig: Rig;
  let api: Api;
  let prometheus: TestPrometheus;
  let config: object;
  const real: RigRunResult[] = [];

  const nextTick = async () => {
    const now = Date.now() / 1000;
    const due = Math.ceil((now - PHASE) / INTERVAL) * INTERVAL + PHASE;
    // real runs by the real clock: the past is recorded as it happens, and cannot be made up
    await new Promise((done) => setTimeout(done, (due - now) * 1000));
  };
  const again = (...args: string[]) => rig.run(config, { args });

  beforeAll(async () => {
    rig = await startRig();
    ends.push(() => rig.stop());
    await rig.setReplicas(2);
    api = await openApi(rig.cluster.kubeconfig);
    ends.push(() => api.stop());
    const [load, state] = await Promise.all([serveLoad(), serveKubeState(api)]);
    ends.push(load.stop, state.stop);
    prometheus = await startPrometheus({
      history: past(began),
      interval: 2,
      scrape: [
        { job: "load", targets: [load.target], labels: { instance: "node" } },
        { job: "kube-state-metrics", targets: [state.target] },
      ],
    });
    ends.push(() => prometheus.stop());
    config = settings(prometheus.url, { interval: INTERVAL, scaleDownCooldown: 90, suddenDropHold: 120 });
    // from one interval before the first run on the record must have no hole
    while ((await prometheus.query('kube_deployment_spec_replicas{job="kube-state-metrics"}')).length === 0)
      await new Promise((done) => setTimeout(done, 200));
    await nextTick();
    for (let i = 0; i < RUNS; i++) {
      await nextTick();
      real.push(await rig.run(config));
    }
  });
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  test("real runs changed the replicas, and held them", () => {
    expect(real.map(({ code }) => code)).toEqual(Array(RUNS).fill(0));
    const actions = new Set(real.map(({ targets }) => targets[0]!.action));
    expect(actions.has("scaled")).toBe(true);
    expect(actions.size).toBeGreaterThan(1);
  });

  test("explain --at the time of each run gives its numbers, its reasons and its trail", async () => {
    for (const run of real) {
      const made = await again("explain", "--at", run.time);
      const [target] = run.targets;
      expect(made).toMatchObject({ code: 0, time: run.time });
      const [then, now]: [number[], number[]] = [[], []];
      const action = target!.action === "scaled" ? "wouldScale" : target!.action;
      expect(steady(made.targets[0], now)).toEqual(steady({ ...target, action }, then));
      expect(now.length).toBe(then.length);
      for (const [i, value] of now.entries()) expect(Math.abs(value - then[i]!)).toBeLessThan(INTERVAL / 3);
    }
  });

  test("history has them all, oldest first, with the replicas that really were", async () => {
    const { targets, code } = await again("history", "--since", "4m");
    expect(code).toBe(0);
    const rows = targets as unknown as readonly Decision[];
    const times = rows.map(({ time }) => Date.parse(time) / 1000);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    for (const run of real) {
      // the same newest sample
      const at = Math.floor(Date.parse(run.time) / 1000 / INTERVAL) * INTERVAL;
      const { from, to, reason } = run.targets[0]!;
      expect(rows[times.indexOf(at)]).toMatchObject({ from, to, reason });
    }
  });
});
