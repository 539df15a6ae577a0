/** Named sets of Prophet options: those of the original project, and one with a single season. */
import type { ProphetOptions, SeasonalityOption } from "./options.ts";
import { SECONDS_PER_DAY } from "./options.ts";

/**
 * The original project's options: a season of 300 s for every workload, Fourier order 10 and a flexible trend; no daily, weekly or yearly
 * season.
 */
export function originalProphet(): ProphetOptions {
  return { ...seasonalProphet(300, 10), changepoint_prior_scale: 0.5 };
}

/**
 * Prophet with one season of the given length in place of the built-in ones.
 * @param period in seconds
 * @param fourier_order 1 or more; the season has 2 x order coefficients
 */
export function seasonalProphet(period: number, fourier_order: number): ProphetOptions {
  const season: SeasonalityOption = { name: "season", period: period / SECONDS_PER_DAY, fourier_order };
  return { yearly_seasonality: false, weekly_seasonality: false, daily_seasonality: false, seasonalities: [season] };
}
