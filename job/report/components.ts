/** The components that Prophet finds in a history (trend, seasons, events), over the times of Prophet's `plot_components`. */
import { fitHistory, type HistoryFit, measuredRows } from "../core/forecast/prophet/history-fit.ts";
import {
  PROPHET_DEFAULTS,
  type ProphetOptions,
  SECONDS_PER_DAY,
  type SeasonalityMode,
} from "../core/forecast/prophet/options.ts";
import { type Component, predict } from "../core/forecast/prophet/predict.ts";
import { originalProphet, seasonalProphet } from "../core/forecast/prophet/presets.ts";
import type { ProphetSettings } from "../core/forecast/prophet/settings.ts";
import type { ForecastMethod } from "../core/forecast/types.ts";
import type { MetricRecord } from "../core/policy/types.ts";
import type { Series } from "../core/series/types.ts";
import type { BandPoint, Point } from "./picture.ts";
import { tickStep } from "./ticks.ts";

/** One season over one of its periods; `t` in seconds from the period's beginning. */
export interface SeasonPart {
  readonly name: string;
  readonly period: number;
  /** additive: the metric's unit; multiplicative: a share of the trend. */
  readonly mode: SeasonalityMode;
  readonly points: readonly Point[];
}

/** What all events together add, over the times of the trend. */
export interface EventsPart {
  readonly mode: SeasonalityMode;
  readonly points: readonly Point[];
}

/** The components of one fit. */
export interface Components extends Parts {
  /** The metric's unit. */
  readonly unit: string;
}

interface Parts {
  /** How the fit was made, for the title. */
  readonly source: string;
  /** Zone of the seasons' local times. */
  readonly timeZone: string;
  /** Trend with Prophet's interval, over the history and the lead; the interval's width. */
  readonly trend: readonly BandPoint[];
  readonly intervalWidth: number;
  readonly seasons: readonly SeasonPart[];
  /** Null where the model has no events. */
  readonly holidays: EventsPart | null;
}

/** Points of a season, as many as Prophet draws. */
const SEASON_POINTS = 200;
/** A Sunday and a 1 January, 00:00, where Prophet's weekly and yearly plots begin. */
const SUNDAY = Date.UTC(2017, 0, 1) / 1000;
const YEAR = 365.25 * SECONDS_PER_DAY;
/** Harmonics of a detected season, as in the pool. */
const ORDER = 4;
/** Points of a trend: no picture is wide enough for more. */
const TREND_POINTS = 600;
/** The interval at which events are sampled: an event lasts at least a day, so none is missed. */
const EVENT_STEP = SECONDS_PER_DAY / 24;

/**
 * The components of a metric's history, by method. Empty for `naive`, and where there is no fit.
 * - `prophet`: Prophet with the target's settings, over the longer history too;
 * - `original`: Prophet with the original project's settings;
 * - `auto`, which blends many models and has no components: Prophet with the detected season, and Prophet with the target's settings over the
 *   longer history.
 */
export function componentsOf(record: MetricRecord, method: ForecastMethod): readonly Components[] {
  const { unit } = record.metric;
  return partsOf(record, method).map((made) => ({ ...made, unit }));
}

function partsOf(
  { series, longHistory, forecast, lead, metric }: MetricRecord,
  method: ForecastMethod,
): readonly Parts[] {
  if (series === null || method === "naive") return [];
  if (method === "original") return parts({ source: "method original", series, lead, options: originalProphet() });
  const ownSettings = metric.prophet && { settings: metric.prophet };
  const long = longHistory && { longHistory };
  if (method === "prophet") return parts({ source: "method prophet", series, lead, ...long, ...ownSettings });
  const period = forecast?.period ?? null;
  const order = period === null ? 0 : Math.min(ORDER, Math.floor(period / series.step / 2));
  const options: ProphetOptions =
    period === null || order < 1
      ? { yearly_seasonality: false, weekly_seasonality: false, daily_seasonality: false }
      : seasonalProphet(period, order);
  const found = parts({ source: "Prophet with the season found", series, lead, options });
  if (longHistory === undefined) return found;
  return [...found, ...parts({ source: "Prophet over the longer history", series: longHistory, lead, ...ownSettings })];
}

interface ComponentsInput {
  readonly source: string;
  readonly series: Series;
  readonly longHistory?: Series;
  readonly lead: number;
  readonly settings?: ProphetSettings;
  readonly options?: ProphetOptions;
}

function parts({ source, series, longHistory, lead, settings, options }: ComponentsInput): readonly Parts[] {
  const rows = measuredRows(series, longHistory);
  if (rows.ds.length < 2) return [];
  const until = series.start + (series.values.length - 1) * series.step + lead;
  const fitted = fitHistory(rows, until, settings, options);
  if (!fitted.ok) return [];
  const { model, frameAt } = fitted.value;
  const count = Math.min(TREND_POINTS, Math.max(2, Math.ceil((until - rows.ds[0]!) / series.step) + 1));
  const times = evenly(rows.ds[0]!, until, count);
  const whole = predict(model, frameAt(times), { intervals: "analytic" });
  if (!whole.ok || !whole.value.trend.every(Number.isFinite)) return [];
  const { trend, trend_lower, trend_upper } = whole.value;
  return [
    {
      source,
      timeZone: settings?.timeZone ?? "UTC",
      trend: Array.from(trend, (y, i) => ({ t: times[i]!, y, low: trend_lower[i]!, high: trend_upper[i]! })),
      intervalWidth: settings?.interval_width ?? PROPHET_DEFAULTS.interval_width,
      seasons: model.blocks.flatMap((block) =>
        block.kind === "fourier" ? seasonOf(fitted.value, block.name, secondsOf(block.period), block.mode) : [],
      ),
      holidays: eventsOf(fitted.value, times[0]!, until),
    },
  ];
}

/** `count` times from the first to the last. */
function evenly(first: number, last: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => first + (i * (last - first)) / (count - 1));
}

/** Days as seconds without the division's rounding: 300 s, not 300.00000000000006. */
function secondsOf(days: number): number {
  return Math.round(days * SECONDS_PER_DAY * 1e6) / 1e6;
}

/** One period of a season, starting at a Sunday's midnight. A period that does not fit whole days starts at a whole number of periods. If the season applies only on some days, it uses those. */
function seasonOf(
  { model, frameAt }: HistoryFit,
  name: string,
  period: number,
  mode: SeasonalityMode,
): readonly SeasonPart[] {
  const whole = SECONDS_PER_DAY % period === 0 || period % SECONDS_PER_DAY === 0 || period === YEAR;
  const from = whole ? SUNDAY : Math.ceil(SUNDAY / period) * period;
  const ds = evenly(from, from + period, SEASON_POINTS + 1);
  const frame = frameAt(ds);
  const holds = Object.keys(frame.columns ?? {}).map((column) => [column, new Array<boolean>(ds.length).fill(true)]);
  // the times of the axis are local ones
  const answer = predict(model, { ...frame, wall: ds, columns: Object.fromEntries(holds) }, { intervals: "none" });
  const values = answer.ok ? answer.value.components[name]?.values : undefined;
  if (values === undefined) return [];
  return [{ name, period, mode, points: Array.from(values, (y, i) => ({ t: ds[i]! - from, y })) }];
}

/** The sum of all events as a line, with only its corners; null if there are none. */
function eventsOf({ model, frameAt }: HistoryFit, first: number, last: number): EventsPart | null {
  if (!model.blocks.some(({ kind }) => kind === "holiday")) return null;
  const inner = Math.max(0, Math.ceil(last / EVENT_STEP) - Math.ceil(first / EVENT_STEP));
  const hours = Float64Array.from({ length: inner }, (_, i) => (Math.ceil(first / EVENT_STEP) + i) * EVENT_STEP);
  const ds = Float64Array.from([first, ...hours.filter((t) => t > first), last]);
  const answer = predict(model, frameAt(ds), { intervals: "none" });
  const part: Component | undefined = answer.ok ? answer.value.components.holidays : undefined;
  if (part === undefined) return null;
  const { mode, values } = part;
  const points = Array.from(ds, (t, i) => ({ t, y: values[i]! }));
  const corner = (i: number) => values[i] !== values[i - 1] || values[i] !== values[i + 1];
  return { mode, points: points.filter((_, i) => corner(i)) };
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** The year's months at which Prophet's plot_yearly has its ticks, and the days before them. */
const MONTHS = [
  [0, "Jan"],
  [59, "Mar"],
  [120, "May"],
  [181, "Jul"],
  [243, "Sep"],
  [304, "Nov"],
] as const;

/** Ticks of a season's axis, in seconds into the season, with names and unit: months of a year, days of a week, times of a day, or round numbers. */
export function seasonTicks(
  period: number,
  timeZone = "UTC",
): {
  readonly unit: string;
  readonly ticks: readonly (readonly [number, string])[];
} {
  if (period === YEAR) {
    return { unit: "month of the year", ticks: MONTHS.map(([day, name]) => [day * SECONDS_PER_DAY, name] as const) };
  }
  if (period === 7 * SECONDS_PER_DAY) {
    const ticks = DAYS.map((day, i) => [i * SECONDS_PER_DAY, day] as const);
    return { unit: `day of the week (${timeZone})`, ticks };
  }
  if (period === SECONDS_PER_DAY) {
    const hours = [0, 4, 8, 12, 16, 20, 24];
    const name = (h: number) => `${String(h % 24).padStart(2, "0")}:00`;
    return { unit: `time of day (${timeZone})`, ticks: hours.map((h) => [h * 3600, name(h)] as const) };
  }
  const [size, unit] =
    period < 600
      ? [1, "seconds"]
      : period < 36_000
        ? [60, "minutes"]
        : period < 864_000
          ? [3600, "hours"]
          : [SECONDS_PER_DAY, "days"];
  const step = tickStep(period / size, 5);
  const count = Math.floor(period / size / step + 1e-9) + 1;
  return {
    unit: `${unit} into the season`,
    ticks: Array.from(
      { length: count },
      (_, i) => [i * step * size, String(Number((i * step).toPrecision(6)))] as const,
    ),
  };
}
