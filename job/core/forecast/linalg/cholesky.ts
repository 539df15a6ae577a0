/** Small dense Cholesky factor and triangular solves on row-major typed arrays. */

/**
 * Least pivot, as a share of the column's own diagonal element. A column that earlier ones span would have a pivot of rounding alone; divided by
 * this it gets no weight. 1e-13 keeps Prophet's fits at the reference's; regressions with a ridge never come near.
 */
const MIN_PIVOT_SHARE = 1e-13;

/**
 * Factors the leading n x n block of a symmetric matrix in place: its lower triangle becomes L with L L' = A.
 * @param a row-major, rows `stride` apart; only the lower triangle is read and written
 */
export function choleskyInPlace(a: Float64Array, n: number, stride: number): void {
  for (let j = 0; j < n; j++) {
    const rowJ = j * stride;
    const least = MIN_PIVOT_SHARE * a[rowJ + j]!;
    let pivot = a[rowJ + j]!;
    for (let p = 0; p < j; p++) pivot -= a[rowJ + p]! * a[rowJ + p]!;
    const root = Math.sqrt(Math.max(pivot, least, 1e-300));
    a[rowJ + j] = root;
    for (let i = j + 1; i < n; i++) {
      const rowI = i * stride;
      let sum = a[rowI + j]!;
      for (let p = 0; p < j; p++) sum -= a[rowI + p]! * a[rowJ + p]!;
      a[rowI + j] = sum / root;
    }
  }
}

/** Solves L x = b in place of b. */
export function solveLower(l: Float64Array, n: number, stride: number, b: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = b[i]!;
    for (let p = 0; p < i; p++) sum -= l[i * stride + p]! * b[p]!;
    b[i] = sum / l[i * stride + i]!;
  }
}

/** Solves L' x = b in place of b. */
export function solveLowerTransposed(l: Float64Array, n: number, stride: number, b: Float64Array): void {
  for (let i = n - 1; i >= 0; i--) {
    const x = b[i]! / l[i * stride + i]!;
    b[i] = x;
    for (let p = 0; p < i; p++) b[p] = b[p]! - l[i * stride + p]! * x;
  }
}

/**
 * The x of (A + diag(ridge)) x = b. A is p x p, row-major; its lower triangle is read. A singular system still gives a finite answer.
 * `factor` (p x p, or A itself) is room for the factor: hundreds of solves a forecast would spend a tenth of its time on allocating it.
 */
export function solveRidge(A: Float64Array, ridge: Float64Array, b: Float64Array, factor: Float64Array): Float64Array {
  const p = b.length;
  factor.set(A);
  for (let i = 0; i < p; i++) factor[i * p + i] = factor[i * p + i]! + ridge[i]!;
  choleskyInPlace(factor, p, p);
  const x = new Float64Array(b);
  solveLower(factor, p, p, x);
  solveLowerTransposed(factor, p, p, x);
  return x;
}
