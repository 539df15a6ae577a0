/** The closed loop on real pods: two waves of two minutes, and the replicas are up before the second one peaks. */
import { describe, expect, test } from "vitest";
import { missingNode, skip } from "../cluster/available.ts";
import { runDemo } from "../cluster/demo/run.ts";
import { wavesOf } from "../cluster/demo/waves.ts";

const PERIOD = 120;

describe.skipIf(skip(missingNode()))("the closed loop", () => {
  test("the CronJob raises the replicas before the load of the second wave peaks", async () => {
    const { samples, runs } = await runDemo({ seconds: 255, period: PERIOD, log: () => {} });
    const ours = samples["prophet-autoscaler"]!;
    const waves = wavesOf(ours, PERIOD);
    for (const w of waves) {
      console.log(
        `wave ${w.index}: half-way up ${w.lead ?? "never"} s before the load, first rise ${w.beforePeak ?? "never"} s before the peak`,
      );
    }
    expect(runs).toBeGreaterThanOrEqual(3);
    expect(ours[0]!.replicas).toBe(1);
    // up already, or rising on this flank: at the peak the pods that were asked for are more than the one of the start
    const second = waves[1]!;
    const atPeak = ours.findLast((s) => s.t <= second.peak)!;
    expect(atPeak.replicas).toBeGreaterThan(1);
    // measured, not made up: Prometheus saw the pods burn
    expect(Math.max(...ours.map((s) => (Number.isFinite(s.measured) ? s.measured : 0)))).toBeGreaterThan(0.02);
    expect(samples["HPA-like"]!.length).toBe(ours.length);
  });
});
