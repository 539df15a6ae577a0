/** What a caller may ask of Prophet: options under Prophet's own names, their defaults, and the check of their ranges. */
import type { Result } from "../../result.ts";
import { ok } from "../../result.ts";

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

/** Fills in the defaults and checks every range; the first field out of range is the error. */
export function resolveOptions(given: ProphetOptions): Result<ResolvedOptions, ProphetError> {
  const mode = given.seasonality_mode ?? PROPHET_DEFAULTS.seasonality_mode;
  const value: ResolvedOptions = {
    ...PROPHET_DEFAULTS,
    ...dropUndefined(given),
    holidays_mode: given.holidays_mode ?? mode,
    changepoints: given.changepoints,
  };
  const error = firstProblem(value);
  return error ?? ok(value);
}

function dropUndefined(given: ProphetOptions): ProphetOptions {
  return Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined));
}

type Problem = ReturnType<typeof failure> | undefined;
const MODES: readonly unknown[] = ["additive", "multiplicative"];

function bad(field: string, value: unknown, accepted: string): Problem {
  return failure("ProphetOptions", field, value, accepted);
}

function positive(field: string, value: number): Problem {
  return Number.isFinite(value) && value > 0 ? undefined : bad(field, value, "a number above 0");
}

function count(field: string, value: number, least: number): Problem {
  return Number.isInteger(value) && value >= least
    ? undefined
    : bad(field, value, `a whole number of at least ${least}`);
}

function oneOf(field: string, value: unknown, accepted: readonly unknown[]): Problem {
  return accepted.includes(value) ? undefined : bad(field, value, accepted.join(", "));
}

function auto(field: string, value: AutoSeasonality): Problem {
  return typeof value === "number" ? count(field, value, 0) : oneOf(field, value, ["auto", true, false]);
}

function firstProblem(o: ResolvedOptions): Problem {
  return (
    oneOf("growth", o.growth, ["linear", "logistic", "flat"]) ??
    (o.changepoints?.some((c) => !Number.isFinite(c))
      ? bad("changepoints", o.changepoints, "finite epoch seconds")
      : undefined) ??
    count("n_changepoints", o.n_changepoints, 0) ??
    (o.changepoint_range >= 0 && o.changepoint_range <= 1
      ? undefined
      : bad("changepoint_range", o.changepoint_range, "0 to 1")) ??
    auto("yearly_seasonality", o.yearly_seasonality) ??
    auto("weekly_seasonality", o.weekly_seasonality) ??
    auto("daily_seasonality", o.daily_seasonality) ??
    oneOf("seasonality_mode", o.seasonality_mode, MODES) ??
    oneOf("holidays_mode", o.holidays_mode, MODES) ??
    positive("seasonality_prior_scale", o.seasonality_prior_scale) ??
    positive("holidays_prior_scale", o.holidays_prior_scale) ??
    positive("changepoint_prior_scale", o.changepoint_prior_scale) ??
    (o.interval_width > 0 && o.interval_width < 1
      ? undefined
      : bad("interval_width", o.interval_width, "between 0 and 1")) ??
    count("uncertainty_samples", o.uncertainty_samples, 0) ??
    oneOf("scaling", o.scaling, ["absmax", "minmax"]) ??
    firstOf(o.seasonalities, seasonalityProblem) ??
    firstOf(o.regressors, regressorProblem) ??
    firstOf(o.holidays, holidayProblem) ??
    nameProblem(o)
  );
}

function firstOf<T>(items: readonly T[], check: (item: T, field: string) => Problem, field = ""): Problem {
  for (const item of items) {
    const problem = check(item, field);
    if (problem) return problem;
  }
  return undefined;
}

function seasonalityProblem(s: SeasonalityOption): Problem {
  const at = `seasonalities.${s.name}`;
  return (
    positive(`${at}.period`, s.period) ??
    count(`${at}.fourier_order`, s.fourier_order, 1) ??
    positive(`${at}.prior_scale`, s.prior_scale ?? 1) ??
    oneOf(`${at}.mode`, s.mode ?? "additive", MODES)
  );
}

function regressorProblem(r: RegressorOption): Problem {
  const at = `regressors.${r.name}`;
  return (
    positive(`${at}.prior_scale`, r.prior_scale ?? 1) ??
    oneOf(`${at}.standardize`, r.standardize ?? "auto", ["auto", true, false]) ??
    oneOf(`${at}.mode`, r.mode ?? "additive", MODES)
  );
}

function holidayProblem(h: HolidayOption): Problem {
  const at = `holidays.${h.holiday}`;
  return (
    (Number.isFinite(h.ds) ? undefined : bad(`${at}.ds`, h.ds, "finite epoch seconds")) ??
    count(`${at}.lower_window`, -(h.lower_window ?? 0) + 0, 0) ??
    count(`${at}.upper_window`, h.upper_window ?? 0, 0) ??
    positive(`${at}.prior_scale`, h.prior_scale ?? 1)
  );
}

const RESERVED = new Set(
  ["trend", "additive_terms", "multiplicative_terms", "holidays", "zeros", "yhat", "ds", "y", "cap", "floor"].flatMap(
    (n) => [n, `${n}_lower`, `${n}_upper`],
  ),
);

/** A name stands for one component only: seasons, regressors and events may not share one, nor use a reserved one. */
function nameProblem(o: ResolvedOptions): Problem {
  const names = [
    ...o.seasonalities.map((s) => s.name),
    ...o.regressors.map((r) => r.name),
    ...new Set(o.holidays.map((h) => h.holiday)),
  ];
  const seen = new Set<string>();
  for (const name of names) {
    if (name === "" || RESERVED.has(name)) return bad("name", name, "a name that is neither empty nor reserved");
    if (seen.has(name)) return bad("name", name, "a name used once");
    seen.add(name);
  }
  return undefined;
}
