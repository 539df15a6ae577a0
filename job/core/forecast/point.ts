/** The point forecast: shares from discounted errors, half mean and half median of the models, drawn towards the last value as far as that helped. */
import { precedence, UNPRECEDENTED } from "./precedent.ts";
import { sharesOf } from "./shares.ts";

/** Inverse-error weights use this power: the best models share the forecast, the poor half of the pool is silent. */
const POWER = 10;
/** The last value needs no luck to be good: its loss counts for less. It is model 0. */
const LAST_BONUS = 0.85;
/** Two newest one-step errors on the same side, both this many medians of their kind away: a break, and only the last value knows the new level. */
const BREAK = 6;
/** Weight of what all changes came to, in changes of the size now claimed. */
const PRIOR = 0.5;
/** Widest stretch of the combined change; below 1 the forecast is drawn towards the last value. */
const MOST_STRETCH = 1.15;

/** Weights of known origins for the shares, newest last: an effective memory of a third of the window. */
export function shareRecency(n: number, stride: number, window: number): Float64Array {
  const memory = Math.max(0, 1 - 2.8 / window) ** stride;
  return Float64Array.from({ length: n }, (_, i) => memory ** (n - 1 - i));
}

/** Shares of the models in the point forecast, from their absolute errors (times their handicaps) at the known origins; equal when none is known. */
export function pointShares(
  actual: Float64Array,
  said: readonly Float64Array[],
  weights: Float64Array,
  handicaps: ArrayLike<number>,
): Float64Array {
  const loss = Float64Array.from(said, (s, m) => {
    let sum = 0;
    for (let o = 0; o < actual.length; o++) sum += weights[o]! * Math.abs(actual[o]! - s[o]!);
    return m === 0 ? LAST_BONUS * sum : handicaps[m]! * sum;
  });
  const total = weights.reduce((a, b) => a + b, 0);
  if (total > 0) for (let m = 0; m < loss.length; m++) loss[m] = loss[m]! / total;
  return sharesOf(loss, POWER, new Float64Array(said.length));
}

/** The point forecast from the models' forecasts at the last origin, never negative: a stretch above 1 can reach below an idle load. */
export function pointOf(
  actual: Float64Array,
  said: readonly Float64Array[],
  weights: Float64Array,
  shares: Float64Array,
): number {
  const now = said[0]!.length - 1;
  const last = said[0]![now]!;
  let mean = 0;
  for (let m = 0; m < said.length; m++) mean += shares[m]! * said[m]![now]!;
  const blended = (mean + weightedMedian(said, shares, now)) / 2;
  return Math.max(0, last + stretch(actual, said, weights, shares, blended - last) * (blended - last));
}

function weightedMedian(said: readonly Float64Array[], shares: Float64Array, now: number): number {
  const order = said.map((_, m) => m).sort((a, b) => said[a]![now]! - said[b]![now]! || a - b);
  let sum = 0;
  for (const m of order) {
    sum += shares[m]!;
    if (sum >= 0.5) return said[m]![now]!;
  }
  return said[order[order.length - 1]!]![now]!;
}

/**
 * How much of the combined change came true at the known origins: least absolute regression of (actual - last) on (combined - last), one
 * reweighted step, with a prior at 1 of as much weight as the data. Then the same over changes at least about as large as the one claimed
 * `now`, with three quarters of that as prior: after a jump the blend claims a far greater return than it ever did, and noise that came back
 * says nothing about it. Level shifts 1.035 -> 1.010 times the last value's error. 0 repeats the last value.
 */
function stretch(
  actual: Float64Array,
  said: readonly Float64Array[],
  weights: Float64Array,
  shares: Float64Array,
  now: number,
): number {
  let cross = 0;
  let square = 0;
  let likeCross = 0;
  let likeSquare = 0;
  for (let o = 0; o < actual.length; o++) {
    const last = said[0]![o]!;
    let combined = 0;
    for (let m = 0; m < said.length; m++) combined += shares[m]! * said[m]![o]!;
    const d = combined - last;
    const a = actual[o]! - last;
    const w = weights[o]! / (Math.abs(a - d) + 1e-3);
    const like = w * precedence(d, now);
    cross += w * d * a;
    square += w * d * d;
    likeCross += like * d * a;
    likeSquare += like * d * d;
  }
  const all = square > 1e-9 ? bounded((cross + square) / (2 * square)) : 1;
  const prior = PRIOR * Math.abs(now);
  if (likeSquare + prior < 1e-9) return all;
  return bounded((likeCross + prior * UNPRECEDENTED * all) / (likeSquare + prior));
}

const bounded = (stretch: number) => Math.max(0, Math.min(MOST_STRETCH, stretch));

/** Whether the level has just broken away: the two newest one-step errors of the blend, `errors` oldest first, both far out on one side. */
export function hasBroken(errors: Float64Array): boolean {
  const n = errors.length;
  if (n < 10) return false;
  const limit = BREAK * (errors.map(Math.abs).sort()[n >> 1]! + 1e-4);
  const a = errors[n - 1]!;
  const b = errors[n - 2]!;
  return (a > limit && b > limit) || (a < -limit && b < -limit);
}
