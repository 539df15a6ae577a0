/** Autoregression by ridge regression: forecasts each block of steps directly from lags. */
import { solveRidge } from "../linalg/cholesky.ts";
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

/** One block of steps [from, to): the moments of its first `count` pairs, and its coefficients once there are enough pairs. */
interface Block {
  readonly from: number;
  readonly to: number;
  /** Features times features (lower triangle, row by row), and features times targets. */
  readonly A: Float64Array;
  readonly B: Float64Array;
  readonly beta: Float64Array;
  /** Sum of the weights. */
  weight: number;
  count: number;
}

function fitLags({ y, origins, steps }: Plan, out: Float64Array, options: Lags, shape: Shape): void {
  const { relative } = options;
  const { deepest, width: p, minValues, edges } = shape;
  const X = designs(y, origins[origins.length - 1]!, options, shape);
  const blocks = Array.from({ length: edges.length - 1 }, (_, b): Block => {
    const [A, B, beta] = [new Float64Array(p * p), new Float64Array(p), new Float64Array(p)];
    return { from: edges[b]!, to: edges[b + 1]!, A, B, beta, weight: 0, count: 0 };
  });
  const learn = learner(y, X, options, shape);
  let learnt = 0;
  for (let o = 0; o < origins.length; o++) {
    const t = origins[o]!;
    const until = anchorOf(t);
    if (t >= minValues && until !== learnt) {
      learnt = until;
      for (const block of blocks) learn(block, until - deepest + 1);
    }
    const base = relative ? y[t - 1]! : 0;
    for (const { from, to, weight, beta } of blocks) {
      let value = y[t - 1]! - base;
      if (t >= minValues && weight >= p + 2) {
        value = 0;
        for (let i = 0; i < p; i++) value += beta[i]! * X[t * p + i]!;
      }
      out.fill(base + value, o * steps + from, o * steps + to);
    }
  }
}

/** Updates a block's coefficients to the pairs whose targets lie within the first `origins` origins. */
function learner(y: Float64Array, X: Float64Array, { relative, ridge, memory }: Lags, shape: Shape) {
  const { deepest, width: p } = shape;
  const penalty = new Float64Array(p);
  const work = new Float64Array(p * p);
  return (block: Block, origins: number): void => {
    const { from, to, A, B, beta } = block;
    for (const count = Math.max(0, origins - to); block.count < count; block.count++) {
      const s = deepest + block.count;
      let target = relative ? -y[s - 1]! : 0;
      for (let k = from; k < to; k++) target += y[s + k]! / (to - from);
      block.weight = block.weight * memory + 1;
      for (let j = 0; j < p; j++) {
        const xj = X[s * p + j]!;
        B[j] = B[j]! * memory + xj * target;
        for (let l = 0; l <= j; l++) A[j * p + l] = A[j * p + l]! * memory + xj * X[s * p + l]!;
      }
    }
    if (block.weight < p + 2) return;
    penalise(penalty, A, p, ridge, relative ? ridge * block.weight : 1e-9);
    solveRidge(A, penalty, B, p, work, beta);
  };
}
