/** The mean that ratios to a peer are summed up by. */

/** Geometric mean of positive numbers; NaN of none. */
export function geometric(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, v) => sum + Math.log(v), 0) / values.length);
}
