/** Times of samples: in ascending order, without gaps, in milliseconds, and found by one of them. */
import type { EpochSeconds, Seconds } from "../core/units.ts";

/** Whether there are none, or two neighbours, the beginning and the first of them too, are more than a step and a half apart. */
export function hasGap(times: Float64Array, since: EpochSeconds, step: Seconds): boolean {
  let before = since;
  for (const time of times) {
    if (time - before > 1.5 * step) return true;
    before = time;
  }
  return times.length === 0;
}

/** In whole milliseconds, as Prometheus has them. */
export function milliseconds(time: EpochSeconds): number {
  return Math.round(time * 1000);
}

/** Whether each time is later than the one before. */
export function ascend(times: Float64Array): boolean {
  return times.every((time, i) => i === 0 || time > times[i - 1]!);
}

/** Index of the first time that is `from` or later; their number when there is none. */
export function firstFrom(times: Float64Array, from: EpochSeconds): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! >= from) high = middle;
    else low = middle + 1;
  }
  return low;
}
