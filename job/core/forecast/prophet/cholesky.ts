/** Small dense Cholesky factor and triangular solves on row-major typed arrays, without allocation. */

/**
 * Factors the leading n x n block of a symmetric matrix in place: its lower triangle becomes L with L L' = A.
 * A pivot below 1e-13 of its own diagonal element (a column that the others already span) is raised to that, which
 * leaves such a column without weight instead of dividing by rounding noise.
 * @param a row-major, rows `stride` apart; only the lower triangle is read and written
 */
export function choleskyInPlace(a: Float64Array, n: number, stride: number): void {
  for (let j = 0; j < n; j++) {
    const rowJ = j * stride;
    const diagonal = a[rowJ + j]!;
    let pivot = diagonal;
    for (let p = 0; p < j; p++) pivot -= a[rowJ + p]! * a[rowJ + p]!;
    const root = Math.sqrt(Math.max(pivot, 1e-13 * diagonal, 1e-300));
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
