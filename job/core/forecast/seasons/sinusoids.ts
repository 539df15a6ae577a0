/** Finds up to three sinusoids of any period in a window, where an autoregression alone explains it worse. */
import { leastSquares, residualOf, sinusoidOf, trendOf } from "../linalg/columns.ts";
import { sinusoidsBeyond } from "./evidence.ts";

/**
 * The most sinusoids: in two loads nothing supported a fourth. One costs 6 % of the loss at 120 values on 19 public and synthetic series, six
 * gain nothing.
 */
const MAX_SINUSOIDS = 3;
/** Fewest cycles of a sinusoid in the window; a slower one is a trend. 0.3 to 1.2: 0.1 % on 19 series. */
const MIN_TURNS = 0.6;
/** Highest frequency, in cycles per step: four points a cycle; a higher one would fit noise. 0.125 to 0.5: 0.5 % at 120 values on 19 series. */
const MAX_FREQUENCY = 0.25;
/**
 * Step of the search, in cycles per window: a sinusoid between two grid points loses 3 % of its height. Half: 1.4 % more loss at 120 values,
 * twice: 0.2 %.
 */
const FREQUENCY_STEP = 0.25;
/** Newton rounds after each sinusoid; a third changed no forecast by more than a thousandth. One: 1.7 % more loss at 120 values on 19 series. */
const NEWTON_ROUNDS = 2;
/** The newest values that are used: it limits the cost, and sinusoids of minutes drift within an hour. 120 to 480: 0.2 % on 19 series. */
const MAX_VALUES = 240;

/** The sinusoids' periods in steps, the strongest first; empty where an autoregression explains the window as well. */
export function findSinusoids(values: Float64Array): number[] {
  const y = values.subarray(Math.max(0, values.length - MAX_VALUES));
  const n = y.length;
  const columns: Float64Array[] = trendOf(n);
  let residual = residualOf(y, columns);
  const frequencies: number[] = [];
  for (let k = 0; k < MAX_SINUSOIDS; k++) {
    const next = strongestFrequency(residual);
    if (next === undefined) break;
    frequencies.push(next);
    columns.push(...sinusoidOf(n, next));
    residual = refineFrequencies(y, frequencies, columns);
  }
  const periods = frequencies.map((f) => 1 / f);
  return periods.slice(0, sinusoidsBeyond(y, periods));
}

/** The frequency with the highest periodogram, in cycles per step; undefined where nothing is left. */
function strongestFrequency(residual: Float64Array): number | undefined {
  const n = residual.length;
  let most = 1e-18;
  let best: number | undefined;
  for (let turns = MIN_TURNS; turns < MAX_FREQUENCY * n; turns += FREQUENCY_STEP) {
    const angle = (2 * Math.PI * turns) / n;
    const twice = 2 * Math.cos(angle);
    let a = 0;
    let b = 0;
    for (let t = 0; t < n; t++) {
      const c = residual[t]! + twice * a - b;
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
 * Fits line and sinusoids by least squares, and moves the frequencies and their columns in place, by Gauss-Newton.
 * The columns are constant, line, then sine and cosine of each. For a step each sinusoid has one more: its derivative by its frequency.
 * Returns the residual.
 */
function refineFrequencies(y: Float64Array, frequencies: number[], columns: Float64Array[]): Float64Array {
  const n = y.length;
  const bound = FREQUENCY_STEP / n;
  for (let round = 0; round < NEWTON_ROUNDS; round++) {
    const beta = leastSquares(y, columns);
    const slopes = frequencies.map((_, i) => slopeOf(columns, beta, 2 + 2 * i));
    const moves = leastSquares(y, [...columns, ...slopes]).subarray(columns.length);
    frequencies.forEach((f, i) => {
      const move = Math.max(-bound, Math.min(bound, moves[i]! / n));
      frequencies[i] = Math.min(MAX_FREQUENCY, Math.max((MIN_TURNS - FREQUENCY_STEP) / n, f + move));
      columns.splice(2 + 2 * i, 2, ...sinusoidOf(n, frequencies[i]!));
    });
  }
  return residualOf(y, columns);
}

/**
 * The derivative of a sinusoid by its frequency, in cycles per window; its sine is column j. It is taken about the middle of the window, or
 * the phase would move along.
 */
function slopeOf(columns: readonly Float64Array[], beta: Float64Array, j: number): Float64Array {
  const [line, sine, cosine] = [columns[1]!, columns[j]!, columns[j + 1]!];
  return line.map((middle, t) => 2 * Math.PI * middle * (beta[j]! * cosine[t]! - beta[j + 1]! * sine[t]!));
}
