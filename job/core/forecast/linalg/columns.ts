/** Columns of a design: those of which many consist, their products, and what they leave of a window. */
import { solveRidge } from "./cholesky.ts";

/** The sum of a[i] b[i]. Both have the same length. Two sums side by side take a third less time than one. */
export function dot(a: Float64Array, b: Float64Array): number {
  let [even, odd] = [0, 0];
  const n = a.length - 1;
  for (let i = 0; i < n; i += 2) {
    even += a[i]! * b[i]!;
    odd += a[i + 1]! * b[i + 1]!;
  }
  return even + odd + (n % 2 === 0 ? a[n]! * b[n]! : 0);
}

/** A constant and a line through n steps; the line is 0 about their middle and rises by 1 over them. */
export function trendOf(n: number): [constant: Float64Array, line: Float64Array] {
  return [new Float64Array(n).fill(1), new Float64Array(n).map((_, t) => t / n - 0.5)];
}

/**
 * Sine and cosine of a frequency, in cycles per step, at 0..n-1. Each step turns the last one by the same angle: a tenth of the time of Math.sin,
 * and after 1,440 steps within 1e-12 of it.
 */
export function sinusoidOf(n: number, frequency: number): [sine: Float64Array, cosine: Float64Array] {
  const [sine, cosine] = [new Float64Array(n), new Float64Array(n)];
  const [turnSine, turnCosine] = [Math.sin(2 * Math.PI * frequency), Math.cos(2 * Math.PI * frequency)];
  let [s, c] = [0, 1];
  for (let t = 0; t < n; t++) {
    sine[t] = s;
    cosine[t] = c;
    const next = s * turnCosine + c * turnSine;
    c = c * turnCosine - s * turnSine;
    s = next;
  }
  return [sine, cosine];
}

/** Products of all columns with each other: lower triangle, row-major. */
export function productsOf(columns: readonly Float64Array[]): Float64Array {
  const p = columns.length;
  const A = new Float64Array(p * p);
  for (let j = 0; j < p; j++) for (let l = 0; l <= j; l++) A[j * p + l] = dot(columns[j]!, columns[l]!);
  return A;
}

/**
 * The columns' coefficients by least squares; the constant comes first. A ridge of a millionth on the others keeps columns that span each other
 * apart. On the constant it would leave a millionth of the level: of 600 generated windows 15 are forecast otherwise, by 0.1 % at most.
 */
export function leastSquares(y: Float64Array, columns: readonly Float64Array[]): Float64Array {
  const A = productsOf(columns);
  const b = Float64Array.from(columns, (column) => dot(column, y));
  return solveRidge(A, new Float64Array(columns.length).fill(1e-6 * y.length, 1), b, A);
}

/** What least squares on the columns leaves of y. */
export function residualOf(y: Float64Array, columns: readonly Float64Array[]): Float64Array {
  const residual = y.slice();
  leastSquares(y, columns).forEach((beta, j) => {
    for (let t = 0; t < y.length; t++) residual[t] = residual[t]! - beta * columns[j]![t]!;
  });
  return residual;
}
