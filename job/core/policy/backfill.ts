/** Recommendations for runs that did not happen (killed, skipped, suspended), made from the measured history. */
import type { Series } from "../series/types.ts";
import type { Recommendation, TargetState } from "../state/types.ts";
import { type Metric, metricsOf, type TargetConfig } from "../target.ts";
import type { EpochSeconds } from "../units.ts";
import { largestNeed } from "./metrics.ts";
import { isActive, replicasFor } from "./stage.ts";

/** A metric with usable data, and its measured window. */
export interface MeasuredMetric {
  readonly metric: Metric;
  readonly window: Series;
}

/**
 * Memory with the missing recommendations, where more than 1.5 intervals passed without a run. Without a missing run it returns `recalled`.
 * Each measured time since the newest recommendation gets one: what the demand of all metrics asked for then, as the reactive stage counts it.
 * So a killed run cannot shorten the stabilisation window. With runs at 0 and 120 s, and a load of 8 pods until 90 s, the window counts from
 * 90 s on. O(points of the gap).
 */
export function backfill(
  recalled: TargetState,
  measured: readonly MeasuredMetric[],
  now: EpochSeconds,
  config: TargetConfig,
): TargetState {
  const newest = recalled.recommendations.at(-1)?.at ?? now;
  if (now - newest <= 1.5 * config.interval) return recalled;
  const times = new Set(measured.flatMap(({ window }) => measuredTimes(window, newest, now)));
  const made = [...times]
    .sort((a, b) => a - b)
    .map((at): Recommendation => {
      const needs = measured.flatMap(({ metric, window }) => {
        const demand = demandAt(window, at);
        return demand === null ? [] : [{ metric, replicas: needOf(metric, demand, config) }];
      });
      // a metric that was not measured then may have been active
      const least = needs.length < metricsOf(config).length ? 1 : 0;
      return { at, replicas: Math.max(least, largestNeed(needs, config)) };
    });
  return { ...recalled, recommendations: [...recalled.recommendations, ...made] };
}

/** The ends of the measured steps after `from` and up to `to`. The first value has none before it and is left out. */
function measuredTimes({ start, step, values, filled }: Series, from: EpochSeconds, to: EpochSeconds): EpochSeconds[] {
  const times: EpochSeconds[] = [];
  for (let i = Math.max(1, Math.floor((from - start) / step) + 1); i < values.length; i++) {
    const at = start + i * step;
    if (filled[i] === 0 && at > from && at <= to) times.push(at);
  }
  return times;
}

/** The mean of the step that ended then and the one before, as the current demand is; null where it was not measured. */
function demandAt({ start, step, values, filled }: Series, at: EpochSeconds): number | null {
  const i = Math.round((at - start) / step);
  return i < 1 || i >= values.length || filled[i] !== 0 ? null : (values[i]! + values[i - 1]!) / 2;
}

function needOf(metric: Metric, demand: number, { minReplicas }: TargetConfig): number {
  const decidesZero = minReplicas === 0 && metric.activation !== undefined;
  return decidesZero && !isActive(demand, metric) ? 0 : replicasFor(demand, metric.averageValue);
}
