/** Which forecaster a method's name stands for. */
import { forecastAuto } from "./forecasters/auto.ts";
import { forecastNaive } from "./forecasters/naive.ts";
import { fixedProphet, forecastProphet } from "./forecasters/prophet.ts";
import { originalProphet } from "./prophet/presets.ts";
import type { Forecaster, Method } from "./types.ts";

const FORECASTERS: Readonly<Record<Method, Forecaster>> = {
  auto: forecastAuto,
  prophet: forecastProphet,
  original: fixedProphet("original", originalProphet()),
  naive: forecastNaive,
};

/** The forecaster of a method. */
export function forecasterOf(method: Method): Forecaster {
  return FORECASTERS[method];
}
