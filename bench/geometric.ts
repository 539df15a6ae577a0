/** The geometric mean, which summarises ratios to a peer. */

/** The geometric mean of positive numbers; NaN for none. */
export function geometric(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, v) => sum + Math.log(v), 0) / values.length);
}
