/** Autoregression by ridge: direct forecasts from lags and, with a season, from the values one period before the target. */
import { solveRidge } from "./linear.ts";
import { anchorOf, type Model, type Plan } from "./model.ts";
import { at } from "./seasonal.ts";

/** Options of one autoregression. */
export interface Lags {
  readonly name: string;
  /** Lags used as features, in steps; lag 1 is the newest value. Ascending, all >= 1. */
  readonly lags: readonly number[];
  /** The mean of each stretch of lags, from the one after an edge to the next edge: a long memory by few coefficients. */
  readonly stretches?: readonly number[];
  /** Everything relative to the last value: forecasts the change, so a new level costs nothing. */
  readonly relative: boolean;
  /** Ridge as a share of the mean diagonal of the moments. */
  readonly ridge: number;
  /** Forgetting a step, 1 for none. */
  readonly memory: number;
  /** A season of this many steps (fractional allowed): adds the value one and two periods before the target and one period before now. */
  readonly period?: number;
}

/**
 * Direct autoregression: each block of steps has coefficients of its own, learnt from the pairs whose target lies wholly before the origin.
 * A block's target is the mean over its steps, so the cost does not grow with the horizon.
 */
export function autoregression(options: Lags): Model {
  const season = options.period ?? 0;
  const edges = options.stretches ?? [];
  const deepest = Math.max(options.lags.at(-1)!, edges.at(-1) ?? 0, season > 0 ? Math.ceil(2 * season) + 1 : 0);
  const width = 1 + options.lags.length + Math.max(0, edges.length - 1) + (season > 0 ? 3 : 0);
  const least = deepest + width + 4;
  return {
    name: options.name,
    least,
    run(plan, out) {
      regress(plan, out, options, { deepest, width, least });
    },
  };
}

/** Block edges: 1, 2, 4, then 6, 8, 12, 16, 24, 32, ... and the end. */
export function blocksOf(steps: number): Int32Array {
  const edges = [0];
  for (let e = 1; e < steps; e = e < 4 ? 2 * e : e % 3 === 0 ? (e / 3) * 4 : (e * 3) / 2) edges.push(e);
  edges.push(steps);
  return Int32Array.from(edges);
}

/** Writes the features of origin s for the block [from, to) into x. */
function design(y: Float64Array, s: number, from: number, to: number, options: Lags, x: Float64Array): void {
  const { lags, stretches, relative, period } = options;
  const base = relative ? y[s - 1]! : 0;
  let j = 0;
  x[j++] = 1;
  for (const lag of lags) x[j++] = y[s - lag]! - base;
  if (stretches !== undefined) {
    for (let e = 1; e < stretches.length; e++) {
      const [near, far] = [stretches[e - 1]!, stretches[e]!];
      let sum = 0;
      for (let lag = near + 1; lag <= far; lag++) sum += y[s - lag]!;
      x[j++] = sum / (far - near) - base;
    }
  }
  if (period === undefined) return;
  let one = 0;
  let two = 0;
  for (let k = from; k < to; k++) {
    const cycles = Math.ceil((k + 1) / period);
    one += at(y, s + k - cycles * period, s);
    two += at(y, s + k - (cycles + 1) * period, s);
  }
  x[j++] = one / (to - from) - base;
  x[j++] = two / (to - from) - base;
  x[j++] = at(y, s - 1 - period, s) - base;
}

/** Adds one pair to the moments; only the lower triangle of A is kept. */
function absorb(A: Float64Array, B: Float64Array, x: Float64Array, target: number, memory: number, p: number): void {
  for (let j = 0; j < p; j++) {
    const xj = x[j]!;
    B[j] = B[j]! * memory + xj * target;
    const row = j * p;
    for (let l = 0; l <= j; l++) A[row + l] = A[row + l]! * memory + xj * x[l]!;
  }
}

/** Ridge on every feature but the constant: a share of the features' mean square. */
function penalise(penalty: Float64Array, A: Float64Array, p: number, ridge: number, constant: number): void {
  let trace = 0;
  for (let i = 1; i < p; i++) trace += A[i * p + i]!;
  penalty.fill((ridge * trace) / (p - 1) + 1e-9);
  penalty[0] = constant;
}

function regress(
  { y, origins, steps }: Plan,
  out: Float64Array,
  options: Lags,
  { deepest, width: p, least }: { readonly deepest: number; readonly width: number; readonly least: number },
): void {
  const { relative, ridge, memory } = options;
  const edges = blocksOf(steps);
  const x = new Float64Array(p);
  const penalty = new Float64Array(p);
  const work = new Float64Array(p * p);
  const beta = new Float64Array(p);
  const A = new Float64Array(p * p);
  const B = new Float64Array(p);
  for (let b = 0; b + 1 < edges.length; b++) {
    const from = edges[b]!;
    const to = edges[b + 1]!;
    A.fill(0);
    B.fill(0);
    let weight = 0;
    let s = deepest;
    let solved = 0;
    for (let o = 0; o < origins.length; o++) {
      const t = origins[o]!;
      const base = relative ? y[t - 1]! : 0;
      let value = y[t - 1]! - base;
      const until = anchorOf(t);
      for (; s + to <= until; s++) {
        design(y, s, from, to, options, x);
        let target = relative ? -y[s - 1]! : 0;
        for (let k = from; k < to; k++) target += y[s + k]! / (to - from);
        weight = weight * memory + 1;
        absorb(A, B, x, target, memory, p);
      }
      if (t >= least && weight >= p + 2) {
        if (solved !== until) {
          solved = until;
          penalise(penalty, A, p, ridge, relative ? ridge * weight : 1e-9);
          solveRidge(A, penalty, B, p, 1, work, beta);
        }
        design(y, t, from, to, options, x);
        value = 0;
        for (let i = 0; i < p; i++) value += beta[i]! * x[i]!;
      }
      out.fill(base + value, o * steps + from, o * steps + to);
    }
  }
}
