/** The default forecaster: a pool of models, combined for each target by their errors inside the window, with conformal quantiles. */
import { maximum, mean } from "../combine/target.ts";
import type { Forecast, Forecaster, ForecastRequest, LeadPart, Peak } from "../types.ts";
import { forecastLast, MIN_POOL } from "./cold-start.ts";
import { atCadence } from "./held.ts";
import { lazily, once } from "./lazily.ts";
import { coverageAt, pathOf } from "./picture.ts";
import { type AutoOptions, Window } from "./window.ts";

/** Forecasts with the whole pool (docs/decisions/0003-forecaster.md). Needs at least one value; below ten it uses the last value and its moves. */
export const forecastAuto: Forecaster = autoForecaster();

/** The same forecaster with some of its parts switched off. */
export function autoForecaster(options: AutoOptions = {}): Forecaster {
  return atCadence((request) =>
    request.series.values.length < MIN_POOL ? forecastLast(request) : assemble(request, new Window(request, options)),
  );
}

function assemble({ series, horizonSteps, leadSteps, levels, parts }: ForecastRequest, window: Window): Forecast {
  // of the moves those of the last step: wider than the mean's own
  const horizon = window.forecastOf([0, horizonSteps], mean, [horizonSteps - 1, horizonSteps]);
  const { blended, target } = horizon;
  const peakOf = (part: LeadPart): Peak => {
    const { quantile } = window.forecastOf(part, maximum);
    return { max: quantile(0.5), maxQuantiles: levels.map(quantile) };
  };
  const { models } = window.pass;
  const whole = once(() => peakOf([0, leadSteps]));
  const path = once(() => pathOf(window));
  return lazily({
    method: () => "auto",
    path: () => path().values,
    lower: () => path().lower,
    upper: () => path().upper,
    mean: () => window.cores(blended.now),
    meanQuantiles: () => levels.map(horizon.quantile),
    max: () => whole().max,
    maxQuantiles: () => whole().maxQuantiles,
    ...(parts && { parts: () => parts.map(peakOf) }),
    skill: () => blended.skill,
    coverage: () => coverageAt(window, leadSteps),
    modelWeights: () => Object.fromEntries(models.map(({ name }, m) => [name, blended.weights[m]!])),
    period: () => (window.period === null ? null : window.period * series.step),
    origins: () => target.actual.length,
  });
}
