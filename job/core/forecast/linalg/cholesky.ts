/** A small dense symmetric solve for the regressions of the pool: typed arrays, no allocation. */

/**
 * Solves (A + diag(ridge)) x = b by Cholesky; A is p x p row-major (lower triangle read), left untouched. `work` (p*p) is room for the factor.
 * A pivot below 1e-10 of its diagonal is taken as 1e-10 of it, so a singular system still gives a finite answer.
 */
export function solveRidge(
  A: Float64Array,
  ridge: Float64Array,
  b: Float64Array,
  p: number,
  work: Float64Array,
  x: Float64Array,
): void {
  factorise(A, ridge, p, work);
  for (let i = 0; i < p; i++) {
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= work[i * p + k]! * x[k]!;
    x[i] = sum / work[i * p + i]!;
  }
  for (let i = p - 1; i >= 0; i--) {
    let sum = x[i]!;
    for (let k = i + 1; k < p; k++) sum -= work[k * p + i]! * x[k]!;
    x[i] = sum / work[i * p + i]!;
  }
}

/** The lower triangle L of A + diag(ridge) = L L'. */
function factorise(A: Float64Array, ridge: Float64Array, p: number, L: Float64Array): void {
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < i; j++) {
      let sum = A[i * p + j]!;
      for (let k = 0; k < j; k++) sum -= L[i * p + k]! * L[j * p + k]!;
      L[i * p + j] = sum / L[j * p + j]!;
    }
    const diagonal = A[i * p + i]! + ridge[i]!;
    let sum = diagonal;
    for (let k = 0; k < i; k++) sum -= L[i * p + k]! * L[i * p + k]!;
    L[i * p + i] = Math.sqrt(Math.max(sum, 1e-10 * Math.abs(diagonal), 1e-12));
  }
}
