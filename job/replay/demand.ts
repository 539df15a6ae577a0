/** A recorded series as the demand the simulator plays: even steps of 15 s, coarser input interpolated linearly. */
import type { Samples } from "../core/series/types.ts";
import type { EpochSeconds, Seconds } from "../core/units.ts";

/** Demand on an even grid: `values[i]` cores during `[times(i), times(i) + step)`. */
export interface Demand {
  readonly start: EpochSeconds;
  readonly step: Seconds;
  readonly values: Float64Array;
}

/** Why a series cannot be replayed. */
export class DemandError extends Error {
  override readonly name = "DemandError";
}

/**
 * Resamples to `step` seconds between the first and the last sample, linearly between neighbours.
 * Samples are sorted, NaN dropped, the last of equal times kept; negative values count as 0.
 * Throws DemandError with fewer than two finite samples.
 */
export function toDemand(samples: Samples, step: Seconds = 15): Demand {
  const order = [...samples.times.keys()]
    .filter((i) => Number.isFinite(samples.times[i]) && Number.isFinite(samples.values[i]))
    .sort((a, b) => samples.times[a]! - samples.times[b]!);
  if (order.length < 2) throw new DemandError(`a replay needs two finite samples at least, got ${order.length}`);
  const start = samples.times[order[0]!]!;
  const end = samples.times[order[order.length - 1]!]!;
  const n = Math.floor((end - start) / step + 1e-9) + 1;
  const values = new Float64Array(n);
  let k = 0;
  for (let i = 0; i < n; i++) {
    const t = start + i * step;
    while (k + 1 < order.length - 1 && samples.times[order[k + 1]!]! <= t) k++;
    const [a, b] = [order[k]!, order[k + 1]!];
    const [ta, tb] = [samples.times[a]!, samples.times[b]!];
    const w = tb > ta ? Math.min(1, Math.max(0, (t - ta) / (tb - ta))) : 1;
    values[i] = Math.max(0, samples.values[a]! * (1 - w) + samples.values[b]! * w);
  }
  return { start, step, values };
}
