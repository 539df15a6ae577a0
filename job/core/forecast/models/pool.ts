/** The pool: the models for a window of given length and season, and one pass of all of them. */
import { autoregression } from "./autoregression.ts";
import { fourier, sinusoids } from "./harmonic.ts";
import { lastValue, rollingMedian } from "./level.ts";
import { eachModel, type LastFirst, type Model, type Plan } from "./model.ts";
import { holtWinters, seasonalMean } from "./seasonal.ts";

/** Ever longer blocks of lags, back to 44 steps. Half as many, or back to 22 alone: 0.3 % of the loss on 19 public and synthetic series. */
const LAG_BLOCKS = [4, 6, 8, 11, 14, 18, 22, 27, 32, 38, 44];

/**
 * The models for a window of n values, nine at most. `period` is the detected season in steps, or null; `waves` are the sinusoids' periods in
 * steps.
 * Forward selection chose them from forty, and `npm run bench -- ablation` judged each: every one lowers the loss beside the others.
 */
export function poolFor(n: number, period: number | null, waves: readonly number[]): LastFirst<Model> {
  const models: Model[] = [
    rollingMedian(15),
    autoregression({ name: "ar", lags: [1, 2, 3, 4, 5, 6], relative: false, ridge: 0.002, memory: 1 }),
    autoregression({ name: "arDiff", lags: [2, 3, 4, 5, 6, 8, 12], relative: true, ridge: 0.02, memory: 0.99 }),
    autoregression({ name: "arLong", lags: [2, 3, 4], meanBlocks: LAG_BLOCKS, relative: true, ridge: 0.03, memory: 1 }),
  ];
  if (waves.length > 0) models.push(sinusoids(waves));
  if (period !== null) models.push(seasonalMean(period), holtWinters(period), fourier(period));
  return [lastValue, ...models.filter((model) => model.minValues + 4 <= n)];
}

/** The forecasts of all models at all origins: entry m is origins x steps, row by row. Negative forecasts become 0, since no load is below it. */
export function runPool(models: LastFirst<Model>, plan: Plan): LastFirst<Float64Array> {
  return eachModel(models, (model) => {
    const out = new Float64Array(plan.origins.length * plan.steps);
    model.run(plan, out);
    for (let i = 0; i < out.length; i++) {
      const v = out[i]!;
      if (!(v > 0)) out[i] = 0;
      else if (!Number.isFinite(v)) out[i] = plan.y[plan.y.length - 1]!;
    }
    return out;
  });
}
