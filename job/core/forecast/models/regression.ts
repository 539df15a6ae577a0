/** Ridge regression with forgetting, learnt anew as a pass moves on: the coefficients known at each origin, in one sweep over the pairs. */
import { solveRidge } from "../linalg/cholesky.ts";

/** Rows of features and how coefficients are learnt from them. */
export interface Design {
  /** Features, row by row: row s is known before y[s]. The constant comes first. */
  readonly X: Float64Array;
  readonly width: number;
  /** The first row with all features. */
  readonly first: number;
  /** Factor by which older pairs weigh less at each step; 1: no forgetting. */
  readonly memory: number;
  /** Ridge on each feature: the constant's as a share of its own square, the others' of their mean square. */
  readonly ridge: Float64Array;
}

/** What the rows are to explain: values[s] is known once y[s + to - 1] is. */
export interface Regressand {
  readonly to: number;
  readonly values: Float64Array;
}

/**
 * The origin whose coefficients a regression uses at origin t: it solves only at multiples of max(3, t / 32). At 120 values that is up to 2
 * steps earlier, for a third of the solves.
 */
export function anchorOf(t: number): number {
  return t - (t % Math.max(3, t >> 5));
}

/**
 * For each regressand the coefficients by anchor (see anchorOf), from the pairs that were known there; none where those are hardly more than features.
 * The features of a pair are the same for all of them, so their squares are summed once.
 */
export function solvedAtAnchors(
  { X, width: p, first, memory, ridge }: Design,
  regressands: readonly Regressand[],
  origins: Int32Array,
): readonly ReadonlyMap<number, Float64Array>[] {
  const anchors = new Set(origins.map(anchorOf));
  const last = origins.at(-1)!;
  const [squares, factor, held] = [new Float64Array(p * p), new Float64Array(p * p), new Float64Array(p)];
  const learners = regressands.map((one) => ({
    ...one,
    cross: new Float64Array(p),
    solved: new Map<number, Float64Array>(),
  }));
  let weight = 0;
  for (let s = first; s < last; s++) {
    weight = weight * memory + 1;
    addSquare(squares, X, s * p, p, memory);
    for (const { to, values, cross, solved } of learners) {
      if (s + to > last) break;
      addCross(cross, X, s * p, values[s]!, memory);
      if (weight < p + 2 || !anchors.has(s + to)) continue;
      let mean = 0;
      for (let j = 1; j < p; j++) mean += squares[j * p + j]! / (p - 1);
      for (let j = 0; j < p; j++) held[j] = ridge[j]! * (j === 0 ? weight : mean) + 1e-9;
      solved.set(s + to, solveRidge(squares, held, cross, factor));
    }
  }
  return learners.map(({ solved }) => solved);
}

/** The fitted value of a row, for one coefficient per feature. */
export function fittedAt(X: Float64Array, beta: Float64Array, row: number): number {
  const p = beta.length;
  let sum = 0;
  for (let j = 0; j < p; j++) sum += beta[j]! * X[row * p + j]!;
  return sum;
}

/** Adds a row of p features, from X[at] on, times itself to the lower triangle of A. What A held before keeps the share `keep`. */
function addSquare(A: Float64Array, X: Float64Array, at: number, p: number, keep: number): void {
  for (let j = 0; j < p; j++) {
    const x = X[at + j]!;
    for (let l = 0; l <= j; l++) A[j * p + l] = A[j * p + l]! * keep + x * X[at + l]!;
  }
}

/** Adds that row times a value to b; `keep` as above. */
function addCross(b: Float64Array, X: Float64Array, at: number, value: number, keep: number): void {
  for (let j = 0; j < b.length; j++) b[j] = b[j]! * keep + X[at + j]! * value;
}
