/** The first rung of the ladder: fewer than ten points, so the last value and the spread of what little was seen. */
import type { Forecast, ForecastRequest } from "./types.ts";

/** Prior spread: a tenth of the mean size, worth this many observed moves; it fades as moves are seen. */
const PRIOR_SHARE = 0.1;
const PRIOR_WEIGHT = 2;

/**
 * Last value; quantiles by a Laplace law whose mean size is that of the observed moves over up to `ahead` steps, with a prior of 10 % of the
 * mean load, so that two equal points do not promise a third. For 1 point and more.
 */
export function forecastLast({ series, horizonSteps, leadSteps, levels }: ForecastRequest): Forecast {
  const y = series.values;
  const last = Math.max(0, y[y.length - 1] ?? 0);
  const steps = Math.max(horizonSteps, leadSteps);
  const at = (size: number, q: number): number =>
    Math.max(0, last + (q < 0.5 ? size * Math.log(2 * q) : -size * Math.log(2 * (1 - q))));
  const sizes = Float64Array.from({ length: steps }, (_, k) => moveSize(y, k + 1));
  const near = sizes[horizonSteps - 1]!;
  const far = sizes[leadSteps - 1]!;
  return {
    method: "auto",
    path: new Float64Array(steps).fill(last),
    lower: sizes.map((size) => at(size, 0.05)),
    upper: sizes.map((size) => at(size, 0.95)),
    mean: last,
    max: last,
    meanQuantiles: levels.map((q) => at(near, q)),
    maxQuantiles: levels.map((q) => Math.max(last, at(far, q))),
    skill: Number.NaN,
    coverage90: Number.NaN,
    weights: { last: 1 },
    period: null,
    rung: "last",
    origins: 0,
    fitted: Float64Array.from(y, (_, i) => y[Math.max(0, i - 1)]!),
  };
}

/** Mean absolute move over each of 1..ahead steps, averaged over all that were seen, with the prior. */
function moveSize(y: Float64Array, ahead: number): number {
  let size = 0;
  for (const v of y) size += Math.abs(v) / y.length;
  let sum = PRIOR_WEIGHT * PRIOR_SHARE * size;
  let weight = PRIOR_WEIGHT;
  for (let i = 0; i < y.length; i++) {
    for (let k = 1; k <= ahead && i + k < y.length; k++) {
      sum += Math.abs(y[i + k]! - y[i]!);
      weight++;
    }
  }
  return sum / weight;
}
