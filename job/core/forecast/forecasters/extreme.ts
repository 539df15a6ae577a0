/** Cuts a lone value that is too far above all others to be load. */

/**
 * A value this many times the greatest of all others is no load, if it has passed again. Of 113 public, synthetic and generated series the
 * largest ratio was 11, in any window of 120 or 480. A counter read twice, or bytes read as cores, have 1,000 and more.
 */
const MIN_EXTREME_RATIO = 100;
/**
 * Longest run of such values, in steps: in a rate over a minute one bad sample shows for four steps of 15 s. 3 to 12 change no forecast of 19
 * public and synthetic series.
 */
const MAX_RUN = 6;

/**
 * The values with one lone run of extremes cut to the greatest other value; O(n). A second run counts as load.
 * One sample a million times too large would hold every high quantile at maxReplicas for half an hour.
 * The newest value is never cut: it may be the start of a rise.
 */
export function withoutExtreme(values: Float64Array): Float64Array {
  const greatest = (part: Float64Array) => part.reduce((most, v) => Math.max(most, v), 0);
  const limit = greatest(values) / MIN_EXTREME_RATIO;
  const from = values.findIndex((v) => v > limit);
  let to = from;
  while (to < values.length && values[to]! > limit) to++;
  if (from < 0 || to === values.length || to - from > MAX_RUN) return values;
  const others = Math.max(greatest(values.subarray(0, from)), greatest(values.subarray(to)));
  return others > 0 && others <= limit ? values.slice().fill(others, from, to) : values;
}
