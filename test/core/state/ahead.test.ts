/** A memory from a clock that was wrong for a while: no stored time, however absurd, delays a scale-in longer than its own window. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode, encode } from "../../../job/core/state/codec.ts";
import { OVERRULED_PAUSE } from "../../../job/core/state/memory.ts";
import type { MetricState, Span, TargetState } from "../../../job/core/state/types.ts";
import { tick } from "../../../job/core/tick.ts";
import { behavior, config, NOW } from "../../fakes/config.ts";
import { last } from "../../fakes/forecaster.ts";
import { samplesOf } from "../../fakes/series.ts";
import { anyMemory } from "../../fakes/state.ts";

const SETTINGS = config({
  behavior: behavior(
    {},
    { stabilizationWindowSeconds: 300, policies: [{ type: "Pods", value: 90, periodSeconds: 120 }] },
  ),
  scaleDownCooldown: 120,
  suddenDropHold: 240,
  calibration: 7200,
});
/** Each window may begin when the one before has ended; a run a minute. */
const MAX_AHEAD = 300 + 240 + 120 + 120 + 5 * 60;

/** The same memory with every time moved by so much. */
function moved(of: TargetState, by: number): TargetState {
  const at = <T extends { readonly at: number }>(one: T): T => ({ ...one, at: one.at + by });
  const spans = (all: readonly Span[]) => all.map(([from, to]): Span => [from + by, to + by]);
  const movedMetric = (metric: MetricState): MetricState => ({
    lastForecast: metric.lastForecast && { ...at(metric.lastForecast), expires: metric.lastForecast.expires + 3 * by },
    lastGoodData: shift(metric.lastGoodData),
    missingSince: shift(metric.missingSince),
    incomplete: spans(metric.incomplete),
  });
  const shift = (time: number | null) => (time === null ? null : time + by);
  return {
    recommendations: of.recommendations.map(at),
    changes: of.changes.map(at),
    metrics: Object.fromEntries(Object.entries(of.metrics).map(([name, metric]) => [name, movedMetric(metric)])),
    rollouts: spans(of.rollouts),
    dropHoldUntil: shift(of.dropHoldUntil),
    service: of.service && at(of.service),
    lastWritten: of.lastWritten && at(of.lastWritten),
  };
}

/** Seconds until 10 pods that need 2 are fewer, a run a minute over a steady load. */
function heldFor(memory: TargetState, most: number): number {
  let stored: TargetState | undefined = memory;
  for (let waited = 0; waited <= most; waited += 60) {
    const now = NOW + waited;
    const end = now - 5;
    const counted = samplesOf(() => 10, { end, points: 20 });
    const history = { samples: samplesOf(() => 1, { end }), partial: false, seriesCount: 1, pods: counted };
    const output = tick(
      { now, histories: [history], current: 10, conditions: {}, memory: stored, config: SETTINGS },
      last,
    );
    if (output.decision.replicas < 10) return waited;
    const read = decode(encode({ version: 1, targets: { web: output.memory } }));
    stored = read.ok ? read.value.targets.web : undefined;
  }
  return Number.POSITIVE_INFINITY;
}

describe("a clock that was ahead", () => {
  it("holds a scale-in for no longer than the windows do, by whatever it was ahead", () => {
    const ahead = fc.oneof(fc.integer({ min: -100, max: 7200 }), fc.constantFrom(172_800, 3e8, 1e11));
    fc.assert(
      fc.property(anyMemory, ahead, (memory, by) => {
        const stopped = (memory.lastWritten?.overruled ?? 0) >= 2 || memory.lastWritten?.foreign === true;
        const most = MAX_AHEAD + (stopped ? OVERRULED_PAUSE + 60 : 0);
        expect(heldFor(moved(memory, by), most)).toBeLessThanOrEqual(most);
      }),
      { numRuns: 200 },
    );
  });
});
