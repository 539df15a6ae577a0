/** The forecaster of each method. */
import { forecastAuto } from "./forecasters/auto.ts";
import { forecastNaive } from "./forecasters/naive.ts";
import { fixedProphet, forecastProphet } from "./forecasters/prophet.ts";
import { originalProphet } from "./prophet/presets.ts";
import type { Forecaster, ForecastMethod } from "./types.ts";

const FORECASTERS: Readonly<Record<ForecastMethod, Forecaster>> = {
  auto: forecastAuto,
  prophet: forecastProphet,
  original: fixedProphet("original", originalProphet()),
  naive: forecastNaive,
};

/** The forecaster that a method names. */
export function forecasterOf(method: ForecastMethod): Forecaster {
  return FORECASTERS[method];
}
