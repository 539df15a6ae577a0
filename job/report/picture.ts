/** The data of a picture of one tick, as plain rows: the terminal plot, the SVG and the page draw the same. */
import type { Forecaster } from "../core/forecast/types.ts";
import { leadingMetric, type TickRecord } from "../core/policy/types.ts";
import type { Series } from "../core/series/types.ts";
import type { TargetConfig } from "../core/target.ts";
import { historicalForecasts } from "../replay/historical-forecasts.ts";

/** A point in time (epoch seconds) and its value in the metric's unit. */
export interface Point {
  readonly t: number;
  readonly y: number;
}

/** A point of the forecast with its 90 % band. */
export interface BandPoint extends Point {
  readonly low: number;
  readonly high: number;
}

/** All that is drawn. */
export interface Picture {
  readonly title: string;
  /** The name of the load (CPU, or the metric's), and its unit. */
  readonly load: string;
  readonly unit: string;
  readonly step: number;
  /** Seconds that the decision looks ahead. */
  readonly lead: number;
  readonly actual: readonly Point[];
  /** What had been forecast for each of these moments one lead before; empty where nothing was. */
  readonly before: readonly BandPoint[];
  /** The forecast from now on, over the lead. */
  readonly future: readonly BandPoint[];
  readonly now: number;
  /** The demand for which replicas are set: a quantile of the maximum between the two times. */
  readonly cover: { readonly y: number; readonly level: number; readonly from: number; readonly until: number } | null;
  /** What the pods carry at their target, now and as decided. */
  readonly capacity: { readonly before: number; readonly after: number; readonly from: number; readonly to: number };
}

/** The most values that the past forecasts of a picture may see together: a forecast costs about 40 us per value, so it is two seconds at most. */
const PAST_VALUES = 57_600;
/** No screen can show more distinct points. */
const MAX_FORECASTS = 120;
/** The visible past is at least so many leads long. */
const LEADS_SHOWN = 6;

/**
 * The picture of one metric of a record, by default of the one that needs the most replicas; null: no data to draw. `forecaster` is called
 * again at past origins.
 */
export function pictureOf(
  target: TargetConfig,
  record: TickRecord,
  forecaster: Forecaster,
  made = leadingMetric(record),
): Picture | null {
  const { decision } = record;
  const { series, forecast, lead, metric } = made;
  if (series === null || series.values.length === 0) return null;
  const { step } = series;
  const leadSteps = Math.max(1, Math.ceil(lead / step - 1e-9));
  const shown = Math.ceil(Math.max(target.history, LEADS_SHOWN * lead) / step);
  const horizonSteps = Math.max(1, Math.ceil(target.horizon / step - 1e-9));
  // where it takes part, Prophet is fitted to the longer history at each of them: a minute of 120 fits to a year
  const fits = target.method === "prophet" || metric.prophet !== undefined;
  const fitted = series.values.length + (fits ? (made.longHistory?.values.length ?? 0) : 0);
  const most = Math.min(MAX_FORECASTS, Math.ceil(PAST_VALUES / fitted));
  const { longHistory } = made;
  const past = { leadSteps, horizonSteps, shown, most, longHistory, prophet: metric.prophet };
  const end = series.start + (series.values.length - 1) * step;
  const future = Array.from(forecast?.path.subarray(0, leadSteps) ?? [], (y, k) => ({
    t: end + (k + 1) * step,
    y,
    low: forecast?.lower[k] ?? y,
    high: forecast?.upper[k] ?? y,
  }));
  const covered = Number.isFinite(made.quantile) && forecast !== null;
  const from = Math.max(record.now, end);
  return {
    title: `${target.namespace}/${target.name}`,
    load: metric.ofPods ? "CPU" : metric.name,
    unit: metric.unit,
    step,
    lead,
    actual: measuredPoints(series, shown),
    before: forecast === null ? [] : historicalForecasts(series, past, forecaster),
    future,
    now: record.now,
    cover: covered ? { y: made.quantile, level: made.level, from: from + made.readyAfter, until: from + lead } : null,
    capacity: {
      before: decision.current * metric.averageValue,
      after: decision.replicas * metric.averageValue,
      from: decision.current,
      to: decision.replicas,
    },
  };
}

/** The measured points of the last `shown` steps, without filled values. */
function measuredPoints({ start, step, values, filled }: Series, shown: number): Point[] {
  const first = Math.max(0, values.length - shown);
  return Array.from(values.subarray(first), (y, i) => ({ t: start + (first + i) * step, y })).filter(
    (_, i) => filled[first + i] === 0,
  );
}
