/** What a caller may ask of Prophet: options under Prophet's own names, and their defaults. */
import type { Result } from "../../result.ts";

export const SECONDS_PER_DAY = 86_400;

export type Growth = "linear" | "logistic" | "flat";
export type Mode = "additive" | "multiplicative";
/** Prophet's switch of a built-in season: by its own rule, on or off, or on with this Fourier order. */
export type AutoSeasonality = "auto" | boolean | number;

/** A season of the caller's own. `period` is in days, as in Prophet (300 s is `300 / SECONDS_PER_DAY`). */
export interface SeasonalityOption {
  readonly name: string;
  readonly period: number;
  readonly fourier_order: number;
  /** Standard deviation of the normal prior of each Fourier coefficient; default `seasonality_prior_scale`. */
  readonly prior_scale?: number;
  readonly mode?: Mode;
  /** Column of booleans (history and future): the season counts only where it is true. */
  readonly condition_name?: string;
}

/** An extra regressor: a column of the history and of the future frame. */
export interface RegressorOption {
  readonly name: string;
  /** Default `holidays_prior_scale`, as in Prophet. */
  readonly prior_scale?: number;
  /** "auto": centred and divided by its standard deviation unless it holds only zeros and ones. */
  readonly standardize?: "auto" | boolean;
  readonly mode?: Mode;
}

/** One day of an event; several rows of one name share their coefficients. */
export interface HolidayOption {
  readonly holiday: string;
  /** Any time within the day (UTC), epoch seconds. */
  readonly ds: number;
  /** Days before (0 or less) and after (0 or more) that the event also covers, each with a coefficient of its own. */
  readonly lower_window?: number;
  readonly upper_window?: number;
  readonly prior_scale?: number;
}

/** Prophet's constructor arguments, plus `seasonalities` and `regressors` for its add_seasonality and add_regressor. */
export interface ProphetOptions {
  readonly growth?: Growth;
  /** Times (epoch seconds) at which the trend may bend; an empty list means never. Default: placed by `n_changepoints`. */
  readonly changepoints?: readonly number[];
  readonly n_changepoints?: number;
  /** Share of the history, from its start, in which changepoints are placed. */
  readonly changepoint_range?: number;
  readonly yearly_seasonality?: AutoSeasonality;
  readonly weekly_seasonality?: AutoSeasonality;
  readonly daily_seasonality?: AutoSeasonality;
  readonly holidays?: readonly HolidayOption[];
  readonly seasonality_mode?: Mode;
  readonly holidays_mode?: Mode;
  readonly seasonality_prior_scale?: number;
  readonly holidays_prior_scale?: number;
  readonly changepoint_prior_scale?: number;
  readonly interval_width?: number;
  readonly uncertainty_samples?: number;
  readonly scaling?: "absmax" | "minmax";
  readonly seasonalities?: readonly SeasonalityOption[];
  readonly regressors?: readonly RegressorOption[];
}

/** Options with every default filled in; `changepoints` and `holidays_mode` keep their dependence on the data and on others. */
export type ResolvedOptions = Required<Omit<ProphetOptions, "changepoints">> & {
  readonly changepoints: readonly number[] | undefined;
};

/** Why a fit or a forecast could not be made: which field, what it held, what would be accepted. */
export interface ProphetError {
  readonly kind: "ProphetOptions" | "ProphetHistory" | "ProphetFuture";
  readonly field: string;
  readonly value: unknown;
  readonly accepted: string;
}

/** Shorthand for the failing side of an Outcome. */
export function failure(
  kind: ProphetError["kind"],
  field: string,
  value: unknown,
  accepted: string,
): Result<never, ProphetError> & { readonly ok: false } {
  return { ok: false, error: { kind, field, value, accepted } };
}

/** Prophet 1.5's defaults. */
export const PROPHET_DEFAULTS: Omit<ResolvedOptions, "changepoints"> = {
  growth: "linear",
  n_changepoints: 25,
  changepoint_range: 0.8,
  yearly_seasonality: "auto",
  weekly_seasonality: "auto",
  daily_seasonality: "auto",
  holidays: [],
  seasonality_mode: "additive",
  holidays_mode: "additive",
  seasonality_prior_scale: 10,
  holidays_prior_scale: 10,
  changepoint_prior_scale: 0.05,
  interval_width: 0.8,
  uncertainty_samples: 1000,
  scaling: "absmax",
  seasonalities: [],
  regressors: [],
};
