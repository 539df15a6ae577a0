/** From the table's values of `prophet` to what the core takes, and what must hold across them. */
import type { Calendar } from "../core/calendar/days.ts";
import { optionsFrom } from "../core/forecast/prophet/from-settings.ts";
import type { ProphetOptions } from "../core/forecast/prophet/options.ts";
import { resolveOptions } from "../core/forecast/prophet/resolve.ts";
import type { ProphetSettings, SeasonSettings } from "../core/forecast/prophet/settings.ts";
import type { TargetConfig } from "../core/target.ts";
import { join } from "./check.ts";
import { type Calendars, daysFrom } from "./days.ts";
import { DAYS } from "./nested-schema.ts";
import { MONTH_NAMES, type PROPHET } from "./prophet-schema.ts";
import type { Value } from "./schema.ts";
import type { Issue } from "./types.ts";

type Raw = Value<typeof PROPHET>;

/** What the core takes. */
export function prophetFrom(raw: Raw, calendars: Calendars): ProphetSettings {
  return {
    ...raw,
    seasonalities: raw.seasonalities.map((season) => seasonFrom(season, calendars)),
    holidays: raw.holidays.map((event) => ({ ...event, ds: daysFrom(event.ds, calendars) })),
  };
}

function seasonFrom({ condition, ...season }: Raw["seasonalities"][number], calendars: Calendars): SeasonSettings {
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

/** More columns than these take over a second to fit to 11,000 points. */
const MOST_COLUMNS = 300;
/** Two years that hold every kind of day, a leap day among them: 2027-12-31 and the two years before. */
const SPAN = { from: Date.UTC(2026, 0, 1) / 1000, to: Date.UTC(2027, 11, 31) / 1000 };

/** What is wrong with the settings of Prophet of a target at `path`. */
export function prophetIssues({ prophet, metrics, targetCpu }: TargetConfig, path: string): readonly Issue[] {
  if (prophet === undefined) return [];
  const at = join(path, "prophet");
  const logistic = prophet.growth === "logistic";
  const several = metrics.length + (targetCpu === undefined ? 0 : 1) > 1;
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
  const options = optionsFrom(prophet, SPAN, SPAN);
  const resolved = resolveOptions(options);
  if (!resolved.ok) {
    const { field, value, accepted } = resolved.error;
    return [{ path: at, message: `${field} is ${JSON.stringify(value)}: it must be ${accepted}.` }];
  }
  const columns = columnsOf(options);
  const message = `asks for ${columns} coefficients, at most ${MOST_COLUMNS} are fitted. Lower fourier_order or narrow the windows of holidays.`;
  return columns > MOST_COLUMNS ? [{ path: at, message }] : [];
}

/** Settings of Prophet where Prophet has no part: allowed, and probably not meant. */
export function prophetWarnings({ prophet, method }: TargetConfig, long: boolean, path: string): readonly Issue[] {
  if (prophet === undefined || method === "prophet" || (method === "auto" && long)) return [];
  const needs = method === "auto" ? "prometheus.longHistory, or method prophet" : "method prophet or auto";
  return [{ path: join(path, "prophet"), message: `has no effect with method ${method}: it needs ${needs}.` }];
}

function isRule({ text }: Calendar): boolean {
  return !text.startsWith("holidays(");
}

function columnsOf({ seasonalities = [], holidays = [], n_changepoints = 0 }: ProphetOptions): number {
  const days = new Set(
    holidays.flatMap(({ holiday, lower_window = 0, upper_window = 0 }) =>
      Array.from({ length: upper_window - lower_window + 1 }, (_, i) => `${holiday} ${lower_window + i}`),
    ),
  );
  return n_changepoints + days.size + seasonalities.reduce((sum, { fourier_order }) => sum + 2 * fourier_order, 0);
}
