/** The schema of Prophet's settings, under Prophet's own names. */
import { isCalendarDay } from "./calendar-day.ts";
import { days } from "./day-schema.ts";
import { DAYS, isTimeZone } from "./nested-schema.ts";
import type { Rule } from "./rules.ts";
import { choice, group, list, quantity, text, toggle } from "./schema.ts";

const MODES = ["additive", "multiplicative"] as const;
/** Names of components. Prophet's reserved names are refused when the settings are joined. */
const NAME = /^[A-Za-z0-9]([-_A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;
/** Names of months, January first. */
export const MONTH_NAMES: readonly string[] = MONTHS;

/** A standard deviation of a prior. */
function priorScale(about: string) {
  return quantity({ about, unit: "number", min: 0.0001, max: 1000 });
}

function builtIn(name: string, needs: string) {
  return toggle({
    about: `Whether to fit the ${name} seasonality. Default, as in Prophet: from ${needs} of history on.`,
  });
}

const CONDITION = group({
  about: "Local days on which the seasonality applies. Default: all.",
  optional: true,
  fields: {
    days: list({
      about: "Weekdays on which it applies.",
      of: choice({ about: "Day.", values: DAYS }),
      atLeast: 1,
      atMost: 7,
    }),
    months: list({
      about: "Months in which it applies.",
      of: choice({ about: "Month.", values: MONTHS }),
      atLeast: 1,
      atMost: 12,
    }),
    except: days({ about: "Days on which it does not apply, although weekday and month fit." }),
    also: days({ about: "Days on which it also applies, whatever the other fields say." }),
  },
});

const SEASONALITY = group({
  about:
    "An additional seasonality, as by add_seasonality. One named yearly, weekly or daily replaces the built-in one.",
  fields: {
    name: text({
      about: "Name of the seasonality.",
      pattern: NAME,
      accepts: "letters, digits, - and _",
      required: true,
    }),
    period: quantity({
      about: "Length of its period.",
      unit: "days",
      min: 0.0001,
      max: 3660,
      required: true,
    }),
    fourier_order: quantity({
      about: "Number of Fourier terms: pairs of sine and cosine.",
      unit: "count",
      min: 1,
      max: 40,
      required: true,
    }),
    prior_scale: priorScale("Strength of this seasonality. Default: seasonality_prior_scale."),
    mode: choice({
      about: "Whether it is added to the trend or multiplies it. Default: seasonality_mode.",
      values: MODES,
    }),
    condition: CONDITION,
  },
});

const HOLIDAY = group({
  about: "An event: days that differ from others. Days of one name share their effect.",
  fields: {
    holiday: text({
      about: "Name of the event. Default: each public holiday has its own.",
      pattern: NAME,
      accepts: "letters, digits, - and _",
    }),
    ds: days({
      about: "Days of the event: dates, rules, or public holidays such as holidays(DE-BY).",
      required: true,
      atLeast: 1,
    }),
    lower_window: quantity({
      about: "Number of days before it that it also covers, as 0 or a negative number.",
      unit: "count",
      min: -30,
      max: 0,
      default: 0,
    }),
    upper_window: quantity({
      about: "Number of days after it that it also covers.",
      unit: "count",
      min: 0,
      max: 30,
      default: 0,
    }),
    prior_scale: priorScale("Strength of its effect. Default: holidays_prior_scale."),
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
  about: "Prophet's parameters. They apply to method prophet, and to method auto with prometheus.longHistory.",
  optional: true,
  rules: PROPHET_RULES,
  fields: {
    timeZone: text({
      about: "IANA time zone of its days and seasonalities. Daylight saving time is followed.",
      accepts: "an IANA time zone such as Europe/Berlin",
      check: isTimeZone,
      default: "UTC",
    }),
    growth: choice({ about: "Form of the trend.", values: ["linear", "logistic", "flat"], default: "linear" }),
    cap: quantity({ about: "Capacity of logistic growth, in the metric's unit.", unit: "amount", min: 0, max: 1e15 }),
    floor: quantity({ about: "Floor of logistic growth.", unit: "amount", min: 0, max: 1e15 }),
    changepoints: list({
      about: "Local dates at which the trend may change. Default: n_changepoints dates, evenly spaced.",
      of: text({
        about: "Date.",
        pattern: /^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$/,
        check: isCalendarDay,
        accepts: "a date such as 2026-10-01",
      }),
      atMost: 100,
    }),
    n_changepoints: quantity({
      about: "Number of potential changepoints of the trend.",
      unit: "count",
      min: 0,
      max: 100,
      default: 25,
    }),
    changepoint_range: quantity({
      about: "Share of the history, from its start, in which changepoints are placed.",
      unit: "ratio",
      min: 0,
      max: 1,
      default: 0.8,
    }),
    changepoint_prior_scale: quantity({
      about: "Flexibility of the trend. A larger value lets it change more.",
      unit: "number",
      min: 0.0001,
      max: 1000,
      default: 0.05,
    }),
    yearly_seasonality: builtIn("yearly", "two years"),
    weekly_seasonality: builtIn("weekly", "two weeks"),
    daily_seasonality: builtIn("daily", "two days"),
    seasonality_mode: choice({
      about: "Whether seasonalities are added to the trend or multiply it.",
      values: MODES,
      default: "additive",
    }),
    seasonality_prior_scale: quantity({
      about: "Strength of the seasonalities. A larger value allows larger swings.",
      unit: "number",
      min: 0.0001,
      max: 1000,
      default: 10,
    }),
    seasonalities: list({ about: "Additional seasonalities.", of: SEASONALITY, atMost: 8, default: [] }),
    holidays: list({ about: "Events.", of: HOLIDAY, atMost: 50, default: [] }),
    holidays_mode: choice({
      about: "Whether it is added to the trend or multiplies it. Default: seasonality_mode.",
      values: MODES,
    }),
    holidays_prior_scale: quantity({
      about: "Strength of the events. A larger value allows larger effects.",
      unit: "number",
      min: 0.0001,
      max: 1000,
      default: 10,
    }),
    interval_width: quantity({
      about: "Width of the uncertainty interval that --components draws. Replicas follow `quantile`.",
      unit: "ratio",
      min: 0.01,
      max: 0.99,
      default: 0.8,
    }),
  },
});
