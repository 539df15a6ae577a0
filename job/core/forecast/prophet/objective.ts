/** The objective: Prophet's negative log posterior as its Stan model states it, without constants. */
import type { Problem } from "./prepare.ts";
import { evaluateTrend } from "./trend.ts";

/** A point of the scaled problem. */
export interface Params {
  readonly k: number;
  readonly m: number;
  readonly delta: Float64Array;
  readonly beta: Float64Array;
  readonly sigma_obs: number;
}

/** y minus the model, row by row: y - trend (1 + X_m beta_m) - X_a beta_a. */
export function residuals(problem: Problem, params: Omit<Params, "sigma_obs">): Float64Array {
  const { t, y, X, multiplies } = problem;
  const trend = evaluateTrend(problem.growth, { ...params, tChange: problem.tChange }, t, problem.cap);
  const rows = y.length;
  const out = new Float64Array(rows);
  const factor = multiplies.includes(1) ? new Float64Array(rows).fill(1) : undefined;
  out.set(y);
  for (let j = 0; j < multiplies.length; j++) {
    const beta = params.beta[j]!;
    const column = j * rows;
    if (multiplies[j] === 1 && factor !== undefined) {
      for (let i = 0; i < rows; i++) factor[i] = factor[i]! + beta * X[column + i]!;
    } else for (let i = 0; i < rows; i++) out[i] = out[i]! - beta * X[column + i]!;
  }
  for (let i = 0; i < rows; i++) out[i] = out[i]! - trend[i]! * (factor === undefined ? 1 : factor[i]!);
  return out;
}

/** Sum of squares. */
export function sumOfSquares(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return sum;
}

/** The part of the priors that does not depend on the noise: k, m ~ N(0, 5), beta ~ N(0, sigmas), delta ~ Laplace(0, tau). */
export function penalty(problem: Problem, params: Omit<Params, "sigma_obs">): number {
  let sum = (params.k * params.k + params.m * params.m) / 50;
  for (let j = 0; j < params.beta.length; j++) sum += (params.beta[j]! / problem.sigmas[j]!) ** 2 / 2;
  for (let j = 0; j < params.delta.length; j++) sum += Math.abs(params.delta[j]!) / problem.tau;
  return sum;
}

/** T log sigma + rss / (2 sigma^2) + 2 sigma^2: the likelihood and the half-normal(0, 0.5) prior of the noise. */
export function noiseTerms(rows: number, rss: number, variance: number): number {
  return (rows / 2) * Math.log(variance) + rss / (2 * variance) + 2 * variance;
}

/**
 * The variance that minimises noiseTerms: the positive root of 4 v^2 + T v - rss = 0, in the form without cancellation. Never below 1e-14,
 * sigma 1e-7 of the series' largest value: a model that meets every point would drive it to zero.
 */
export function bestVariance(rows: number, rss: number): number {
  return Math.max(1e-14, (2 * rss) / (rows + Math.sqrt(rows * rows + 16 * rss)));
}

/** The negative log posterior at a point, in Stan's convention for optimising: no Jacobian of sigma, no constants. */
export function negativeLogPosterior(problem: Problem, params: Params): number {
  const rss = sumOfSquares(residuals(problem, params));
  return noiseTerms(problem.y.length, rss, params.sigma_obs ** 2) + penalty(problem, params);
}
