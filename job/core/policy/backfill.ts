/** Recommendations of runs that never happened (killed, skipped, suspended), made good from the measured history. */
import type { Series } from "../series/types.ts";
import type { Recommendation, TargetState } from "../state/types.ts";
import type { TargetConfig } from "../target.ts";
import type { EpochSeconds } from "../units.ts";
import { replicasFor } from "./stage.ts";

/**
 * Memory with a recommendation for each measured grid point since the newest one, when more than 1.5 intervals passed
 * without a run: what the demand then asked for, as the reactive floor counts it. So a killed run cannot shorten the
 * stabilisation window: with runs at 0 and 120 s and a load of 8 pods until 90 s, the window still counts from 90 s.
 * `recalled` is returned as it is when no run is missing. O(points of the gap).
 */
export function backfill(recalled: TargetState, series: Series, now: EpochSeconds, config: TargetConfig): TargetState {
  const newest = recalled.recommendations.at(-1)?.at ?? now;
  if (now - newest <= 1.5 * config.interval) return recalled;
  const recommendations: Recommendation[] = [...recalled.recommendations];
  const first = Math.max(1, Math.floor((newest - series.start) / series.step) + 1);
  for (let i = first; i < series.values.length; i++) {
    const at = series.start + i * series.step;
    if (series.filled[i] !== 0 || at <= newest || at > now) continue;
    const demand = (series.values[i]! + series.values[i - 1]!) / 2;
    recommendations.push({ at, replicas: replicasFor(demand, config.targetCpu) });
  }
  return { ...recalled, recommendations };
}
