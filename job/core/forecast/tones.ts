/** Finds the tones of a window: up to three sinusoids of any length, none a harmonic of another, claimed only where an autoregression does worse. */
import { detrended } from "./detrend.ts";
import { solveRidge } from "./models/linear.ts";
import { tonesBeyond } from "./season-test.ts";

/** Three waves at most: a fourth was claimed in no load of two. */
const MOST = 3;
/** The slowest one makes this many turns in the window; a slower one is a trend. */
const SLOWEST = 0.6;
/** The fastest, in turns a step: four points a turn, or the noise is looked at. */
const FASTEST = 0.25;
/** Steps of the first look, in turns a window: a tone between two of them loses 3 % of its height. */
const GRID = 0.25;
/** Newton rounds after each tone; a third changed no forecast by more than a thousandth. */
const ROUNDS = 2;
/** Newest values looked at: bounds the cost, and waves of minutes that began an hour ago have wandered. */
const REACH = 240;

/** Lengths in steps, the strongest first; empty when an autoregression explains the window as well. */
export function findTones(values: Float64Array): number[] {
  const y = values.subarray(Math.max(0, values.length - REACH));
  let rest = detrended(y, 1);
  const frequencies: number[] = [];
  for (let k = 0; k < MOST; k++) {
    const next = loudest(rest);
    if (next === undefined) break;
    frequencies.push(next);
    rest = refine(y, frequencies);
  }
  const periods = frequencies.map((f) => 1 / f);
  return periods.slice(0, tonesBeyond(y, periods));
}

/** The frequency (turns a step) with the highest periodogram; undefined where nothing is left. */
function loudest(rest: Float64Array): number | undefined {
  const n = rest.length;
  let most = 1e-18;
  let best: number | undefined;
  for (let turns = SLOWEST; turns < FASTEST * n; turns += GRID) {
    const angle = (2 * Math.PI * turns) / n;
    const twice = 2 * Math.cos(angle);
    let a = 0;
    let b = 0;
    for (let t = 0; t < n; t++) {
      const c = rest[t]! + twice * a - b;
      b = a;
      a = c;
    }
    // Goertzel (1958): the power of one frequency from the last two states
    const power = a * a + b * b - twice * a * b;
    if (power > most) {
      most = power;
      best = turns / n;
    }
  }
  return best;
}

/**
 * Moves the frequencies, in place, to the least squares of line + tones by Gauss-Newton: beside its sine and cosine each tone has the column by
 * which it changes with its frequency. Returns what the fit leaves.
 */
function refine(y: Float64Array, frequencies: number[]): Float64Array {
  const n = y.length;
  const k = frequencies.length;
  const bound = GRID / n;
  let beta = leastSquares(y, frequencies, undefined);
  for (let round = 0; round < ROUNDS; round++) {
    const moves = leastSquares(y, frequencies, beta).subarray(2 + 2 * k);
    for (let i = 0; i < k; i++) {
      const move = Math.max(-bound, Math.min(bound, moves[i]! / n));
      frequencies[i] = Math.min(FASTEST, Math.max((SLOWEST - GRID) / n, frequencies[i]! + move));
    }
    beta = leastSquares(y, frequencies, undefined);
  }
  const rest = y.slice();
  const row = new Float64Array(beta.length);
  for (let t = 0; t < n; t++) {
    rowOf(t, n, frequencies, undefined, row);
    for (let j = 0; j < row.length; j++) rest[t] = rest[t]! - beta[j]! * row[j]!;
  }
  return rest;
}

/** Line, sine and cosine of each tone and, given the coefficients so far, the derivative of each tone by its frequency (times n). */
function rowOf(
  t: number,
  n: number,
  frequencies: readonly number[],
  beta: Float64Array | undefined,
  row: Float64Array,
): void {
  row[0] = 1;
  row[1] = t / n - 0.5;
  const k = frequencies.length;
  for (let i = 0; i < k; i++) {
    const angle = 2 * Math.PI * frequencies[i]! * t;
    const sine = Math.sin(angle);
    const cosine = Math.cos(angle);
    row[2 + 2 * i] = sine;
    row[3 + 2 * i] = cosine;
    // about the middle of the window, or the phase would move along with the frequency
    if (beta) row[2 + 2 * k + i] = 2 * Math.PI * (t / n - 0.5) * (beta[2 + 2 * i]! * cosine - beta[3 + 2 * i]! * sine);
  }
}

/** Coefficients in the order of `rowOf`; those of the derivatives are moves of the frequencies, in turns a window. */
function leastSquares(y: Float64Array, frequencies: readonly number[], beta: Float64Array | undefined): Float64Array {
  const n = y.length;
  const p = 2 + (beta ? 3 : 2) * frequencies.length;
  const A = new Float64Array(p * p);
  const B = new Float64Array(p);
  const row = new Float64Array(p);
  for (let t = 0; t < n; t++) {
    rowOf(t, n, frequencies, beta, row);
    for (let j = 0; j < p; j++) {
      const x = row[j]!;
      B[j] = B[j]! + x * y[t]!;
      for (let l = 0; l <= j; l++) A[j * p + l] = A[j * p + l]! + x * row[l]!;
    }
  }
  const out = new Float64Array(p);
  solveRidge(A, new Float64Array(p).fill(1e-6 * n), B, p, 1, new Float64Array(p * p), out);
  return out;
}
