/** The parts that Prophet sees in a history: trend and seasons, over the times at which Prophet's own `plot_components` draws them. */
import { fit, type ProphetModel } from "../core/forecast/prophet/fit.ts";
import { type Mode, type ProphetOptions, SECONDS_PER_DAY } from "../core/forecast/prophet/options.ts";
import { predict } from "../core/forecast/prophet/predict.ts";
import { defaultProphet, originalProphet, seasonalProphet } from "../core/forecast/prophet/presets.ts";
import type { Method } from "../core/forecast/types.ts";
import type { MetricRecord } from "../core/policy/types.ts";
import type { Series } from "../core/series/types.ts";
import type { BandPoint, Point } from "./picture.ts";
import { tickStep } from "./ticks.ts";

/** One season over one of its periods; `t` in seconds from the period's beginning. */
export interface SeasonPart {
  readonly name: string;
  readonly period: number;
  /** additive: the metric's unit; multiplicative: a share of the trend. */
  readonly mode: Mode;
  readonly points: readonly Point[];
}

/** What is drawn of one fit. */
export interface Components extends Parts {
  /** The metric's unit. */
  readonly unit: string;
}

interface Parts {
  /** How the fit was made, for the title. */
  readonly source: string;
  /** Trend with Prophet's 80 % interval, over the history and the lead. */
  readonly trend: readonly BandPoint[];
  readonly seasons: readonly SeasonPart[];
}

/** Points of a season, as many as Prophet draws. */
const SEASON_POINTS = 200;
/** A Sunday, 00:00 UTC, where Prophet's weekly plot begins. */
const SUNDAY = Date.UTC(2017, 0, 1) / 1000;
/** Harmonics of a season that was found, as in the pool. */
const ORDER = 4;

/**
 * The parts of a metric's history, by method: Prophet with its own options for `prophet` and `original`; for `auto`, which blends
 * many models and has no parts of its own, Prophet with the season that was found, and with its defaults over the longer history.
 * Empty for `naive`, and where a fit has no answer.
 */
export function componentsOf(record: MetricRecord, method: Method): readonly Components[] {
  const { unit } = record.metric;
  return partsOf(record, method).map((made) => ({ ...made, unit }));
}

function partsOf({ series, longHistory, forecast, lead }: MetricRecord, method: Method): readonly Parts[] {
  if (series === null || method === "naive") return [];
  if (method !== "auto") {
    const options = method === "prophet" ? defaultProphet() : originalProphet();
    return parts(`method ${method}`, series, lead, options);
  }
  const period = forecast?.period ?? null;
  const order = period === null ? 0 : Math.min(ORDER, Math.floor(period / series.step / 2));
  const found: ProphetOptions =
    period === null || order < 1
      ? { yearly_seasonality: false, weekly_seasonality: false, daily_seasonality: false }
      : seasonalProphet(period, order);
  const long =
    longHistory === undefined ? [] : parts("Prophet over the longer history", longHistory, lead, defaultProphet());
  return [...parts("Prophet with the season found", series, lead, found), ...long];
}

function parts(source: string, series: Series, lead: number, options: ProphetOptions): readonly Parts[] {
  const { start, step, values, filled } = series;
  const ds = Float64Array.from({ length: values.length }, (_, i) => start + i * step);
  const model = fit({ ds, y: Float64Array.from(values, (v, i) => (filled[i] === 1 ? Number.NaN : v)) }, options);
  if (!model.ok) return [];
  const ahead = Math.max(1, Math.ceil(lead / step));
  const times = Float64Array.from({ length: values.length + ahead }, (_, i) => start + i * step);
  const whole = predict(model.value, { ds: times }, { intervals: "analytic" });
  if (!whole.ok || !whole.value.trend.every(Number.isFinite)) return [];
  const { trend, trend_lower, trend_upper } = whole.value;
  return [
    {
      source,
      trend: Array.from(trend, (y, i) => ({ t: times[i]!, y, low: trend_lower[i]!, high: trend_upper[i]! })),
      seasons: model.value.blocks.flatMap((block) =>
        block.kind === "fourier" ? seasonOf(model.value, block.name, secondsOf(block.period), block.mode) : [],
      ),
    },
  ];
}

/** Days as seconds, without what the division into days has left: 300 s, not 300.00000000000006. */
function secondsOf(days: number): number {
  return Math.round(days * SECONDS_PER_DAY * 1e6) / 1e6;
}

/** One period of a season from a Sunday's midnight on; of a season that is no part of a day, from a whole number of its periods. */
function seasonOf(model: ProphetModel, name: string, period: number, mode: Mode): readonly SeasonPart[] {
  const whole = SECONDS_PER_DAY % period === 0 || period % SECONDS_PER_DAY === 0;
  const from = whole ? SUNDAY : Math.ceil(SUNDAY / period) * period;
  const ds = Float64Array.from({ length: SEASON_POINTS + 1 }, (_, i) => from + (i * period) / SEASON_POINTS);
  const answer = predict(model, { ds }, { intervals: "none" });
  const values = answer.ok ? answer.value.components[name]?.values : undefined;
  if (values === undefined) return [];
  return [{ name, period, mode, points: Array.from(values, (y, i) => ({ t: ds[i]! - from, y })) }];
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** Ticks of a season's axis, seconds into it with their names, and the unit: days of a week, times of a day, else round numbers. */
export function seasonTicks(period: number): {
  readonly unit: string;
  readonly ticks: readonly (readonly [number, string])[];
} {
  if (period === 7 * SECONDS_PER_DAY) {
    return { unit: "day of the week (UTC)", ticks: DAYS.map((day, i) => [i * SECONDS_PER_DAY, day] as const) };
  }
  if (period === SECONDS_PER_DAY) {
    const hours = [0, 4, 8, 12, 16, 20, 24];
    const name = (h: number) => `${String(h % 24).padStart(2, "0")}:00`;
    return { unit: "time of day (UTC)", ticks: hours.map((h) => [h * 3600, name(h)] as const) };
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
