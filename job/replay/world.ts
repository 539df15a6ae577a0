/** The modelled world of a replay: its defaults, and how much a pod serves where the settings of a target do not say it. */
import type { ReplayOptions } from "./types.ts";

/** Settings of the modelled world as the contract has them. */
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

/** How much one pod can serve that should carry this much: as much more as by default, 0.5 for 0.45. */
export function requestFor(averageValue: number): number {
  return (averageValue * REPLAY_DEFAULTS.request) / REPLAY_DEFAULTS.targetCpu;
}
