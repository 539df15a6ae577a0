/** Sums of products over the rows of a design, from which regressions are solved, and what such a regression fits. */

/** Adds a row of p features, from X[at] on, times itself to the lower triangle of A. What A held before keeps the share `keep`. */
export function addSquare(A: Float64Array, X: Float64Array, at: number, p: number, keep: number): void {
  for (let j = 0; j < p; j++) {
    const x = X[at + j]!;
    for (let l = 0; l <= j; l++) A[j * p + l] = A[j * p + l]! * keep + x * X[at + l]!;
  }
}

/** Adds that row times a target to b; `keep` as above. */
export function addCross(b: Float64Array, X: Float64Array, at: number, target: number, keep: number): void {
  for (let j = 0; j < b.length; j++) b[j] = b[j]! * keep + X[at + j]! * target;
}

/** The fitted value of row i of a design, for one coefficient per column. */
export function fittedAt(X: Float64Array, beta: Float64Array, i: number): number {
  const p = beta.length;
  let sum = 0;
  for (let j = 0; j < p; j++) sum += beta[j]! * X[i * p + j]!;
  return sum;
}
