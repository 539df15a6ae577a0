/** The closed loop on real pods: two waves of two minutes, and the replicas are up before the second one peaks. */
import { describe, expect, test } from "vitest";
import { missingNode, skip } from "../cluster/available.ts";
import { openNodeWorld } from "../cluster/demo/node-world.ts";
import { reportOf } from "../cluster/demo/report.ts";
import { runDemo } from "../cluster/demo/run.ts";
import { wavesOf } from "../cluster/demo/waves.ts";

const PERIOD = 120;

describe.skipIf(skip(missingNode()))("the closed loop", () => {
  test("the CronJob raises the replicas before the load of the second wave peaks", async () => {
    const world = await openNodeWorld(() => {});
    const result = await runDemo(world, { seconds: 245, period: PERIOD, log: () => {} });
    console.log(reportOf(result, PERIOD, world.what).text);
    const { ours, other, runs } = result;
    // each minute's, and the one that begins with the load unless it was a moment too early
    expect(runs.length).toBeGreaterThanOrEqual(3);
    expect(runs.filter((run) => run.action === "failed")).toEqual([]);
    for (const run of runs.slice(1)) expect(run.quantile).toBeGreaterThan(0);
    expect(ours.samples[0]!.replicas).toBe(1);
    // up already, or rising on this flank: at the peak the pods that were asked for are more than the one of the start
    const second = wavesOf(ours.samples, PERIOD)[1]!;
    const atPeak = ours.samples.findLast((s) => s.t <= second.peak)!;
    expect(atPeak.replicas).toBeGreaterThan(1);
    // measured, not made up: Prometheus saw the pods burn what was asked for
    expect(Math.max(...ours.samples.map((s) => (Number.isFinite(s.measured) ? s.measured : 0)))).toBeGreaterThan(0.1);
    for (const { served } of [ours, other]) {
      expect(served!.sent).toBeGreaterThan(800);
      expect(served!.ok).toBeGreaterThan(served!.sent / 2);
    }
    expect(other.samples.length).toBe(ours.samples.length);
  });
});
