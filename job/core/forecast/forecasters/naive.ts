/** The naive forecast: the last value, with quantiles from its own past errors. Skill is measured against it. */
import type { Probability } from "../../units.ts";
import { errorQuantile, plainly, type Ranked } from "../combine/quantiles.ts";
import { maximum, mean, type Summary } from "../combine/target.ts";
import type { Forecaster } from "../types.ts";
import { forecastLast, MIN_POOL } from "./cold-start.ts";

/**
 * Repeats the last value. Its quantiles are the order statistics of its errors at every earlier origin of the window.
 * Below ten values they come from the moves.
 */
export const forecastNaive: Forecaster = (request) => {
  const { parts: _parts, ...whole } = request;
  const { series, horizonSteps, leadSteps, levels } = request;
  const y = series.values;
  if (y.length < MIN_POOL) return { ...forecastLast(request), method: "naive" };
  const meanErrors = plainly(lastErrors(y, horizonSteps, mean));
  const maxErrors = plainly(lastErrors(y, leadSteps, maximum));
  const quantile = (errors: Ranked, level: Probability) => Math.max(0, y.at(-1)! + errorQuantile(errors, level));
  const forecast = forecastLast(whole);
  return {
    ...forecast,
    method: "naive",
    lower: forecast.lower.fill(quantile(meanErrors, 0.05)),
    upper: forecast.upper.fill(quantile(meanErrors, 0.95)),
    meanQuantiles: levels.map((level) => quantile(meanErrors, level)),
    maxQuantiles: levels.map((level) => quantile(maxErrors, level)),
    skill: 1,
    origins: meanErrors.errors.length,
  };
};

/** The mean or maximum of the next `ahead` values minus the last one, at every origin of y, ascending. */
function lastErrors(y: Float64Array, ahead: number, of: Summary): Float64Array {
  return new Float64Array(Math.max(0, y.length - ahead)).map((_, t) => of(y, t + 1, ahead) - y[t]!).sort();
}
