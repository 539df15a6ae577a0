/** Minimises a small quadratic with an absolute-value penalty (lasso) exactly, by an active set of non-zero unknowns. */
import { choleskyInPlace, solveLower, solveLowerTransposed } from "../linalg/cholesky.ts";

/** Work arrays of the solver, allocated once for problems of up to n unknowns. */
export interface LassoWork {
  readonly n: number;
  readonly factor: Float64Array;
  readonly rhs: Float64Array;
  readonly gradient: Float64Array;
  readonly active: Int32Array;
  readonly sign: Int8Array;
}

/** Allocates work arrays for n unknowns. */
export function lassoWork(n: number): LassoWork {
  return {
    n,
    factor: new Float64Array(n * n),
    rhs: new Float64Array(n),
    gradient: new Float64Array(n),
    active: new Int32Array(n),
    sign: new Int8Array(n),
  };
}

/**
 * Minimises d'Hd/2 - h'd + lambda |d|_1 over d by feature-sign search (Lee, Battle, Raina and Ng 2007):
 * - solve for the assumed signs;
 * - walk towards that solution until a sign would flip;
 * - drop what became zero, and add the worst offender.
 * Each step lowers the objective, so the search ends; the limit of 20 n steps only guards against rounding.
 * @param H n x n row-major, symmetric
 * @param d the start (zeros, or a neighbour's solution), and the result
 */
export function solveLasso(H: Float64Array, h: Float64Array, lambda: number, d: Float64Array, work: LassoWork): void {
  const { n, sign } = work;
  for (let j = 0; j < n; j++) sign[j] = Math.sign(d[j]!);
  let settled = count(sign) === 0;
  for (let step = 0; step < 20 * n; step++) {
    if (settled) {
      const j = worstOffender(H, h, lambda, d, work);
      if (j < 0) return;
      sign[j] = work.gradient[j]! > 0 ? -1 : 1;
    }
    settled = stepTowards(H, h, lambda, d, work);
  }
}

function count(sign: Int8Array): number {
  let sum = 0;
  for (let j = 0; j < sign.length; j++) sum += Math.abs(sign[j]!);
  return sum;
}

/** The unknown at zero whose slope exceeds the penalty most (by more than 1e-9 of it), or -1. */
function worstOffender(H: Float64Array, h: Float64Array, lambda: number, d: Float64Array, work: LassoWork): number {
  const { n, gradient, sign } = work;
  let worst = -1;
  let excess = lambda * (1 + 1e-9);
  for (let j = 0; j < n; j++) {
    if (sign[j] !== 0) continue;
    let slope = -h[j]!;
    for (let i = 0, at = j * n; i < n; i++, at++) slope += H[at]! * d[i]!;
    gradient[j] = slope;
    if (Math.abs(slope) > excess) {
      excess = Math.abs(slope);
      worst = j;
    }
  }
  return worst;
}

/** One solve for the assumed signs; true when the solution kept them all, false when the walk stopped at a zero. */
function stepTowards(H: Float64Array, h: Float64Array, lambda: number, d: Float64Array, work: LassoWork): boolean {
  const { n, factor, rhs, active, sign } = work;
  let size = 0;
  for (let j = 0; j < n; j++) if (sign[j] !== 0) active[size++] = j;
  for (let a = 0; a < size; a++) {
    const j = active[a]!;
    rhs[a] = h[j]! - lambda * sign[j]!;
    for (let b = 0; b <= a; b++) factor[a * n + b] = H[j * n + active[b]!]!;
  }
  choleskyInPlace(factor, size, n);
  solveLower(factor, size, n, rhs);
  solveLowerTransposed(factor, size, n, rhs);
  let reach = 1;
  let blocking = -1;
  for (let a = 0; a < size; a++) {
    const j = active[a]!;
    if (rhs[a]! * sign[j]! > 0) continue;
    const share = d[j] === 0 ? 0 : d[j]! / (d[j]! - rhs[a]!);
    if (share < reach) {
      reach = share;
      blocking = j;
    }
  }
  for (let a = 0; a < size; a++) {
    const j = active[a]!;
    d[j] = reach === 1 ? rhs[a]! : d[j]! + reach * (rhs[a]! - d[j]!);
  }
  if (blocking < 0) return true;
  d[blocking] = 0;
  sign[blocking] = 0;
  return size === 1;
}
