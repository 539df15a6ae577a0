/** The point forecast: modelWeights from discounted errors, half mean and half median of the models, drawn towards the last value as far as that helped. */

import type { LastFirst } from "../models/model.ts";
import { modelWeightsOf } from "./model-weights.ts";
import { FIRST_TIME_TRUST, similarityAtLeast } from "./similarity.ts";

/** Inverse-error recencyWeights use this power: the best models share the forecast, the poor half of the pool is silent. */
const POWER = 10;
/** The last value needs no luck to be good: its loss counts for less. */
const LAST_DISCOUNT = 0.85;
/** Two newest one-step errors on the same side, both this many medians of their kind away: a break, and only the last value knows the new level. */
const BREAK = 6;
/** Weight of what all changes came to, in changes of the size now claimed. */
const PRIOR_WEIGHT = 0.5;
/** Widest shrinkage of the combined change; below 1 the forecast is drawn towards the last value. */
const MAX_SHRINKAGE = 1.15;

/** Weights of known origins for the modelWeights, newest last: an effective memory of a third of the window. */
export function pointRecency(n: number, stride: number, window: number): Float64Array {
  const memory = Math.max(0, 1 - 2.8 / window) ** stride;
  return Float64Array.from({ length: n }, (_, i) => memory ** (n - 1 - i));
}

/** Shares of the models in the point forecast, from their absolute errors (times their lossPenalties) at the known origins; equal when none is known. */
export function pointWeights(
  actual: Float64Array,
  predictions: LastFirst<Float64Array>,
  recencyWeights: Float64Array,
  lossPenalties: ArrayLike<number>,
): Float64Array {
  const loss = Float64Array.from(predictions, (s, m) => {
    let sum = 0;
    for (let o = 0; o < actual.length; o++) sum += recencyWeights[o]! * Math.abs(actual[o]! - s[o]!);
    return m === 0 ? LAST_DISCOUNT * sum : lossPenalties[m]! * sum;
  });
  const total = recencyWeights.reduce((a, b) => a + b, 0);
  if (total > 0) for (let m = 0; m < loss.length; m++) loss[m] = loss[m]! / total;
  return modelWeightsOf(loss, POWER, new Float64Array(predictions.length));
}

/** The point forecast from the models' forecasts at the last origin, never negative: a shrinkage above 1 can reach below an idle load. */
export function pointForecast(
  actual: Float64Array,
  predictions: LastFirst<Float64Array>,
  recencyWeights: Float64Array,
  modelWeights: Float64Array,
): number {
  const now = predictions[0].length - 1;
  const last = predictions[0][now]!;
  let mean = 0;
  for (let m = 0; m < predictions.length; m++) mean += modelWeights[m]! * predictions[m]![now]!;
  const blended = (mean + weightedMedian(predictions, modelWeights, now)) / 2;
  return Math.max(
    0,
    last + shrinkage(actual, predictions, recencyWeights, modelWeights, blended - last) * (blended - last),
  );
}

function weightedMedian(predictions: LastFirst<Float64Array>, modelWeights: Float64Array, now: number): number {
  const order = predictions.map((_, m) => m).sort((a, b) => predictions[a]![now]! - predictions[b]![now]! || a - b);
  let sum = 0;
  for (const m of order) {
    sum += modelWeights[m]!;
    if (sum >= 0.5) return predictions[m]![now]!;
  }
  return predictions[order[order.length - 1]!]![now]!;
}

/**
 * How much of the combined change came true at the known origins: least absolute regression of (actual - last) on (combined - last), one
 * reweighted step, with a prior at 1 of as much weight as the data. Then the same over changes at least about as large as the one claimed
 * `now`, with three quarters of that as prior: after a jump the blend claims a far greater return than it ever did, and noise that came back
 * says nothing about it. Level shifts 1.035 -> 1.010 times the last value's error. 0 repeats the last value.
 */
function shrinkage(
  actual: Float64Array,
  predictions: LastFirst<Float64Array>,
  recencyWeights: Float64Array,
  modelWeights: Float64Array,
  now: number,
): number {
  let cross = 0;
  let square = 0;
  let likeCross = 0;
  let likeSquare = 0;
  for (let o = 0; o < actual.length; o++) {
    const last = predictions[0][o]!;
    let combined = 0;
    for (let m = 0; m < predictions.length; m++) combined += modelWeights[m]! * predictions[m]![o]!;
    const d = combined - last;
    const a = actual[o]! - last;
    const w = recencyWeights[o]! / (Math.abs(a - d) + 1e-3);
    const like = w * similarityAtLeast(d, now);
    cross += w * d * a;
    square += w * d * d;
    likeCross += like * d * a;
    likeSquare += like * d * d;
  }
  const all = square > 1e-9 ? bounded((cross + square) / (2 * square)) : 1;
  const prior = PRIOR_WEIGHT * Math.abs(now);
  if (likeSquare + prior < 1e-9) return all;
  return bounded((likeCross + prior * FIRST_TIME_TRUST * all) / (likeSquare + prior));
}

const bounded = (shrinkage: number) => Math.max(0, Math.min(MAX_SHRINKAGE, shrinkage));

/** Whether the level has just broken away: the two newest one-step errors of the blend, `errors` oldest first, both far out on one side. */
export function hasBroken(errors: Float64Array): boolean {
  const n = errors.length;
  if (n < 10) return false;
  const limit = BREAK * (errors.map(Math.abs).sort()[n >> 1]! + 1e-4);
  const a = errors[n - 1]!;
  const b = errors[n - 2]!;
  return (a > limit && b > limit) || (a < -limit && b < -limit);
}
