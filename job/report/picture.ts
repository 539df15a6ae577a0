/** What a picture of one tick shows, as plain rows: made of its record, drawn by the terminal plot and the SVG alike. */
import { leadingMetric, type TickRecord } from "../core/policy/types.ts";
import type { TargetConfig } from "../core/target.ts";

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

/** Everything drawn. */
export interface Picture {
  readonly title: string;
  /** What is drawn: CPU, or the metric's name; and its unit. */
  readonly load: string;
  readonly unit: string;
  readonly actual: readonly Point[];
  /** What the models would have said within the window; may be empty. */
  readonly fitted: readonly Point[];
  readonly future: readonly BandPoint[];
  readonly now: number;
  /** Demand that replicas are bought for, over the lead time. */
  readonly cover: { readonly y: number; readonly level: number; readonly until: number } | null;
  /** What the pods carry at their target, now and as decided. */
  readonly capacity: { readonly before: number; readonly after: number; readonly from: number; readonly to: number };
}

/** The picture of one metric of a record, by default of the one that asks for the most; null when it has no data to draw. */
export function pictureOf(target: TargetConfig, record: TickRecord, made = leadingMetric(record)): Picture | null {
  const { decision } = record;
  const { series, forecast, metric } = made;
  if (series === null || series.values.length === 0) return null;
  const at = (i: number) => series.start + i * series.step;
  const end = at(series.values.length - 1);
  const actual = Array.from(series.values, (y, i) => ({ t: at(i), y })).filter((_, i) => series.filled[i] === 0);
  const fitted =
    forecast === null
      ? []
      : Array.from(forecast.fitted, (y, i) => ({ t: at(i), y })).filter((p) => Number.isFinite(p.y));
  const future = Array.from(forecast?.path ?? [], (y, k) => ({
    t: end + (k + 1) * series.step,
    y,
    low: forecast?.lower[k] ?? y,
    high: forecast?.upper[k] ?? y,
  }));
  const covered = Number.isFinite(made.quantile) && forecast !== null;
  const until = Math.max(record.now, end) + made.lead;
  return {
    title: `${target.namespace}/${target.name}`,
    load: metric.ofPods ? "CPU" : metric.name,
    unit: metric.unit,
    actual,
    fitted,
    future,
    now: record.now,
    cover: covered ? { y: made.quantile, level: metric.quantile, until } : null,
    capacity: {
      before: decision.current * metric.averageValue,
      after: decision.replicas * metric.averageValue,
      from: decision.current,
      to: decision.replicas,
    },
  };
}
