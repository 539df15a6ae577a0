/** The pool: which models a window of a given length and season gets, and one pass of all of them. */

import type { Season } from "../seasons/detect.ts";
import { analogue } from "./analogue.ts";
import { autoregression } from "./autoregression.ts";
import { fourier, sinusoids } from "./harmonic.ts";
import { lastValue, rollingMean, rollingMedian, smoothing } from "./level.ts";
import { eachModel, type LastFirst, type Model, type Plan } from "./model.ts";
import { prophet } from "./prophet.ts";
import { cycleMean, holtWinters, seasonalNaive } from "./seasonal.ts";
import { holt, theta } from "./trend.ts";

/** Ever longer meanBlocks of the past, back to 44 steps. */
const LAG_BLOCKS = [4, 6, 8, 11, 14, 18, 22, 27, 32, 38, 44];

/** The models for n values, forecasts judged over `ahead` steps, the seasons and the sinusoids found (strongest first). */
export function poolFor(
  n: number,
  ahead: number,
  seasons: readonly Season[],
  periods: readonly number[] = [],
): LastFirst<Model> {
  const models: Model[] = [smoothing(ahead), holt("damped", 0.9, ahead), rollingMean(3)];
  if (n >= 12)
    models.push(
      holt("holt", 0.98, ahead),
      theta(30),
      rollingMedian(5),
      rollingMean(12),
      rollingMean(30),
      rollingMedian(15),
    );
  if (n >= 30) {
    models.push(
      autoregression({ name: "ar", lags: [1, 2, 3, 4, 5, 6], relative: false, ridge: 0.002, memory: 1 }),
      autoregression({ name: "arDiff", lags: [2, 3, 4, 5, 6, 8, 12], relative: true, ridge: 0.02, memory: 0.99 }),
      autoregression({ name: "ar2", lags: [1, 2], relative: false, ridge: 0.01, memory: 0.99 }),
      autoregression({
        name: "ar15",
        lags: [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15],
        relative: false,
        ridge: 0.02,
        memory: 1,
      }),
      autoregression({
        name: "arLong",
        lags: [1, 2, 3, 4],
        meanBlocks: LAG_BLOCKS,
        relative: false,
        ridge: 0.01,
        memory: 1,
      }),
      autoregression({
        name: "arLongDiff",
        lags: [2, 3, 4],
        meanBlocks: LAG_BLOCKS,
        relative: true,
        ridge: 0.03,
        memory: 1,
      }),
      analogue(6, 5),
      analogue(12, 4),
      prophet(seasons[0]?.period),
    );
  }
  if (periods.length > 0) models.push(sinusoids(periods, 0.995));
  seasons.forEach((season, i) => {
    const m = season.period;
    const tag = i === 0 ? "" : `@${i + 1}`;
    const seasonal: Model[] = [
      holtWinters(m, false),
      holtWinters(m, true),
      cycleMean(m, 4, 3, 0.7),
      autoregression({ name: "arSeason", lags: [1, 2, 3], relative: true, ridge: 0.01, memory: 0.995, period: m }),
      fourier(m, 6, 0.995),
    ];
    if (i === 0) seasonal.push(seasonalNaive(m), cycleMean(m, 8, 1, 0), fourier(m, 2, 0.99));
    for (const model of seasonal) models.push({ ...model, name: model.name + tag });
  });
  return [lastValue, ...models.filter((model) => model.least + 4 <= n)];
}

/** Forecasts of all models at all origins: `paths[m]` is origins x steps. Negative forecasts become 0: no load is below it. */
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
