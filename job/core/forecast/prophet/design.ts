/** The model linearised at a point: its columns and the priors of its unknowns, in the order that the solvers share. */
import type { Gram } from "./gram.ts";
import { emptyGram, fillGram } from "./gram.ts";
import type { Params } from "./objective.ts";
import { residuals } from "./objective.ts";
import type { Problem } from "./prepare.ts";
import type { QuadraticWork } from "./quadratic.ts";
import { evaluateTrend } from "./trend.ts";

/** The unknowns except the noise. As vectors: b = m, k (absent for a flat trend), beta; d = delta (empty for a flat trend). */
export type Unknowns = Omit<Params, "sigma_obs">;

/** Empty Gram matrices for a problem, with the precisions of m and k ~ N(0, 5) and beta ~ N(0, sigmas). */
export function gramFor(problem: Problem): Gram {
  const flat = problem.growth === "flat";
  const lead = flat ? 1 : 2;
  const precision = new Float64Array(lead + problem.sigmas.length).fill(1 / 25, 0, lead);
  for (let j = 0; j < problem.sigmas.length; j++) precision[lead + j] = 1 / problem.sigmas[j]! ** 2;
  return emptyGram(precision.length, flat ? 0 : problem.tChange.length, precision);
}

/** The point of a solve. */
export function pointOf(problem: Problem, { b, d }: QuadraticWork): Unknowns {
  const flat = problem.growth === "flat";
  const delta = flat ? new Float64Array(problem.tChange.length) : d.slice();
  return { m: b[0]!, k: flat ? 0 : b[1]!, beta: b.slice(flat ? 1 : 2), delta };
}

/**
 * Linearises the model at a point, y ~ J x, and fills the Gram matrices; the target is residual + J x. A linear model is met exactly.
 * With w = 1 + X_m beta_m, times dg/dz for a logistic trend g of argument z, the columns are:
 * - for the offset: w, times -k if logistic;
 * - for the rate: w t, or w (t - m) if logistic;
 * - for the features: X, or X times the trend;
 * - for each changepoint: w (t - c)+.
 */
export function linearise(problem: Problem, point: Unknowns, gram: Gram): void {
  const { t, X, multiplies, tChange, sigmas } = problem;
  const rows = t.length;
  const bends = gram.nd > 0;
  const logistic = problem.growth === "logistic";
  const trend = evaluateTrend(problem.growth, { ...point, tChange }, t, problem.cap);
  const weight = trendWeight(problem, point, trend);
  const columns = [logistic ? weight.map((w) => -point.k * w) : weight];
  if (bends) columns.push(weight.map((w, i) => w * (logistic ? t[i]! - point.m : t[i]!)));
  for (let j = 0; j < sigmas.length; j++) {
    const column = X.subarray(j * rows, (j + 1) * rows);
    columns.push(multiplies[j] === 1 ? column.map((x, i) => x * trend[i]!) : column);
  }
  const target = residuals(problem, point);
  const values = [point.m, ...(bends ? [point.k] : []), ...point.beta];
  for (let j = 0; j < values.length; j++) {
    const column = columns[j]!;
    const value = values[j]!;
    if (value !== 0) for (let i = 0; i < rows; i++) target[i] = target[i]! + value * column[i]!;
  }
  if (bends) {
    const bent = evaluateTrend("linear", { k: 0, m: 0, delta: point.delta, tChange }, t, []);
    for (let i = 0; i < rows; i++) target[i] = target[i]! + weight[i]! * bent[i]!;
  }
  fillGram(gram, columns, weight, target, t, tChange);
}

/** The model's derivative by the trend's argument: 1 + X_m beta_m, times the slope of a logistic curve. */
function trendWeight({ X, multiplies, growth, cap }: Problem, point: Unknowns, trend: Float64Array): Float64Array {
  const rows = trend.length;
  const weight = new Float64Array(rows).fill(1);
  for (let j = 0; j < multiplies.length; j++) {
    if (multiplies[j] === 0) continue;
    for (let i = 0; i < rows; i++) weight[i] = weight[i]! + point.beta[j]! * X[j * rows + i]!;
  }
  if (growth !== "logistic") return weight;
  for (let i = 0; i < rows; i++) weight[i] = weight[i]! * trend[i]! * (1 - trend[i]! / cap[i]!);
  return weight;
}
