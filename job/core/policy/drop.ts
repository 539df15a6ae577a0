/** Notices a sudden drop: demand far below what the last run forecast for now. */
import type { TargetState } from "../state/types.ts";
import type { TargetConfig } from "../target.ts";
import type { Cores, EpochSeconds } from "../units.ts";

/**
 * Memory with the hold set when demand < (1 - suddenDropRatio) x the last run's mean forecast and the fall is worth more than one pod. A hold in force is not prolonged:
 * a load that stays away is believed when it ends.
 */
export function noteDrop(memory: TargetState, now: EpochSeconds, demand: Cores, config: TargetConfig): TargetState {
  const expected = memory.lastForecast?.mean;
  if (config.suddenDropHold <= 0 || expected === undefined || !Number.isFinite(demand)) return memory;
  if (memory.dropHoldUntil !== null && memory.dropHoldUntil > now) return memory;
  const fallen = demand < (1 - config.suddenDropRatio) * expected && expected - demand > config.targetCpu;
  return fallen ? { ...memory, dropHoldUntil: now + config.suddenDropHold } : memory;
}
