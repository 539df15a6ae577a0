/** Autoregression by ridge regression: forecasts each block of steps directly from lags. */
import { solveRidge } from "../linalg/cholesky.ts";
import { addCross, addSquare, fittedAt } from "../linalg/moments.ts";
import { anchorOf, type Model, type Plan } from "./model.ts";

/** Options of one autoregression. */
export interface Lags {
  readonly name: string;
  /** Lags used as features, in steps; lag 1 is the newest value. Ascending, all >= 1. */
  readonly lags: readonly number[];
  /** Edges of blocks of lags. Each block from one edge to the next is one feature, its mean: a long memory with few coefficients. */
  readonly meanBlocks?: readonly number[];
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
 */
export function autoregression(options: Lags): Model {
  const { lags, meanBlocks = [] } = options;
  const deepest = Math.max(lags.at(-1)!, meanBlocks.at(-1) ?? 0);
  const width = 1 + lags.length + Math.max(0, meanBlocks.length - 1);
  const minValues = deepest + width + 4;
  return {
    name: options.name,
    minValues,
    run(plan, out) {
      fitLags(plan, out, options, { deepest, width, minValues, edges: blocksOf(plan.steps) });
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

/** What one pass needs beside the options. */
interface Shape {
  readonly deepest: number;
  /** Number of features, the constant among them. */
  readonly width: number;
  readonly minValues: number;
  /** Edges of the blocks of steps. */
  readonly edges: Int32Array;
}

/** The features of all origins up to `last`, row by row: row s is at [s * width..]. */
function designs(y: Float64Array, last: number, options: Lags, { deepest, width }: Shape): Float64Array {
  const { lags, meanBlocks = [], relative } = options;
  const X = new Float64Array((last + 1) * width);
  for (let s = deepest; s <= last; s++) {
    const base = relative ? y[s - 1]! : 0;
    let j = s * width;
    X[j++] = 1;
    for (const lag of lags) X[j++] = y[s - lag]! - base;
    for (let e = 1; e < meanBlocks.length; e++) {
      const [near, far] = [meanBlocks[e - 1]!, meanBlocks[e]!];
      let sum = 0;
      for (let lag = near + 1; lag <= far; lag++) sum += y[s - lag]!;
      X[j++] = sum / (far - near) - base;
    }
  }
  return X;
}

/** Ridge on every feature but the constant: a share of the features' mean square. */
function penalise(penalty: Float64Array, A: Float64Array, p: number, ridge: number, constant: number): void {
  let trace = 0;
  for (let i = 1; i < p; i++) trace += A[i * p + i]!;
  penalty.fill((ridge * trace) / (p - 1) + 1e-9);
  penalty[0] = constant;
}

/** One block of steps [from, to): its features times targets, and its coefficients by anchor (see anchorOf), where there were enough pairs. */
interface Block {
  readonly from: number;
  readonly to: number;
  readonly b: Float64Array;
  readonly solved: Map<number, Float64Array>;
}

/** Solves all blocks at the anchors of the origins. A pair's features are the same for each block, so their squares are summed once. */
function solvedBlocks(y: Float64Array, X: Float64Array, origins: Int32Array, options: Lags, shape: Shape): Block[] {
  const { relative, ridge, memory } = options;
  const { deepest, width: p, edges, minValues } = shape;
  const blocks = Array.from(edges.subarray(1), (to, i): Block => {
    return { from: edges[i]!, to, b: new Float64Array(p), solved: new Map() };
  });
  const anchors = new Set(origins.filter((t) => t >= minValues).map(anchorOf));
  const last = origins.at(-1)!;
  const [A, penalty, work] = [new Float64Array(p * p), new Float64Array(p), new Float64Array(p * p)];
  let weight = 0;
  for (let s = deepest; s < last; s++) {
    weight = weight * memory + 1;
    addSquare(A, X, s * p, p, memory);
    for (const { from, to, b, solved } of blocks) {
      if (s + to > last) break;
      let target = relative ? -y[s - 1]! : 0;
      for (let k = from; k < to; k++) target += y[s + k]! / (to - from);
      addCross(b, X, s * p, target, memory);
      // at this anchor the pairs so far are those whose targets lie before it
      if (weight < p + 2 || !anchors.has(s + to)) continue;
      penalise(penalty, A, p, ridge, relative ? ridge * weight : 1e-9);
      const beta = new Float64Array(p);
      solveRidge(A, penalty, b, p, work, beta);
      solved.set(s + to, beta);
    }
  }
  return blocks;
}

function fitLags({ y, origins, steps }: Plan, out: Float64Array, options: Lags, shape: Shape): void {
  const { minValues } = shape;
  const X = designs(y, origins.at(-1)!, options, shape);
  const blocks = solvedBlocks(y, X, origins, options, shape);
  for (let o = 0; o < origins.length; o++) {
    const t = origins[o]!;
    const base = options.relative ? y[t - 1]! : 0;
    for (const { from, to, solved } of blocks) {
      const beta = t < minValues ? undefined : solved.get(anchorOf(t));
      const value = beta === undefined ? y[t - 1]! - base : fittedAt(X, beta, t);
      for (let k = from; k < to; k++) out[o * steps + k] = base + value;
    }
  }
}
