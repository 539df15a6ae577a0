/** Fits Prophet, by a target's settings, to the longer history up to the window and then to the window. */
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

/** A model, and a function that makes its rows at other times. */
export interface HistoryFit {
  readonly model: ProphetModel;
  readonly frameAt: (ds: ArrayLike<number>) => Frame;
}

/** The measured rows: of the longer history those before the first step of the series, then those of the series. */
export function measuredRows(series: Series, longHistory?: Series): Rows {
  const before = longHistory === undefined ? [] : pointsOf(longHistory).filter(([t]) => t < series.start);
  const points = [...before, ...pointsOf(series)];
  return { ds: Float64Array.from(points, ([t]) => t), y: Float64Array.from(points, ([, v]) => v) };
}

function pointsOf({ start, step, values, filled }: Series): readonly (readonly [t: number, v: number])[] {
  return Array.from(values, (v, i) => [start + i * step, v] as const).filter((_, i) => filled[i] === 0);
}

/**
 * Fits to at least two rows, for forecasts up to `until` (epoch seconds). `settings` take precedence over `options`. Errors, as values: those
 * of `fit`.
 */
export function fitHistory(
  rows: Rows,
  until: number,
  settings: ProphetSettings | undefined,
  options: ProphetOptions = {},
): Result<HistoryFit, ProphetError> {
  const [from, to] = [rows.ds[0]!, rows.ds.at(-1)!];
  const ownOptions = settings && optionsFrom(settings, { from, to }, { from, to: until });
  const frameAt = (ds: ArrayLike<number>): Frame => (settings === undefined ? { ds } : frameFrom(settings, ds));
  const model = fit({ ...frameAt(rows.ds), y: rows.y }, { ...ownOptions, ...options });
  return model.ok ? ok({ model: model.value, frameAt }) : model;
}
