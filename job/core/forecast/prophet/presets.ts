/** Two named sets of options: Prophet as its user gets it, and the settings of the project this one re-creates. */
import type { ProphetOptions, SeasonalityOption } from "./options.ts";
import { SECONDS_PER_DAY } from "./options.ts";

/** Prophet's own defaults. */
export function defaultProphet(): ProphetOptions {
  return {};
}

/** A season of 300 s whatever the workload does, Fourier order 10, a supple trend; no daily, weekly or yearly season. */
export function originalProphet(): ProphetOptions {
  return { ...seasonalProphet(300, 10), changepoint_prior_scale: 0.5 };
}

/**
 * Prophet with one season of the given length in place of the calendar's.
 * @param period seconds
 * @param fourier_order 1 or more; 2 x order coefficients
 */
export function seasonalProphet(period: number, fourier_order: number): ProphetOptions {
  const season: SeasonalityOption = { name: "season", period: period / SECONDS_PER_DAY, fourier_order };
  return { yearly_seasonality: false, weekly_seasonality: false, daily_seasonality: false, seasonalities: [season] };
}
