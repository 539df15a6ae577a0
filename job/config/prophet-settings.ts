/** Turns the table's `prophet` values into the core's settings, and checks what must hold across them. */

import type { Calendar } from "../core/calendar/days.ts";
import { optionsFrom } from "../core/forecast/prophet/from-settings.ts";
import type { ProphetOptions } from "../core/forecast/prophet/options.ts";
import { resolveOptions } from "../core/forecast/prophet/resolve.ts";
import type { ProphetSettings, SeasonSettings } from "../core/forecast/prophet/settings.ts";
import type { TargetConfig } from "../core/target.ts";
import { pluralize } from "../core/units.ts";
import { join } from "./check.ts";
import { type Calendars, daysFrom } from "./days.ts";
import { DAYS } from "./nested-schema.ts";
import { MONTH_NAMES, type PROPHET } from "./prophet-schema.ts";
import type { Value } from "./schema.ts";
import type { Issue, Settings } from "./types.ts";

type RawProphet = Value<typeof PROPHET>;

/** The core's settings. */
export function prophetFrom(raw: RawProphet, calendars: Calendars): ProphetSettings {
  return {
    ...raw,
    seasonalities: raw.seasonalities.map((season) => seasonFrom(season, calendars)),
    holidays: raw.holidays.map((event) => ({ ...event, ds: daysFrom(event.ds, calendars) })),
  };
}

function seasonFrom(
  { condition, ...season }: RawProphet["seasonalities"][number],
  calendars: Calendars,
): SeasonSettings {
  if (condition === undefined) return season;
  const { days, months, except, also } = condition;
  return {
    ...season,
    condition: {
      ...(days && { days: days.map((day) => DAYS.indexOf(day)) }),
      ...(months && { months: months.map((month) => MONTH_NAMES.indexOf(month) + 1) }),
      ...(except && { except: daysFrom(except, calendars) }),
      ...(also && { also: daysFrom(also, calendars) }),
    },
  };
}

/** Limits of a fit's columns: one to 11,000 points then takes two seconds. One that is not linear takes as long in each of its rounds. */
const MAX_COLUMNS = 300;
const MAX_NONLINEAR = 120;
/** Columns of Prophet's yearly, weekly and daily seasons. */
const BUILT_IN = { yearly_seasonality: 20, weekly_seasonality: 6, daily_seasonality: 8 } as const;
/** Two years with every kind of day, 29 February included. */
const EVERY_DAY_KIND = { from: Date.UTC(2027, 0, 1) / 1000, to: Date.UTC(2028, 11, 31) / 1000 };

/** Problems in the Prophet settings of the target at `path`. */
export function prophetIssues(
  { prophet, metrics, targetCpu, averageUtilization }: Settings["targets"][number],
  path: string,
): readonly Issue[] {
  if (prophet === undefined) return [];
  const at = join(path, "prophet");
  const logistic = prophet.growth === "logistic";
  const several = metrics.length + ((targetCpu ?? averageUtilization) === undefined ? 0 : 1) > 1;
  const unnamed = prophet.holidays.flatMap(({ holiday, ds }, i): Issue[] =>
    holiday === undefined && (ds.dates.length > 0 || ds.calendars.some(isRule))
      ? [
          {
            path: join(at, `holidays[${i}].holiday`),
            message: "is missing: only public holidays have names of their own.",
          },
        ]
      : [],
  );
  if (logistic && prophet.cap === undefined)
    return [{ path: join(at, "cap"), message: "is missing: growth logistic needs it. It is in the metric's unit." }];
  if (logistic && several)
    return [{ path: join(at, "growth"), message: "logistic needs a target with one metric: cap is in its unit." }];
  if (unnamed.length > 0) return unnamed;
  const options = optionsFrom(prophet, EVERY_DAY_KIND, EVERY_DAY_KIND);
  const resolved = resolveOptions(options);
  if (!resolved.ok) {
    const { field, value, accepted } = resolved.error;
    return [{ path: at, message: `${field} must be ${accepted}, got ${JSON.stringify(value)}.` }];
  }
  const columns = columnsOf(options);
  const additive = resolved.value.seasonality_mode === "additive" && resolved.value.holidays_mode === "additive";
  const own = prophet.seasonalities.some(({ mode }) => mode === "multiplicative");
  const most = logistic || !additive || own ? MAX_NONLINEAR : MAX_COLUMNS;
  const message = `asks for ${pluralize(columns, "coefficient")}, but at most ${most} are fitted. Lower fourier_order or narrow the windows of holidays.`;
  return columns > most ? [{ path: at, message }] : [];
}

/** Warnings about Prophet settings where Prophet takes no part: allowed, but probably a mistake. */
export function prophetWarnings({ prophet, method }: TargetConfig, long: boolean, path: string): readonly Issue[] {
  if (prophet === undefined || method === "prophet" || (method === "auto" && long)) return [];
  const needs = method === "auto" ? "prometheus.longHistory, or method prophet" : "method prophet or auto";
  return [{ path: join(path, "prophet"), message: `has no effect with method ${method}: it needs ${needs}.` }];
}

function isRule({ text }: Calendar): boolean {
  return !text.startsWith("holidays(");
}

/** Coefficients of changepoints, events and seasons; a built-in season counts unless it is off or another has its name. */
function columnsOf({ seasonalities = [], holidays = [], n_changepoints = 0, ...built }: ProphetOptions): number {
  const days = new Set(
    holidays.flatMap(({ holiday, lower_window = 0, upper_window = 0 }) =>
      Array.from({ length: upper_window - lower_window + 1 }, (_, i) => `${holiday} ${lower_window + i}`),
    ),
  );
  const theirs = Object.entries(BUILT_IN).filter(
    ([name]) =>
      built[name as keyof typeof BUILT_IN] !== false &&
      !seasonalities.some((season) => name === `${season.name}_seasonality`),
  );
  const seasons = [...theirs.map(([, count]) => count), ...seasonalities.map((season) => 2 * season.fourier_order)];
  return n_changepoints + days.size + seasons.reduce((sum, count) => sum + count, 0);
}
