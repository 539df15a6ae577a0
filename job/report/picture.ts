/** What a picture of one tick shows, as plain rows: made of its record, drawn by the terminal plot and the SVG alike. */
import type { TickRecord } from "../core/policy/types.ts";
import type { TargetConfig } from "../core/target.ts";

/** A point in time (epoch seconds) and its value (cores). */
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
  readonly actual: readonly Point[];
  /** What the models would have said within the window; may be empty. */
  readonly fitted: readonly Point[];
  readonly future: readonly BandPoint[];
  readonly now: number;
  /** Demand that replicas are bought for, over the lead time. */
  readonly cover: { readonly y: number; readonly level: number; readonly until: number } | null;
  /** What the pods carry at their target, now and as decided, in cores. */
  readonly capacity: { readonly before: number; readonly after: number; readonly from: number; readonly to: number };
}

/** The picture of a record; null when it has no data to draw. */
export function pictureOf(target: TargetConfig, record: TickRecord): Picture | null {
  const { series, forecast, decision } = record;
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
  const covered = Number.isFinite(record.quantile) && forecast !== null;
  return {
    title: `${target.namespace}/${target.name}`,
    actual,
    fitted,
    future,
    now: record.now,
    cover: covered ? { y: record.quantile, level: record.level, until: Math.max(record.now, end) + record.lead } : null,
    capacity: {
      before: decision.current * target.targetCpu,
      after: decision.replicas * target.targetCpu,
      from: decision.current,
      to: decision.replicas,
    },
  };
}
