/** Prophet's options under Prophet's own names, and their defaults. */
import type { Result } from "../../result.ts";

/** Prophet's periods are in days, times here in seconds. */
export const SECONDS_PER_DAY = 86_400;

/** The kind of trend. */
export type Growth = "linear" | "logistic" | "flat";
/** Whether a component is added to the trend, or multiplies it. */
export type SeasonalityMode = "additive" | "multiplicative";
/** Prophet's switch of a built-in season: "auto" (its own rule), on, off, or on with this Fourier order. */
export type AutoSeasonality = "auto" | boolean | number;

/** A custom season. `period` is in days, as in Prophet (300 s is `300 / SECONDS_PER_DAY`). */
export interface SeasonalityOption {
  readonly name: string;
  readonly period: number;
  readonly fourier_order: number;
  /** Standard deviation of the normal prior of each Fourier coefficient; default `seasonality_prior_scale`. */
  readonly prior_scale?: number;
  readonly mode?: SeasonalityMode;
  /** The column of booleans, in history and future: the season applies only where it is true. */
  readonly condition_name?: string;
}

/** An extra regressor: a column of the history and of the future frame. */
export interface RegressorOption {
  readonly name: string;
  /** Default `holidays_prior_scale`, as in Prophet. */
  readonly prior_scale?: number;
  /** "auto": centred and divided by its standard deviation unless it holds only zeros and ones. */
  readonly standardize?: "auto" | boolean;
  readonly mode?: SeasonalityMode;
}

/** One day of an event; several rows of one name share their coefficients. */
export interface HolidayOption {
  readonly holiday: string;
  /** Any time within the day (UTC), epoch seconds. */
  readonly ds: number;
  /** Days before (0 or less) and after (0 or more) that the event covers too. Each has its own coefficient. */
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
  readonly seasonality_mode?: SeasonalityMode;
  readonly holidays_mode?: SeasonalityMode;
  readonly seasonality_prior_scale?: number;
  readonly holidays_prior_scale?: number;
  readonly changepoint_prior_scale?: number;
  readonly interval_width?: number;
  readonly uncertainty_samples?: number;
  readonly scaling?: "absmax" | "minmax";
  readonly seasonalities?: readonly SeasonalityOption[];
  readonly regressors?: readonly RegressorOption[];
}

/** Options with every default filled in. The default of `changepoints` depends on the data, that of `holidays_mode` on other options. */
export type ResolvedOptions = Required<Omit<ProphetOptions, "changepoints">> & {
  readonly changepoints: readonly number[] | undefined;
};

/** Why there is no fit or no forecast: the field, its value, and what is accepted. */
export interface ProphetError {
  readonly kind: "ProphetOptions" | "ProphetHistory" | "ProphetFuture";
  readonly field: string;
  readonly value: unknown;
  readonly accepted: string;
}

/** The failing side of a Result. */
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
