/** A slow solver for linear problems that shares nothing with ours but the definition: cyclic coordinate descent. */
import type { Params } from "../../../../job/core/forecast/prophet/objective.ts";
import type { Problem } from "../../../../job/core/forecast/prophet/prepare.ts";

interface Column {
  readonly values: number[];
  readonly squares: number;
  /** Ridge weight (1 / prior variance), or 0 with an absolute penalty in its stead. */
  readonly ridge: number;
  readonly absolute: number;
}

function column(values: number[], ridge: number, absolute: number): Column {
  return { values, squares: values.reduce((sum, v) => sum + v * v, 0), ridge, absolute };
}

/**
 * Minimises the negative log posterior of an additive linear (not flat) problem, one coordinate after the other in closed
 * form, the noise after each sweep (4 v^2 + T v = rss). From a given start, by default everything at zero.
 */
export function naiveSolve(problem: Problem, sweeps: number, start?: Params): Params {
  const t = Array.from(problem.t);
  const columns = [
    column(
      t.map(() => 1),
      1 / 25,
      0,
    ),
    column(t, 1 / 25, 0),
  ];
  for (let j = 0; j < problem.sigmas.length; j++) {
    columns.push(
      column(
        t.map((_, i) => problem.X[j * t.length + i]!),
        1 / problem.sigmas[j]! ** 2,
        0,
      ),
    );
  }
  for (const c of problem.tChange)
    columns.push(
      column(
        t.map((x) => (x >= c ? x - c : 0)),
        0,
        1 / problem.tau,
      ),
    );
  const x = start ? [start.m, start.k, ...start.beta, ...start.delta] : columns.map(() => 0);
  const left = t.map((_, i) => columns.reduce((sum, col, j) => sum - x[j]! * col.values[i]!, problem.y[i]!));
  const bestNoise = () => {
    const rss = left.reduce((sum, r) => sum + r * r, 0);
    return (-t.length + Math.sqrt(t.length ** 2 + 16 * rss)) / 8;
  };
  let variance = start ? start.sigma_obs ** 2 : bestNoise();
  for (let s = 0; s < sweeps; s++) {
    for (let j = 0; j < columns.length; j++) x[j] = improve(columns[j]!, x[j]!, left, variance);
    variance = bestNoise();
  }
  const features = problem.sigmas.length;
  return {
    m: x[0]!,
    k: x[1]!,
    beta: Float64Array.from(x.slice(2, 2 + features)),
    delta: Float64Array.from(x.slice(2 + features)),
    sigma_obs: Math.sqrt(variance),
  };
}

/** The best value of one coordinate with all others held; updates what is left of y. */
function improve({ values, squares, ridge, absolute }: Column, old: number, left: number[], variance: number): number {
  if (squares === 0) return 0;
  let pull = squares * old;
  for (let i = 0; i < left.length; i++) pull += values[i]! * left[i]!;
  const cut = absolute * variance;
  const next = (Math.sign(pull) * Math.max(0, Math.abs(pull) - cut)) / (squares + ridge * variance);
  for (let i = 0; i < left.length; i++) left[i] = left[i]! - (next - old) * values[i]!;
  return next;
}
