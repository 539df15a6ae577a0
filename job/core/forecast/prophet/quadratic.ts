/** Solves the penalised normal equations at one given noise level. */
import { choleskyInPlace, solveLower, solveLowerTransposed } from "../linalg/cholesky.ts";
import type { Gram } from "./gram.ts";
import type { LassoWork } from "./lasso.ts";
import { lassoWork, solveLasso } from "./lasso.ts";

/** Work arrays of a solve, and its result in `b` and `d`. */
export interface QuadraticWork {
  readonly factor: Float64Array;
  readonly half: Float64Array;
  readonly schur: Float64Array;
  readonly reduced: Float64Array;
  readonly lasso: LassoWork;
  readonly b: Float64Array;
  readonly d: Float64Array;
}

/** Allocates work arrays for nb normal and nd Laplace unknowns. */
export function quadraticWork(nb: number, nd: number): QuadraticWork {
  return {
    factor: new Float64Array(nb * nb),
    half: new Float64Array(nb * nd),
    schur: new Float64Array(nd * nd),
    reduced: new Float64Array(nd),
    lasso: lassoWork(nd),
    b: new Float64Array(nb),
    d: new Float64Array(nd),
  };
}

/**
 * Finds the (b, d) that minimise |z - B b - A d|^2 / 2 + v (sum b^2 precision / 2 + |d|_1 / tau), where v is the noise variance.
 * A Cholesky factor eliminates b. What remains is a lasso in d alone, 25 unknowns by default, of which few are non-zero.
 * `work.d` is the start of the search and its result.
 */
export function solveAtNoise(gram: Gram, noise: number, tau: number, work: QuadraticWork): void {
  const variance = Math.max(noise, MIN_VARIANCE);
  eliminate(gram, variance, work);
  if (gram.nd > 0) solveLasso(work.schur, work.reduced, variance / tau, work.d, work.lasso);
  recover(gram, work);
}

/**
 * Least variance for the weight of the priors: as a deviation, 3e-5 of the series' largest value.
 * Below it a prior precision of 0.01 vanishes in the rounding of Gram elements near 100 (1e-14).
 * A model with more unknowns than rows would then take any interpolation in place of the likeliest.
 */
const MIN_VARIANCE = 1e-9;

/** solveAtNoise with every d at zero. */
export function solveWithoutBends(gram: Gram, variance: number, work: QuadraticWork): void {
  eliminate(gram, variance, work);
  work.d.fill(0);
  recover(gram, work);
}

/** factor = L of bb + v precision; b = L^-1 bz; half = L^-1 bd; schur = dd - half' half; reduced = dz - half' b. */
function eliminate(gram: Gram, variance: number, work: QuadraticWork): void {
  const { nb, nd } = gram;
  const { factor, half, schur, reduced, b } = work;
  factor.set(gram.bb);
  for (let i = 0; i < nb; i++) factor[i * nb + i] = factor[i * nb + i]! + variance * gram.precision[i]!;
  choleskyInPlace(factor, nb, nb);
  b.set(gram.bz);
  solveLower(factor, nb, nb, b);
  half.set(gram.bd);
  for (let i = 0; i < nb; i++) {
    const row = i * nd;
    for (let p = 0; p < i; p++) {
      const l = factor[i * nb + p]!;
      const other = p * nd;
      for (let j = 0; j < nd; j++) half[row + j] = half[row + j]! - l * half[other + j]!;
    }
    const inverse = 1 / factor[i * nb + i]!;
    for (let j = 0; j < nd; j++) half[row + j] = half[row + j]! * inverse;
  }
  schur.set(gram.dd);
  reduced.set(gram.dz);
  for (let i = 0; i < nb; i++) {
    const row = i * nd;
    const bi = b[i]!;
    for (let j = 0; j < nd; j++) {
      const h = half[row + j]!;
      reduced[j] = reduced[j]! - h * bi;
      const at = j * nd;
      for (let l = 0; l <= j; l++) schur[at + l] = schur[at + l]! - h * half[row + l]!;
    }
  }
  for (let j = 0; j < nd; j++) for (let l = 0; l < j; l++) schur[l * nd + j] = schur[j * nd + l]!;
}

/** b = L'^-1 (L^-1 bz - half d). */
function recover(gram: Gram, work: QuadraticWork): void {
  const { nb, nd } = gram;
  const { half, b, d } = work;
  for (let i = 0; i < nb; i++) {
    let sum = b[i]!;
    for (let j = 0; j < nd; j++) sum -= half[i * nd + j]! * d[j]!;
    b[i] = sum;
  }
  solveLowerTransposed(work.factor, nb, nb, b);
}
