/** Prophet alone as a forecaster, in the form that the job expects of one. */
import { maximum, mean } from "../combine/target.ts";
import { featureWidth } from "../prophet/features.ts";
import { fitHistory, measuredRows } from "../prophet/history-fit.ts";
import type { ProphetError, ProphetOptions } from "../prophet/options.ts";
import { predict } from "../prophet/predict.ts";
import { normalQuantile } from "../prophet/uncertainty.ts";
import type { Forecast, Forecaster, ForecastRequest } from "../types.ts";
import { forecastLast, MIN_POOL } from "./cold-start.ts";

/** Prophet's interval_width for which its bounds are one standard deviation from the forecast: 2 Phi(1) - 1. */
const ONE_SIGMA = 0.6826894921370859;
/** Standard deviations from the middle to the edge of a 90 % band: the normal's 0.95 quantile. */
const BAND_Z = 1.6448536269514722;

/**
 * Forecasts with Prophet, fitted to the longer history, where there is one, and then the whole window. Filled values are left out.
 * Quantiles are those of Prophet's normal spread, with the errors of all steps fully correlated: the mean of the steps' quantiles, and the
 * largest of them.
 * Uses the last value and its moves where there are few points, no more points than coefficients, or no fit.
 * Throws RangeError where the target's Prophet settings cause that: their author has to know.
 */
export const forecastProphet: Forecaster = (request) => prophetForecast("prophet", {}, request);

/** The same with fixed options, on the window alone. */
export function fixedProphet(method: string, options: ProphetOptions): Forecaster {
  return ({ longHistory: _long, prophet: _settings, ...request }) => prophetForecast(method, options, request);
}

function prophetForecast(method: string, options: ProphetOptions, request: ForecastRequest): Forecast {
  const { series, horizonSteps, leadSteps, levels } = request;
  const n = series.values.length;
  const steps = Math.max(horizonSteps, leadSteps);
  const coldStart = () => ({ ...forecastLast(request), method });
  const rows = measuredRows(series, request.longHistory);
  if (rows.ds.length < MIN_POOL) return coldStart();
  const ds = Float64Array.from({ length: n + steps }, (_, i) => series.start + i * series.step);
  const fitted = fitHistory(rows, ds.at(-1)!, request.prophet, { ...options, interval_width: ONE_SIGMA });
  if (!fitted.ok && request.prophet !== undefined) throw new RangeError(problemText(fitted.error));
  // With as many coefficients as points the fit can be anything: the original's season has 20, and the trend its level and slope.
  if (!fitted.ok || rows.ds.length <= featureWidth(fitted.value.model.blocks) + 2) return coldStart();
  const answer = predict(fitted.value.model, fitted.value.frameAt(ds), { intervals: "analytic" });
  if (!answer.ok || !answer.value.yhat_upper.every(Number.isFinite)) return coldStart();
  const { yhat, yhat_upper } = answer.value;
  const path = yhat.slice(n);
  const sigma = yhat_upper.slice(n).map((v, k) => v - path[k]!);
  const shifted = (z: number): Float64Array => path.map((v, k) => Math.max(0, v + z * sigma[k]!));
  const point = shifted(0);
  const z = levels.map((q) => (q > 0.5 ? normalQuantile(q) : q < 0.5 ? -normalQuantile(1 - q) : 0));
  return {
    method,
    path: point,
    lower: shifted(-BAND_Z),
    upper: shifted(BAND_Z),
    mean: mean(point, 0, horizonSteps),
    max: maximum(point, 0, leadSteps),
    meanQuantiles: z.map((v) => mean(shifted(v), 0, horizonSteps)),
    maxQuantiles: z.map((v) => maximum(shifted(v), 0, leadSteps)),
    skill: Number.NaN,
    coverage: Number.NaN,
    modelWeights: { [method]: 1 },
    period: null,
    origins: 0,
  };
}

function problemText({ field, value, accepted }: ProphetError): string {
  return `prophet.${field} must be ${accepted}, got ${String(value)}`;
}
