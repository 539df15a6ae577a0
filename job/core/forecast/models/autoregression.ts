/** Autoregression by ridge regression: forecasts each block of steps directly from lags. */
import { mean } from "../combine/target.ts";
import type { Model, Plan } from "./model.ts";
import { anchorOf, fittedAt, solvedAtAnchors } from "./regression.ts";

/** Lags in steps, beyond the first and up to the second; lag 1 is the newest value. Their mean is one feature. */
export type LagRange = readonly [beyond: number, upTo: number];

/** Options of one autoregression. */
export interface AutoregressionOptions {
  readonly name: string;
  /** One feature each, the deepest last. Wide ranges give a long memory with few coefficients. */
  readonly lags: readonly LagRange[];
  /** Forecasts the change from the last value, so that a new level needs no relearning. */
  readonly relative: boolean;
  /** Ridge as a share of the mean diagonal of the moments. */
  readonly ridge: number;
  /** Factor by which older pairs weigh less at each step; 1: no forgetting. */
  readonly memory: number;
}

/**
 * A direct autoregression: each block of steps has its own coefficients, learnt from pairs whose target lies wholly before the origin.
 * A block's target is the mean over its steps, so the cost does not grow with the horizon.
 * Direct forecasts of several steps: Marcellino, Stock and Watson 2006. Ridge regression: Hoerl and Kennard 1970.
 */
export function autoregression(options: AutoregressionOptions): Model {
  return {
    name: options.name,
    minValues: options.lags.at(-1)![1] + options.lags.length + 5,
    run(plan, out) {
      fitLags(plan, out, options);
    },
  };
}

/** Edges of the blocks of steps: 1, 2, 4, then 6, 8, 12, 16, 24, 32, ... and the end. */
export function blocksOf(steps: number): Int32Array {
  const edges = [0];
  for (let e = 1; e < steps; e = e < 4 ? 2 * e : e % 3 === 0 ? (e / 3) * 4 : (e * 3) / 2) edges.push(e);
  edges.push(steps);
  return Int32Array.from(edges);
}

/** The constant and the features of the origins from `first` to `last`, row by row: row s is at [s * width..]. */
function featuresOf(
  y: Float64Array,
  first: number,
  last: number,
  { lags, relative }: AutoregressionOptions,
): Float64Array {
  const width = 1 + lags.length;
  const X = new Float64Array((last + 1) * width);
  for (let s = first; s <= last; s++) {
    const base = relative ? y[s - 1]! : 0;
    let j = s * width;
    X[j++] = 1;
    for (const [beyond, upTo] of lags) X[j++] = mean(y, s - upTo, upTo - beyond) - base;
  }
  return X;
}

function fitLags({ y, origins, steps }: Plan, out: Float64Array, options: AutoregressionOptions): void {
  const { lags, relative, memory } = options;
  const [width, first] = [1 + lags.length, lags.at(-1)![1]];
  const X = featuresOf(y, first, origins.at(-1)!, options);
  const baseAt = (s: number) => (relative ? y[s - 1]! : 0);
  const blocks = blocksOf(steps);
  const regressands = Array.from(blocks.subarray(1), (to, i) => {
    const values = new Float64Array(y.length);
    for (let s = first; s + to <= y.length; s++) values[s] = mean(y, s + blocks[i]!, to - blocks[i]!) - baseAt(s);
    return { to, values };
  });
  const ridge = new Float64Array(width).fill(options.ridge).fill(relative ? options.ridge : 0, 0, 1);
  const solved = solvedAtAnchors({ X, width, first, memory, ridge }, regressands, origins);
  for (let o = 0; o < origins.length; o++) {
    const t = origins[o]!;
    solved.forEach((betas, i) => {
      const beta = betas.get(anchorOf(t));
      const value = beta === undefined ? y[t - 1]! : baseAt(t) + fittedAt(X, beta, t);
      out.fill(value, o * steps + blocks[i]!, o * steps + blocks[i + 1]!);
    });
  }
}
