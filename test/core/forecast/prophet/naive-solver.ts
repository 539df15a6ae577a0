/** A slow solver that shares nothing with ours but the definition: cyclic coordinate descent. */
import type { Params } from "../../../../job/core/forecast/prophet/objective.ts";
import { negativeLogPosterior } from "../../../../job/core/forecast/prophet/objective.ts";
import type { Problem } from "../../../../job/core/forecast/prophet/prepare.ts";

/** One unknown: its own basis, and its prior as a ridge weight (1 / variance) or an absolute one (1 / scale). */
interface Unknown {
  readonly part: "trend" | "additive" | "multiplicative";
  readonly basis: number[];
  readonly ridge: number;
  readonly absolute: number;
}

function unknownsOf(problem: Problem): Unknown[] {
  const t = Array.from(problem.t);
  const rows = t.length;
  const features = Array.from(problem.sigmas, (sigma, j): Unknown => {
    const part = problem.multiplies[j] === 1 ? "multiplicative" : "additive";
    return { part, basis: t.map((_, i) => problem.X[j * rows + i]!), ridge: 1 / sigma ** 2, absolute: 0 };
  });
  const bends = Array.from(problem.tChange, (c): Unknown => {
    return { part: "trend", basis: t.map((x) => (x >= c ? x - c : 0)), ridge: 0, absolute: 1 / problem.tau };
  });
  const line: Unknown[] = [t.map(() => 1), t].map((basis) => ({ part: "trend", basis, ridge: 1 / 25, absolute: 0 }));
  return [...line, ...features, ...bends];
}

/** The state of a descent: the unknowns, and what hangs on them row by row. */
interface Descent {
  readonly unknowns: readonly Unknown[];
  readonly x: number[];
  readonly trend: number[];
  readonly factor: number[];
  readonly left: number[];
}

function begin(problem: Problem, start: Params | undefined): Descent {
  const unknowns = unknownsOf(problem);
  const x = start ? [start.m, start.k, ...start.beta, ...start.delta] : unknowns.map(() => 0);
  const sumOf = (part: Unknown["part"], from: number) =>
    Array.from(problem.y, (_, i) => {
      return unknowns.reduce((sum, u, j) => (u.part === part ? sum + x[j]! * u.basis[i]! : sum), from);
    });
  const trend = sumOf("trend", 0);
  const factor = sumOf("multiplicative", 1);
  const left = sumOf("additive", 0).map((added, i) => problem.y[i]! - added - trend[i]! * factor[i]!);
  return { unknowns, x, trend, factor, left };
}

/** The best noise for what is left: the positive root of 4 v^2 + T v = rss. */
function bestNoise(left: readonly number[]): number {
  const rss = left.reduce((sum, r) => sum + r * r, 0);
  return (-left.length + Math.sqrt(left.length ** 2 + 16 * rss)) / 8;
}

/**
 * Minimises the negative log posterior of a problem with a linear (not flat) trend, one coordinate after the other in
 * closed form, the noise after each sweep. From a given start, by default everything at zero.
 */
export function naiveSolve(problem: Problem, sweeps: number, start?: Params): Params {
  const descent = begin(problem, start);
  const { x, left } = descent;
  let variance = start ? start.sigma_obs ** 2 : bestNoise(left);
  for (let s = 0; s < sweeps; s++) {
    for (let j = 0; j < x.length; j++) improve(descent, j, variance);
    variance = bestNoise(left);
  }
  const beta = Float64Array.from(x.slice(2, 2 + problem.sigmas.length));
  const delta = Float64Array.from(x.slice(2 + problem.sigmas.length));
  return { m: x[0]!, k: x[1]!, beta, delta, sigma_obs: Math.sqrt(variance) };
}

/**
 * The same for long flat valleys: after every 100 sweeps it goes on in the direction of their whole change as far as that
 * lowers the objective. Never climbs, so it stays in the valley it was started in.
 */
export function naiveDescent(problem: Problem, rounds: number, start: Params): Params {
  let at = start;
  for (let r = 0; r < rounds; r++) {
    const swept = naiveSolve(problem, 100, at);
    const tried = [0, 3, 10, 30, 100, 300].map((factor) => beyond(at, swept, factor));
    const values = tried.map((p) => negativeLogPosterior(problem, p));
    at = tried[values.indexOf(Math.min(...values))]!;
  }
  return at;
}

/** The point as many times the way from `from` to `to` beyond `to`. */
function beyond(from: Params, to: Params, factor: number): Params {
  const go = (a: number, b: number) => b + factor * (b - a);
  return {
    m: go(from.m, to.m),
    k: go(from.k, to.k),
    sigma_obs: to.sigma_obs,
    beta: to.beta.map((b, j) => go(from.beta[j]!, b)),
    delta: to.delta.map((b, j) => go(from.delta[j]!, b)),
  };
}

/** Sets one coordinate to its best value with all others held, and updates what hangs on it. */
function improve({ unknowns, x, trend, factor, left }: Descent, j: number, variance: number): void {
  const unknown = unknowns[j]!;
  const { part, basis } = unknown;
  const around = part === "trend" ? factor : part === "multiplicative" ? trend : undefined;
  const change = improved(unknown, x[j]!, around, left, variance) - x[j]!;
  if (change === 0) return;
  for (let i = 0; i < left.length; i++) left[i] = left[i]! - change * basis[i]! * (around?.[i] ?? 1);
  const moved = part === "trend" ? trend : part === "multiplicative" ? factor : [];
  for (let i = 0; i < moved.length; i++) moved[i] = moved[i]! + change * basis[i]!;
  x[j] = x[j]! + change;
}

/** The best value of one coordinate with all others held. `around` is what its basis is multiplied by. */
function improved(u: Unknown, old: number, around: number[] | undefined, left: number[], variance: number): number {
  let squares = 0;
  let pull = 0;
  for (let i = 0; i < left.length; i++) {
    const v = u.basis[i]! * (around === undefined ? 1 : around[i]!);
    squares += v * v;
    pull += v * left[i]!;
  }
  if (squares === 0) return 0;
  pull += squares * old;
  const cut = u.absolute * variance;
  return (Math.sign(pull) * Math.max(0, Math.abs(pull) - cut)) / (squares + u.ridge * variance);
}
