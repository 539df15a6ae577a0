/** What Prophet is told, under its own names. */
import { days } from "./day-schema.ts";
import { DAYS, isTimeZone } from "./nested-schema.ts";
import type { Rule } from "./rules.ts";
import { choice, group, list, quantity, text, toggle } from "./schema.ts";

const MODES = ["additive", "multiplicative"] as const;
/** Names of components; Prophet's own reserved ones are refused when the settings are joined. */
const NAME = /^[A-Za-z0-9]([-_A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;
/** Months as they are written, January first. */
export const MONTH_NAMES: readonly string[] = MONTHS;

/** A standard deviation of a prior. */
function priorScale(about: string) {
  return quantity({ about, unit: "number", min: 0.0001, max: 1000 });
}

function builtIn(name: string, needs: string) {
  return toggle({ about: `Prophet's ${name} season. When not given by Prophet's rule: from ${needs} of history on.` });
}

const CONDITION = group({
  about: "Local days on which the season counts. When not given: all.",
  optional: true,
  fields: {
    days: list({ about: "Weekdays.", of: choice({ about: "Day.", values: DAYS }), atLeast: 1, atMost: 7 }),
    months: list({ about: "Months.", of: choice({ about: "Month.", values: MONTHS }), atLeast: 1, atMost: 12 }),
    except: days({ about: "Days on which it does not count after all." }),
    also: days({ about: "Days on which it counts as well, whatever else is said." }),
  },
});

const SEASONALITY = group({
  about:
    "A season of its own, as by add_seasonality. One named yearly, weekly or daily takes the built-in one's place.",
  fields: {
    name: text({ about: "Its name.", pattern: NAME, accepts: "letters, digits, - and _", required: true }),
    period: quantity({
      about: "Its length.",
      unit: "days",
      min: 0.0001,
      max: 3660,
      required: true,
    }),
    fourier_order: quantity({ about: "Pairs of sine and cosine.", unit: "count", min: 1, max: 40, required: true }),
    prior_scale: priorScale("How far it may swing. When not given: seasonality_prior_scale."),
    mode: choice({ about: "When not given: seasonality_mode.", values: MODES }),
    condition: CONDITION,
  },
});

const HOLIDAY = group({
  about: "An event: days that are unlike others. Days of one name share their effect.",
  fields: {
    holiday: text({
      about: "Its name. When not given each public holiday has its own.",
      pattern: NAME,
      accepts: "letters, digits, - and _",
    }),
    ds: days({
      about: "Its days: dates, rules, or public holidays such as holidays(DE-BY).",
      required: true,
      atLeast: 1,
    }),
    lower_window: quantity({
      about: "Days before it that it also covers, 0 or less.",
      unit: "count",
      min: -30,
      max: 0,
      default: 0,
    }),
    upper_window: quantity({ about: "Days after it.", unit: "count", min: 0, max: 30, default: 0 }),
    prior_scale: priorScale("How large its effect may be. When not given: holidays_prior_scale."),
  },
});

const PROPHET_RULES: readonly Rule[] = [
  {
    level: "refuse",
    left: { field: "floor" },
    is: "<",
    right: { field: "cap" },
    says: "{left} is not below cap, which is {right}.",
  },
];

/** Settings of Prophet. */
export const PROPHET = group({
  about: "What Prophet is told where it takes part: with method prophet, and with auto over prometheus.longHistory.",
  optional: true,
  rules: PROPHET_RULES,
  fields: {
    timeZone: text({
      about: "IANA zone of its days and seasons; daylight saving is followed.",
      accepts: "an IANA time zone such as Europe/Berlin",
      check: isTimeZone,
      default: "UTC",
    }),
    growth: choice({ about: "Form of the trend.", values: ["linear", "logistic", "flat"], default: "linear" }),
    cap: quantity({ about: "Capacity of logistic growth, in the metric's unit.", unit: "amount", min: 0, max: 1e15 }),
    floor: quantity({ about: "Floor of logistic growth.", unit: "amount", min: 0, max: 1e15 }),
    changepoints: list({
      about: "Local dates at which the trend may bend. When not given they are placed by n_changepoints.",
      of: text({
        about: "Date.",
        pattern: /^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$/,
        accepts: "a date such as 2026-10-01",
      }),
      atMost: 100,
    }),
    n_changepoints: quantity({
      about: "How many bends the trend may have.",
      unit: "count",
      min: 0,
      max: 100,
      default: 25,
    }),
    changepoint_range: quantity({
      about: "Share of the history, from its start, in which they lie.",
      unit: "ratio",
      min: 0,
      max: 1,
      default: 0.8,
    }),
    changepoint_prior_scale: quantity({
      about: "How readily the trend bends.",
      unit: "number",
      min: 0.0001,
      max: 1000,
      default: 0.05,
    }),
    yearly_seasonality: builtIn("yearly", "two years"),
    weekly_seasonality: builtIn("weekly", "two weeks"),
    daily_seasonality: builtIn("daily", "two days"),
    seasonality_mode: choice({
      about: "Whether seasons are added to the trend, or multiply it.",
      values: MODES,
      default: "additive",
    }),
    seasonality_prior_scale: quantity({
      about: "How far seasons may swing.",
      unit: "number",
      min: 0.0001,
      max: 1000,
      default: 10,
    }),
    seasonalities: list({ about: "Seasons of its own.", of: SEASONALITY, atMost: 8, default: [] }),
    holidays: list({ about: "Events.", of: HOLIDAY, atMost: 50, default: [] }),
    holidays_mode: choice({ about: "When not given: seasonality_mode.", values: MODES }),
    holidays_prior_scale: quantity({
      about: "How large effects of events may be.",
      unit: "number",
      min: 0.0001,
      max: 1000,
      default: 10,
    }),
    interval_width: quantity({
      about: "Width of the band that --components draws; replicas go by `quantile`.",
      unit: "ratio",
      min: 0.01,
      max: 0.99,
      default: 0.8,
    }),
  },
});
