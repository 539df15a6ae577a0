/** The default forecaster: a pool of models, combined for each target by their errors inside the window, with conformal quantiles. */
import type { Cores, Probability } from "../../units.ts";
import { type Moves, maximumByMoves, valueByMoves } from "../combine/moves.ts";
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

/** Quantiles of the mean over the first `to` steps by the moves. They are wider than the mean's own, since they are those of its last step. */
const valueAt = (last: Cores, moves: Moves, [, to]: LeadPart, level: Probability) =>
  valueByMoves(last, moves, to, level);

function assemble({ series, horizonSteps, leadSteps, levels, parts }: ForecastRequest, window: Window): Forecast {
  const horizon: LeadPart = [0, horizonSteps];
  const { target, blended } = window.blendOf(horizon, mean);
  const peakOf = (part: LeadPart): Peak => {
    const [median, ...maxQuantiles] = window.quantiles(part, maximum, [0.5, ...levels], maximumByMoves);
    return { max: median!, maxQuantiles };
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
    meanQuantiles: () => window.quantiles(horizon, mean, levels, valueAt),
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
