/** The last value with its own empirical errors: the yardstick, and what `naive` means. */
import { errorQuantile, plainly, type Ranked } from "../combine/quantiles.ts";
import type { Forecaster } from "../types.ts";
import { forecastLast, MIN_POOL } from "./cold-start.ts";

/** Repeats the last value; quantiles are the plain order statistics of its errors over every earlier origin of the window, or below ten values those of its moves. */
export const forecastNaive: Forecaster = (request) => {
  const { series, horizonSteps, leadSteps, levels } = request;
  const y = series.values;
  if (y.length < MIN_POOL) return { ...forecastLast(request), method: "naive" };
  const n = y.length;
  const last = y[n - 1] ?? 0;
  const steps = Math.max(horizonSteps, leadSteps);
  const meanErrors = plainly(lastErrors(y, horizonSteps, false));
  const maxErrors = plainly(lastErrors(y, leadSteps, true));
  const quantiles = (errors: Ranked): number[] => levels.map((q) => Math.max(0, last + errorQuantile(errors, q)));
  const low = Math.max(0, last + errorQuantile(meanErrors, 0.05));
  const high = Math.max(0, last + errorQuantile(meanErrors, 0.95));
  return {
    method: "naive",
    path: new Float64Array(steps).fill(last),
    lower: new Float64Array(steps).fill(low),
    upper: new Float64Array(steps).fill(high),
    mean: last,
    max: last,
    meanQuantiles: quantiles(meanErrors),
    maxQuantiles: quantiles(maxErrors),
    skill: 1,
    modelWeights: { last: 1 },
    period: null,
    coldStartTier: "last",
    origins: meanErrors.errors.length,
    fitted: Float64Array.from(y, (_, i) => y[Math.max(0, i - 1)]!),
  };
};

/** actual (mean or maximum of the next `ahead` values) minus the last value, at every origin of y, ascending. */
function lastErrors(y: Float64Array, ahead: number, peak: boolean): Float64Array {
  const count = Math.max(0, y.length - ahead);
  const out = new Float64Array(count);
  for (let t = 1; t <= count; t++) {
    let actual = peak ? Number.NEGATIVE_INFINITY : 0;
    for (let k = 0; k < ahead; k++) actual = peak ? Math.max(actual, y[t + k]!) : actual + y[t + k]! / ahead;
    out[t - 1] = actual - y[t - 1]!;
  }
  return out.sort();
}
