/** What the Prophet tests share: a case as our scaled problem, our answer to it, forecasts from foreign parameters, medians. */
import type { ProphetModel } from "../../../../job/core/forecast/prophet/fit.ts";
import { fit as fitProphet } from "../../../../job/core/forecast/prophet/fit.ts";
import type { Params } from "../../../../job/core/forecast/prophet/objective.ts";
import { predict } from "../../../../job/core/forecast/prophet/predict.ts";
import type { Prepared } from "../../../../job/core/forecast/prophet/prepare.ts";
import { prepare } from "../../../../job/core/forecast/prophet/prepare.ts";
import { resolveOptions } from "../../../../job/core/forecast/prophet/resolve.ts";
import type { Result } from "../../../../job/core/result.ts";
import type { GoldenCase } from "./goldens.ts";
import { wholeFrame } from "./goldens.ts";

/** The value of a result that must be one. */
export function must<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

/** The case as the solver sees it. */
export function preparedOf(c: GoldenCase): Prepared {
  return must(prepare(c.history, must(resolveOptions(c.options))));
}

/** Our fit of a case. */
export function modelOf(c: GoldenCase): ProphetModel {
  return must(fitProphet(c.history, c.options));
}

/** Parameters as Prophet reports them, in our form. */
export function paramsOf(c: GoldenCase): Params {
  const { k, m, sigma_obs, delta, beta } = c.prophet.params;
  const own = preparedOf(c).problem.sigmas.length > 0;
  return {
    k,
    m,
    sigma_obs,
    delta: Float64Array.from(delta),
    beta: own ? Float64Array.from(beta) : new Float64Array(0),
  };
}

/** yhat at history and future of a model whose parameters are replaced. */
export function forecastWith(c: GoldenCase, model: ProphetModel, params: Params): Float64Array {
  const none = preparedOf(c).noChangepoints;
  const { m, sigma_obs } = params;
  const k = none ? params.k + params.delta[0]! : params.k;
  const delta = none ? [0] : Array.from(params.delta);
  const swapped = { ...model, k, m, delta, beta: Array.from(params.beta), sigma_obs };
  return must(predict(swapped, wholeFrame(c), { intervals: "none" })).yhat;
}

/** The middle of the values (the upper one of two). */
export function upperMedian(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

/** A linear congruential generator for test data (Lehmer, modulus 2^31 - 1). */
export function testRandom(seed: number): () => number {
  let state = (seed % 2147483646) + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
