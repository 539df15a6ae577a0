/** The pool: the models for a window of given length and season, and one pass of all of them. */
import { autoregression, type LagRange } from "./autoregression.ts";
import { fourier, sinusoids } from "./harmonic.ts";
import { lastValue, rollingMedian } from "./level.ts";
import { eachModel, type LastFirst, type Model, type Plan } from "./model.ts";
import { holtWinters, seasonalMean } from "./seasonal.ts";

/** Each lag alone. */
const alone = (...lags: readonly number[]): LagRange[] => lags.map((lag) => [lag - 1, lag]);
/** Ever longer means of lags, back to 44 steps. Half as many, or back to 22 alone: 0.3 % of the loss on 19 public and synthetic series. */
const EDGES = [4, 6, 8, 11, 14, 18, 22, 27, 32, 38, 44];
const LONG = [...alone(2, 3, 4), ...EDGES.slice(1).map((far, e): LagRange => [EDGES[e]!, far])];

/**
 * The models for a window of n values, nine at most. `period` is the detected season, or null; `periods` are those of the
 * sinusoids; both are in steps.
 * Forward selection chose them from forty, and `npm run bench -- ablation` judged each: every one lowers the loss beside the others.
 */
export function poolFor(n: number, period: number | null, periods: readonly number[]): LastFirst<Model> {
  const models: Model[] = [
    rollingMedian(15),
    autoregression({ name: "ar", lags: alone(1, 2, 3, 4, 5, 6), relative: false, ridge: 0.002, memory: 1 }),
    autoregression({ name: "arDiff", lags: alone(2, 3, 4, 5, 6, 8, 12), relative: true, ridge: 0.02, memory: 0.99 }),
    autoregression({ name: "arLong", lags: LONG, relative: true, ridge: 0.03, memory: 1 }),
  ];
  if (periods.length > 0) models.push(sinusoids(periods));
  if (period !== null) models.push(seasonalMean(period), holtWinters(period), fourier(period));
  return [lastValue, ...models.filter((model) => model.minValues + 4 <= n)];
}

/**
 * The forecasts of all models at all origins: entry m is origins x steps, row by row. At origins with too few values for a model that is the last
 * value. Negative forecasts become 0, since no load is below it.
 */
export function runPool(models: LastFirst<Model>, { y, origins, steps }: Plan): LastFirst<Float64Array> {
  return eachModel(models, ({ minValues, run }) => {
    const out = new Float64Array(origins.length * steps);
    const early = origins.filter((t) => t < minValues).length;
    for (let o = 0; o < early; o++) out.fill(y[origins[o]! - 1]!, o * steps, (o + 1) * steps);
    if (early < origins.length) run({ y, origins: origins.subarray(early), steps }, out.subarray(early * steps));
    for (let i = 0; i < out.length; i++) out[i] = Number.isFinite(out[i]) ? Math.max(0, out[i]!) : y.at(-1)!;
    return out;
  });
}
