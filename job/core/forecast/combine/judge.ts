/** Judges the combination as it would have been at each in-window origin: skill against the last value, and coverage, out of sample. */

import { orderStatistic } from "../forecasters/naive.ts";
import type { LastFirst } from "../models/model.ts";
import { modelWeightsOf } from "./model-weights.ts";

/** In-window verdict on the combined forecast of the horizon's mean. */
export interface Verdict {
  /** MAE over that of the last value on the same origins; NaN when nothing could be judged, 1 when the last value made no error. */
  readonly skill: number;
  /** Share of judged origins inside the 90 % interval made from the errors before them; NaN below 10 judged origins. */
  readonly coverage90: number;
}

/** Coverage is judged from this many errors on: 20 give a 5 % and a 95 % quantile of their own. */
const MIN_ERRORS = 20;

/**
 * Replays the weighting: at origin o only outcomes known by then (`delay` origins back) weigh.
 * Origins of weight 0 are passed over: their outcome was filled in, and nobody measured it.
 * The most recent half counts for the skill, since early origins had hardly any outcome to weigh by.
 */
export function judge(
  actual: Float64Array,
  predictions: LastFirst<Float64Array>,
  weights: Float64Array,
  delay: number,
): Verdict {
  const known = actual.length;
  const errors = replayed(actual, predictions, weights, delay);
  const from = Math.floor(known / 2);
  let own = 0;
  let naive = 0;
  let judged = 0;
  for (let o = from; o < known; o++) {
    if (!(weights[o]! > 0)) continue;
    judged++;
    own += Math.abs(errors[o]!);
    naive += Math.abs(actual[o]! - predictions[0][o]!);
  }
  return {
    skill: judged === 0 ? Number.NaN : naive > 1e-9 * known ? own / naive : 1,
    coverage90: coverageOf(errors, weights, delay),
  };
}

/** Error of the combination at each origin, weighed by what was known then; of no meaning at origins of weight 0. */
function replayed(
  actual: Float64Array,
  predictions: LastFirst<Float64Array>,
  weights: Float64Array,
  delay: number,
): Float64Array {
  const models = predictions.length;
  const loss = new Float64Array(models);
  const modelWeights = new Float64Array(models);
  const errors = new Float64Array(actual.length);
  for (let o = 0; o < errors.length; o++) {
    const back = o - delay;
    if (back >= 0 && weights[back]! > 0)
      for (let m = 0; m < models; m++) loss[m] = 0.985 * loss[m]! + Math.abs(actual[back]! - predictions[m]![back]!);
    if (!(weights[o]! > 0)) continue;
    modelWeightsOf(loss, 10, modelWeights);
    let mean = 0;
    for (let m = 0; m < models; m++) mean += modelWeights[m]! * predictions[m]![o]!;
    errors[o] = actual[o]! - mean;
  }
  return errors;
}

/** Share of the errors inside the 90 % interval of those known before them. */
function coverageOf(errors: Float64Array, weights: Float64Array, delay: number): number {
  const sorted = new Float64Array(errors.length);
  let old = 0;
  let inside = 0;
  let judged = 0;
  for (let o = 0; o < errors.length; o++) {
    const back = o - delay;
    if (back >= 0 && weights[back]! > 0) insert(sorted, old++, errors[back]!);
    if (!(weights[o]! > 0) || old < MIN_ERRORS) continue;
    judged++;
    const before = sorted.subarray(0, old);
    const edge = 0.05 * (1 - 1 / old);
    if (errors[o]! >= orderStatistic(before, edge) && errors[o]! <= orderStatistic(before, 1 - edge)) inside++;
  }
  return judged < 10 ? Number.NaN : inside / judged;
}

/** Puts a value in its place among the first n, which are in order. */
function insert(sorted: Float64Array, n: number, value: number): void {
  let at = n;
  for (; at > 0 && sorted[at - 1]! > value; at--) sorted[at] = sorted[at - 1]!;
  sorted[at] = value;
}
