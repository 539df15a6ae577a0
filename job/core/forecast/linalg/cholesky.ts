/** Small dense Cholesky factor and triangular solves on row-major typed arrays, without allocation. */

/**
 * What to do with a column that earlier columns span, so that its pivot is below `floor` times its own diagonal element. The pivot is raised
 * to that, or the column dropped.
 */
export interface PivotPolicy {
  readonly floor: number;
  /** The dropped column of the factor is zero with a diagonal of 1, so that it explains nothing. */
  readonly drop: boolean;
}

/** For Prophet's fits: a spanned column gets no weight, where a division would amplify rounding. */
const PROPHET_PIVOTS: PivotPolicy = { floor: 1e-13, drop: false };
/** For the pool's regressions: they have a ridge, and sums with forgetting carry more rounding. */
const POOL_PIVOTS: PivotPolicy = { floor: 1e-10, drop: false };

/**
 * Factors the leading n x n block of a symmetric matrix in place: its lower triangle becomes L with L L' = A.
 * @param a row-major, rows `stride` apart; only the lower triangle is read and written
 */
export function choleskyInPlace(a: Float64Array, n: number, stride: number, { floor, drop } = PROPHET_PIVOTS): void {
  for (let j = 0; j < n; j++) {
    const rowJ = j * stride;
    const diagonal = a[rowJ + j]!;
    let pivot = diagonal;
    for (let p = 0; p < j; p++) pivot -= a[rowJ + p]! * a[rowJ + p]!;
    const spanned = !(pivot > floor * diagonal);
    const root = spanned && drop ? 1 : Math.sqrt(Math.max(pivot, floor * diagonal, 1e-300));
    a[rowJ + j] = root;
    for (let i = j + 1; i < n; i++) {
      const rowI = i * stride;
      let sum = spanned && drop ? 0 : a[rowI + j]!;
      if (!(spanned && drop)) for (let p = 0; p < j; p++) sum -= a[rowI + p]! * a[rowJ + p]!;
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

/** Solves (A + diag(ridge)) x = b; A is p x p row-major (lower triangle read), left untouched, as is b. `work` (p * p) is room for the factor. A singular system still gives a finite answer. */
export function solveRidge(
  A: Float64Array,
  ridge: Float64Array,
  b: Float64Array,
  p: number,
  work: Float64Array,
  x: Float64Array,
): void {
  work.set(A);
  for (let i = 0; i < p; i++) work[i * p + i] = work[i * p + i]! + ridge[i]!;
  choleskyInPlace(work, p, p, POOL_PIVOTS);
  x.set(b);
  solveLower(work, p, p, x);
  solveLowerTransposed(work, p, p, x);
}
