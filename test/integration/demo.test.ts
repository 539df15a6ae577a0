/** The demo without a node, in short: waves of a minute over stress-app processes, a run of the built job every 15 s. */
import { describe, expect, test } from "vitest";
import { missingControlPlane, missingOtlp, missingPrometheus, skip } from "../cluster/available.ts";
import { openProcessWorld } from "../cluster/demo/process-world.ts";
import { sentOf } from "../cluster/demo/recorded.ts";
import { reportOf } from "../cluster/demo/report.ts";
import { runDemo } from "../cluster/demo/run.ts";
import { wavesOf } from "../cluster/demo/waves.ts";

const PERIOD = 60;
/** Everything four to five times as fast as in the demo itself. */
const PACE = { every: 15, scrape: 3, window: 12, startup: 1 };
/** A fifth of 300 s of samples lets it scale in after the first wave. */
const SETTINGS = { metricLag: 3, podStart: 2, horizon: 15, minCoverage: 0.2, scaleDownCooldown: 15 };

describe.skipIf(skip(missingControlPlane() ?? missingPrometheus()))("the demo without a node", () => {
  test("processes follow the replicas, the replicas follow the load, every run and request is counted", async () => {
    const world = await openProcessWorld(() => {}, PACE, SETTINGS);
    // it would end the world, whose Prometheus is asked for the metrics of the runs
    const kept = { ...world, stop: async () => {} };
    const { result, sent } = await runDemo(kept, { seconds: 100, period: PERIOD, log: () => {} })
      .then(async (result) => ({ result, sent: skip(missingOtlp()) ? null : await sentOf(world, result) }))
      .finally(world.stop);
    console.log(reportOf(result, PERIOD, world.what).text);
    const { ours, other, runs } = result;
    // every 15 s in 100 s; the first may come a moment before the load, and on a crowded machine one may run into the next slot
    expect(runs.length).toBeGreaterThanOrEqual(5);
    expect(runs.filter((run) => run.action === "failed")).toEqual([]);
    if (sent !== null) {
      expect(sent.length).toBeGreaterThan(1);
      expect(sent).toEqual(sent.map(({ to }) => ({ to, desired: to, succeeded: true })));
    }
    const peak = wavesOf(ours.samples, PERIOD)[1]!.peak;
    for (const { samples, served } of [ours, other]) {
      expect(samples[0]!.replicas).toBe(1);
      // seen at the second peak: more than the one process of the start, wanted and there
      const near = samples.filter((s) => Math.abs(s.t - peak) <= 10);
      expect(Math.max(...near.map((s) => s.replicas))).toBeGreaterThan(2);
      expect(Math.max(...near.map((s) => s.ready))).toBeGreaterThan(2);
      expect(Math.max(...samples.map((s) => (Number.isFinite(s.measured) ? s.measured : 0)))).toBeGreaterThan(0.15);
      // 5 a second
      expect(served!.sent).toBeGreaterThan(400);
      expect(served!.ok).toBeGreaterThan(0.9 * served!.sent);
    }
    // what the last run wanted is what the API server has
    const last = runs.at(-1)!;
    expect(ours.samples.filter((s) => s.t > last.t + 2).every((s) => s.replicas === last.to)).toBe(true);
  });
});
