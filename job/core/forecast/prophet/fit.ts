/** Fits Prophet to a history: options -> prepare -> solve -> a model that is plain data. */
import type { Result } from "../../result.ts";
import { ok } from "../../result.ts";
import type { FeatureBlock } from "./features.ts";
import type { ObservedFrame } from "./frame.ts";
import type { Params } from "./objective.ts";
import { negativeLogPosterior } from "./objective.ts";
import type { Growth, ProphetError, ProphetOptions } from "./options.ts";
import type { Prepared, Problem, Scales } from "./prepare.ts";
import { prepare } from "./prepare.ts";
import { resolveOptions } from "./resolve.ts";
import { isLinear, solveLinear } from "./solve-linear.ts";
import { solveNonlinear } from "./solve-nonlinear.ts";
import { initialTrend } from "./trend.ts";

/** A fitted model: all that a forecast needs, as JSON-safe data. k, m, delta, beta and sigma_obs are on the model's scale. */
export interface ProphetModel {
  readonly growth: Growth;
  readonly scales: Scales;
  readonly blocks: readonly FeatureBlock[];
  readonly k: number;
  readonly m: number;
  readonly delta: readonly number[];
  readonly beta: readonly number[];
  readonly sigma_obs: number;
  /** Scaled times of the changepoints; a single 0 where there are none. */
  readonly changepoints_t: readonly number[];
  /** Mean scaled distance of neighbouring rows of the history. */
  readonly mean_step: number;
  readonly interval_width: number;
  readonly uncertainty_samples: number;
  /** Negative log posterior at the fit, without constants (Stan's -lp__); NaN for a constant history. */
  readonly objective: number;
}

/**
 * Fits Prophet (Taylor and Letham 2018) by maximum a posteriori to rows of ds (epoch seconds) and y (any unit). Rows with y NaN are left out.
 * Errors, as values: an option out of range, fewer than two rows, a column that is missing or not finite.
 */
export function fit(history: ObservedFrame, options: ProphetOptions = {}): Result<ProphetModel, ProphetError> {
  const resolved = resolveOptions(options);
  if (!resolved.ok) return resolved;
  const prepared = prepare(history, resolved.value);
  if (!prepared.ok) return prepared;
  const { problem, scales, blocks, meanStep } = prepared.value;
  const params = prepared.value.constant ? constantParams(problem) : solve(problem);
  const objective = prepared.value.constant ? Number.NaN : negativeLogPosterior(problem, params);
  const { k, delta } = folded(prepared.value, params);
  return ok({
    growth: problem.growth,
    scales,
    blocks,
    k,
    m: params.m,
    delta,
    beta: Array.from(params.beta),
    sigma_obs: params.sigma_obs,
    changepoints_t: Array.from(problem.tChange),
    mean_step: meanStep,
    interval_width: resolved.value.interval_width,
    uncertainty_samples: resolved.value.uncertainty_samples,
    objective,
  });
}

/** The most probable parameters of a scaled problem. */
export function solve(problem: Problem): Params {
  return isLinear(problem) ? solveLinear(problem) : solveNonlinear(problem);
}

/** The parameters of a constant history, which Prophet does not fit: a trend through its points and almost no noise. */
function constantParams(problem: Problem): Params {
  return {
    ...initialTrend(problem.growth, problem.t, problem.y, problem.cap),
    delta: new Float64Array(problem.tChange.length),
    beta: new Float64Array(problem.sigmas.length),
    sigma_obs: 1e-9,
  };
}

/** Without changepoints the placeholder at time 0 is added to the base rate. */
function folded(prepared: Prepared, params: Params): { k: number; delta: number[] } {
  if (!prepared.noChangepoints) return { k: params.k, delta: Array.from(params.delta) };
  return { k: params.k + params.delta[0]!, delta: [0] };
}
