/** Defaults of the modelled world of a replay, and what a pod serves where a target's settings do not say it. */
import type { ReplayOptions } from "./types.ts";

/** The contract's settings of the modelled world. */
export const REPLAY_DEFAULTS: ReplayOptions = {
  warmup: 14_400,
  startup: 30,
  request: 0.5,
  targetCpu: 0.45,
  hpaTarget: 0.7,
  every: 60,
  min: 1,
  max: 400,
  metricLag: 0,
};

/** What one pod can serve if it should carry `averageValue`: in the default ratio, 0.5 for 0.45. */
export function requestFor(averageValue: number): number {
  return (averageValue * REPLAY_DEFAULTS.request) / REPLAY_DEFAULTS.targetCpu;
}
