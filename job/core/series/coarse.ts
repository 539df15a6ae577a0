/** A longer, coarser look at the same samples: what a second query over days would have given. */
import type { EpochSeconds, Seconds } from "../units.ts";
import type { Samples } from "./types.ts";

/** How far back a longer history goes, and how fine it is. */
export interface LongHistory {
  readonly range: Seconds;
  readonly step: Seconds;
}

/** The last sample of each step (of the epoch's grid) within `range` seconds up to `now`. Times ascend. O(samples). */
export function coarse({ times, values }: Samples, now: EpochSeconds, { range, step }: LongHistory): Samples {
  const kept: number[] = [];
  for (let i = 0; i < times.length; i++) {
    if (times[i]! > now || times[i]! <= now - range) continue;
    const before = kept.at(-1);
    if (before !== undefined && Math.ceil(times[before]! / step) === Math.ceil(times[i]! / step)) kept.pop();
    kept.push(i);
  }
  return {
    times: Float64Array.from(kept, (i) => times[i]!),
    values: Float64Array.from(kept, (i) => values[i]!),
  };
}
