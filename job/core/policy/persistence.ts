/** The reactive quantile: the last value and the errors it made so far, for when a forecast has not earned trust. */
import type { LeadPart } from "../forecast/types.ts";
import type { Series } from "../series/types.ts";
import type { Cores, Probability } from "../units.ts";

/** Fewer errors than this give no usable quantile; the last value stands alone. */
const MIN_ERRORS = 8;

/**
 * Last value + empirical `level` quantile of (max of the values of the part `from`..`to` ahead - value) over the series; at least 0, NaN for an empty series.
 * O(n) for the sliding maximum (monotone queue), O(n log n) for the quantile (type 7, linear between order statistics).
 */
export function persistenceQuantile(series: Series, [from, to]: LeadPart, level: Probability): Cores {
  const { values } = series;
  const last = values.at(-1);
  if (last === undefined) return Number.NaN;
  const count = values.length - to;
  if (count < MIN_ERRORS) return last;
  const errors = new Float64Array(count);
  const queue = new Int32Array(values.length);
  let head = 0;
  let tail = 0;
  for (let end = 1; end < values.length; end++) {
    while (tail > head && values[queue[tail - 1]!]! <= values[end]!) tail--;
    queue[tail++] = end;
    const origin = end - to;
    if (origin < 0) continue;
    while (queue[head]! <= origin + from) head++;
    errors[origin] = values[queue[head]!]! - values[origin]!;
  }
  errors.sort();
  const position = level * (count - 1);
  const low = Math.floor(position);
  const high = Math.min(count - 1, low + 1);
  const error = errors[low]! + (position - low) * (errors[high]! - errors[low]!);
  return Math.max(0, last + error);
}
