/** Thins samples to a coarser step, as a second query over days would give them. */
import type { EpochSeconds, Seconds } from "../units.ts";
import type { Samples } from "./types.ts";

/** A longer history: its length and its step, in seconds. */
export interface LongHistory {
  readonly range: Seconds;
  readonly step: Seconds;
}

/** The last sample of each step within `range` seconds up to `now`. Steps are those of the epoch's grid; times must ascend. O(samples). */
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
