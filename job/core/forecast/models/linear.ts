/** Small dense symmetric solves for the regressions of the pool: in place, typed arrays, no allocation. */

/**
 * Solves (A + diag(ridge)) X = B for `rhs` right-hand sides by Cholesky; A is p x p row-major (lower triangle read), left untouched.
 * `work` holds the factor (p*p), `x` the answers, column r at x[r*p..]. A pivot below 1e-10 of its diagonal is taken as 1e-10 of it, so a
 * singular system still gives a finite answer.
 */
export function solveRidge(
  A: Float64Array,
  ridge: Float64Array,
  B: Float64Array,
  p: number,
  rhs: number,
  work: Float64Array,
  x: Float64Array,
): void {
  for (let i = 0; i < p; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = A[i * p + j]!;
      if (i === j) sum += ridge[i]!;
      const diagonal = sum;
      for (let k = 0; k < j; k++) sum -= work[i * p + k]! * work[j * p + k]!;
      if (i === j) work[i * p + i] = Math.sqrt(Math.max(sum, 1e-10 * Math.abs(diagonal), 1e-12));
      else work[i * p + j] = sum / work[j * p + j]!;
    }
  }
  for (let r = 0; r < rhs; r++) {
    const base = r * p;
    for (let i = 0; i < p; i++) {
      let sum = B[base + i]!;
      for (let k = 0; k < i; k++) sum -= work[i * p + k]! * x[base + k]!;
      x[base + i] = sum / work[i * p + i]!;
    }
    for (let i = p - 1; i >= 0; i--) {
      let sum = x[base + i]!;
      for (let k = i + 1; k < p; k++) sum -= work[k * p + i]! * x[base + k]!;
      x[base + i] = sum / work[i * p + i]!;
    }
  }
}
