/** A lone value that is so far above all others that no load explains it. */

/**
 * So many times the greatest of all other values is no load, if it is past again. Of 113 public, synthetic and generated series the furthest had 11 times in any window of 120 or 480;
 * a counter that is read twice, or bytes for cores, have a thousand times and more.
 */
const MIN_EXTREME_RATIO = 100;
/** Longest run of such values, in steps: one bad sample shows in a rate over a minute of 15 s for as long. 3 to 12 change no forecast of 19 public and synthetic series. */
const MAX_RUN = 6;

/**
 * The values with one lone run of extremes cut to the greatest other value; a second run is a load. One sample a million times too large would hold every high quantile at
 * maxReplicas for half an hour. The newest value is never cut: it may be the start of something. O(n).
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
