/** Prophet alone as a forecaster: the picture users expect, and a yardstick beside `auto`. */
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
 * A forecaster that fits Prophet to the longer history, where there is one, and the whole window after it. Rows that were gaps are left out.
 * Quantiles are those of Prophet's own normal spread, step errors taken to move together: mean of the steps' quantiles, and their largest.
 * With few measured points, with no more of them than the model has coefficients, and where a fit fails: the last value and its moves.
 * Throws where the settings are why it fails: who set them must hear of it.
 */
export const forecastProphet: Forecaster = (request) => prophetForecast("prophet", {}, request);

/** The same with fixed options, over the window only. */
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
  if (!fitted.ok && request.prophet !== undefined) throw new RangeError(told(fitted.error));
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

function told({ field, value, accepted }: ProphetError): string {
  return `prophet.${field} is ${String(value)}: it must be ${accepted}`;
}
