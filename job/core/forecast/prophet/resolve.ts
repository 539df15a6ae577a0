/** Fills in the defaults of Prophet's options and checks every range. */
import type { Result } from "../../result.ts";
import { ok } from "../../result.ts";
import type {
  AutoSeasonality,
  HolidayOption,
  ProphetError,
  ProphetOptions,
  RegressorOption,
  ResolvedOptions,
  SeasonalityOption,
} from "./options.ts";
import { failure, PROPHET_DEFAULTS } from "./options.ts";

/** Options with every default filled in and every range checked. The error, as a value, names the first field out of range. */
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

type OptionProblem = ReturnType<typeof failure> | undefined;
const MODES: readonly unknown[] = ["additive", "multiplicative"];

function bad(field: string, value: unknown, accepted: string): OptionProblem {
  return failure("ProphetOptions", field, value, accepted);
}

function positive(field: string, value: number): OptionProblem {
  return Number.isFinite(value) && value > 0 ? undefined : bad(field, value, "a number above 0");
}

function count(field: string, value: number, least: number): OptionProblem {
  return Number.isInteger(value) && value >= least
    ? undefined
    : bad(field, value, `a whole number of at least ${least}`);
}

function oneOf(field: string, value: unknown, accepted: readonly unknown[]): OptionProblem {
  return accepted.includes(value) ? undefined : bad(field, value, accepted.join(", "));
}

function auto(field: string, value: AutoSeasonality): OptionProblem {
  return typeof value === "number" ? count(field, value, 0) : oneOf(field, value, ["auto", true, false]);
}

function firstProblem(o: ResolvedOptions): OptionProblem {
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
    holidayPriorProblem(o.holidays) ??
    nameProblem(o)
  );
}

function firstOf<T>(items: readonly T[], check: (item: T) => OptionProblem): OptionProblem {
  for (const item of items) {
    const problem = check(item);
    if (problem) return problem;
  }
  return undefined;
}

function seasonalityProblem(s: SeasonalityOption): OptionProblem {
  const at = `seasonalities.${s.name}`;
  return (
    positive(`${at}.period`, s.period) ??
    count(`${at}.fourier_order`, s.fourier_order, 1) ??
    positive(`${at}.prior_scale`, s.prior_scale ?? 1) ??
    oneOf(`${at}.mode`, s.mode ?? "additive", MODES)
  );
}

function regressorProblem(r: RegressorOption): OptionProblem {
  const at = `regressors.${r.name}`;
  return (
    positive(`${at}.prior_scale`, r.prior_scale ?? 1) ??
    oneOf(`${at}.standardize`, r.standardize ?? "auto", ["auto", true, false]) ??
    oneOf(`${at}.mode`, r.mode ?? "additive", MODES)
  );
}

function holidayProblem(h: HolidayOption): OptionProblem {
  const at = `holidays.${h.holiday}`;
  return (
    (Number.isFinite(h.ds) ? undefined : bad(`${at}.ds`, h.ds, "finite epoch seconds")) ??
    count(`${at}.lower_window`, -(h.lower_window ?? 0) + 0, 0) ??
    count(`${at}.upper_window`, h.upper_window ?? 0, 0) ??
    positive(`${at}.prior_scale`, h.prior_scale ?? 1)
  );
}

/** The coefficients of one event share one prior, so its rows must agree on it. */
function holidayPriorProblem(holidays: readonly HolidayOption[]): OptionProblem {
  const seen = new Map<string, number | undefined>();
  for (const { holiday, prior_scale } of holidays) {
    if (seen.has(holiday) && seen.get(holiday) !== prior_scale) {
      return bad(`holidays.${holiday}.prior_scale`, prior_scale, `${seen.get(holiday)}, as in the event's first row`);
    }
    seen.set(holiday, prior_scale);
  }
  return undefined;
}

const RESERVED = new Set(
  [
    "trend",
    "additive_terms",
    "multiplicative_terms",
    "extra_regressors_additive",
    "extra_regressors_multiplicative",
    "holidays",
    "zeros",
    "yhat",
    "ds",
    "y",
    "cap",
    "floor",
  ].flatMap((n) => [n, `${n}_lower`, `${n}_upper`]),
);

/** Each name belongs to one component: seasons, regressors and events may not share one, nor use a reserved one. */
function nameProblem(o: ResolvedOptions): OptionProblem {
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
