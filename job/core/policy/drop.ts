/** Notices a sudden drop: demand far below what the last run forecast for now. */
import { memoryOfMetric } from "../state/memory.ts";
import type { TargetState } from "../state/types.ts";
import type { TargetConfig } from "../target.ts";
import type { EpochSeconds } from "../units.ts";
import type { MetricInput } from "./stage.ts";

/**
 * Memory with the hold set when a metric's demand < (1 - suddenDropRatio) x the last run's mean forecast and the fall is
 * worth more than one pod. A hold in force is not prolonged: a load that stays away is believed when it ends.
 */
export function noteDrop(
  memory: TargetState,
  now: EpochSeconds,
  metrics: readonly Pick<MetricInput, "metric" | "demand">[],
  config: Pick<TargetConfig, "suddenDropHold" | "suddenDropRatio">,
): TargetState {
  if (config.suddenDropHold <= 0) return memory;
  if (memory.dropHoldUntil !== null && memory.dropHoldUntil > now) return memory;
  const fallen = metrics.some(({ metric, demand }) => {
    const expected = memoryOfMetric(memory, metric.name).lastForecast?.mean;
    if (expected === undefined || !Number.isFinite(demand)) return false;
    return demand < (1 - config.suddenDropRatio) * expected && expected - demand > metric.averageValue;
  });
  return fallen ? { ...memory, dropHoldUntil: now + config.suddenDropHold } : memory;
}
