/** The targets of a forecast: mean, maximum or last value over a part of the lead, with outcomes and predictions at every origin. */
import { eachModel, type LastFirst, type Model } from "../models/model.ts";
import type { LeadPart } from "../types.ts";

/** One pass over the window: the forecasts of all models at all origins. */
export interface Pass {
  /** The window, divided by the mean size of its values. */
  readonly y: Float64Array;
  /** 1 where the value was filled in and nobody measured it. */
  readonly filled: Uint8Array;
  readonly origins: Int32Array;
  /** Steps between origins. */
  readonly stride: number;
  /** Steps forecast at each origin. */
  readonly steps: number;
  readonly models: LastFirst<Model>;
  /** For each model a path per origin: origins x steps values, row by row. */
  readonly paths: LastFirst<Float64Array>;
}

/** One target at all origins: what came, and what each model had predicted. */
export interface ForecastTarget {
  /** Outcomes, at the origins where they are known. */
  readonly actual: Float64Array;
  /**
   * 1 where the whole outcome was measured. Interpolated values are easy to forecast: they would favour models that draw lines, and narrow the
   * quantiles.
   */
  readonly measured: Uint8Array;
  /** For each model its prediction at every origin; the last entry is from the newest origin. */
  readonly predictions: LastFirst<Float64Array>;
  /** Factors on the models' losses, one per model. */
  readonly penalties: Float64Array;
  /** In steps: to the end of the outcome, between origins, and in the window. */
  readonly to: number;
  readonly stride: number;
  readonly window: number;
}

/** Summarises `ahead` values from index `at` on. */
export type Summary = (values: Float64Array, at: number, ahead: number) => number;

/** The target that `of` makes of a part of the lead, at all origins of the pass. */
export function forecastTargetOf(pass: Pass, [from, to]: LeadPart, of: Summary): ForecastTarget {
  const { y, filled, origins, steps, stride, paths, models } = pass;
  let known = 0;
  while (known < origins.length && origins[known]! + to <= y.length) known++;
  const actual = new Float64Array(known);
  const measured = new Uint8Array(known);
  const gaps = filled.includes(1);
  for (let o = 0; o < known; o++) {
    const t = origins[o]!;
    actual[o] = of(y, t + from, to - from);
    measured[o] = gaps && filled.subarray(t, t + to).includes(1) ? 0 : 1;
  }
  const predictions = eachModel(paths, (path) => {
    const out = new Float64Array(origins.length);
    for (let o = 0; o < out.length; o++) out[o] = of(path, o * steps + from, to - from);
    return out;
  });
  const penalties = Float64Array.from(models, (model) => model.lossPenalty ?? 1);
  return { actual, measured, predictions, penalties, to, stride, window: y.length };
}

/** The mean of `ahead` values. */
export function mean(values: Float64Array, at: number, ahead: number): number {
  let sum = 0;
  for (let k = 0; k < ahead; k++) sum += values[at + k]!;
  return sum / ahead;
}

/** The greatest of `ahead` values. */
export function maximum(values: Float64Array, at: number, ahead: number): number {
  let most = values[at]!;
  for (let k = 1; k < ahead; k++) most = Math.max(most, values[at + k]!);
  return most;
}

/** The factor by which a weight falls from one origin to the next, `stride` steps on. Over the whole window it falls to e^-memory. */
export function rollOff(memory: number, { window, stride }: Pick<ForecastTarget, "window" | "stride">): number {
  return Math.max(0, 1 - memory / window) ** stride;
}
