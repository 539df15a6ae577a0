/** Prophet fitted to what a forecast is asked over: the longer history up to the window, then the window, by the target's settings. */
import { ok, type Result } from "../../result.ts";
import type { Series } from "../../series/types.ts";
import { fit, type ProphetModel } from "./fit.ts";
import type { Frame } from "./frame.ts";
import { frameFrom, optionsFrom } from "./from-settings.ts";
import type { ProphetError, ProphetOptions } from "./options.ts";
import type { ProphetSettings } from "./settings.ts";

/** Measured rows: ascending epoch seconds, values in the metric's unit. */
export interface Rows {
  readonly ds: Float64Array;
  readonly y: Float64Array;
}

/** A model, and how rows at other times are made for it. */
export interface HistoryFit {
  readonly model: ProphetModel;
  readonly frameAt: (ds: ArrayLike<number>) => Frame;
}

/** What was measured: of the longer history what lies before the first step of the series, then the series. */
export function measuredRows(series: Series, longHistory?: Series): Rows {
  const before = longHistory === undefined ? [] : pointsOf(longHistory).filter(([t]) => t < series.start);
  const points = [...before, ...pointsOf(series)];
  return { ds: Float64Array.from(points, ([t]) => t), y: Float64Array.from(points, ([, v]) => v) };
}

function pointsOf({ start, step, values, filled }: Series): readonly (readonly [t: number, v: number])[] {
  return Array.from(values, (v, i) => [start + i * step, v] as const).filter((_, i) => filled[i] === 0);
}

/**
 * Fits to at least two rows; the model is then asked up to `until` (epoch seconds). `settings` go before `options`.
 * Errors, as values: those of `fit`.
 */
export function fitHistory(
  rows: Rows,
  until: number,
  settings: ProphetSettings | undefined,
  options: ProphetOptions = {},
): Result<HistoryFit, ProphetError> {
  const [from, to] = [rows.ds[0]!, rows.ds.at(-1)!];
  const told = settings && optionsFrom(settings, { from, to }, { from, to: until });
  const frameAt = (ds: ArrayLike<number>): Frame => (settings === undefined ? { ds } : frameFrom(settings, ds));
  const model = fit({ ...frameAt(rows.ds), y: rows.y }, { ...told, ...options });
  return model.ok ? ok({ model: model.value, frameAt }) : model;
}
