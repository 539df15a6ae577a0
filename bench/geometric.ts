/** The geometric mean, which summarises ratios to a peer. */

/** Geometric mean of positive numbers; NaN of none. */
export function geometric(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, v) => sum + Math.log(v), 0) / values.length);
}
