/** Combines the pool for one target (the horizon's mean, or the lead's maximum): each quantile is a weighted mean of the models' own. */
import { quantilesOf } from "./conformal.ts";
import { newRanking, rank } from "./rank.ts";

/** One target at all origins. */
export interface Target {
  /** What came, at the origins whose outcome is known. */
  readonly actual: Float64Array;
  /** What each model said at every origin; the last entry is the forecast that is wanted now. */
  readonly said: readonly Float64Array[];
  /** Recency weights of the known origins. */
  readonly weights: Float64Array;
  /** Weight of the unseen (see conformal.ts). */
  readonly unseen: number;
}

/** The combination for now. */
export interface Combined {
  readonly point: number;
  readonly quantiles: number[];
  /** Weight of each model in the point, summing to 1. */
  readonly shares: Float64Array;
}

/** Inverse-error weights use this power: 1 would be nearly a plain mean, infinity the single best. */
const POWER = 6;
/** Losses below this share of the window's mean size are all the same: a constant series weighs every model alike. */
const NOTHING = 1e-7;
/** The last value needs no luck to be good: its loss counts for a tenth less. It is model 0. */
const LAST_BONUS = 0.9;
/** A model whose mean error is this many times the least would weigh under 1.5 %, and is left out of the ranking. */
const HOPELESS = 2;

/** Weights from losses: (least / loss)^power, summing to 1. */
export function sharesOf(loss: Float64Array, out: Float64Array): void {
  let least = Number.POSITIVE_INFINITY;
  for (let m = 0; m < loss.length; m++) least = Math.min(least, loss[m]!);
  let total = 0;
  for (let m = 0; m < loss.length; m++) {
    const ratio = (least + NOTHING) / (loss[m]! + NOTHING);
    const squared = ratio * ratio;
    total += out[m] = loss[m] === Number.POSITIVE_INFINITY ? 0 : squared ** (POWER / 2);
  }
  for (let m = 0; m < loss.length; m++) out[m] = out[m]! / total;
}

/**
 * The point is the mean of the models' forecasts, weighted by their absolute errors. For each level apart, every model gets its own conformal
 * quantile (forecast + quantile of its errors) and a weight from the pinball loss that this quantile had in the window; all models have the
 * one offset, so the comparison is fair. At 0.5 the offset is left out: half of the errors of 40 overlapping origins say little about bias.
 */
export function combine(target: Target, levels: readonly number[]): Combined {
  const { actual, said, weights, unseen } = target;
  const models = said.length;
  const known = actual.length;
  const now = said[0]!.length - 1;
  const shares = new Float64Array(models);
  if (known === 0) {
    shares.fill(1 / models);
    const point = said.reduce((sum, s) => sum + s[now]! / models, 0);
    return { point, quantiles: levels.map(() => point), shares };
  }
  const errors = said.map((s) => errorsOf(actual, s));
  const loss = Float64Array.from(errors, (e, m) => (m === 0 ? LAST_BONUS : 1) * pinballLoss(e, 0, 0.5, weights));
  sharesOf(loss, shares);
  let point = 0;
  for (let m = 0; m < models; m++) point += shares[m]! * said[m]![now]!;
  return { point, quantiles: levelQuantiles(target, errors, levels), shares };

  function levelQuantiles(_: Target, all: readonly Float64Array[], wanted: readonly number[]): number[] {
    const spread = Float64Array.from(all, (e) => deviation(e, weights));
    const limit = HOPELESS * spread.reduce((a, b) => Math.min(a, b)) + NOTHING;
    const kept: number[] = [];
    for (let m = 0; m < models; m++) if (spread[m]! <= limit) kept.push(m);
    const count = wanted.length;
    const offsets = new Float64Array(kept.length * count);
    const ranking = newRanking(known);
    kept.forEach((m, i) => {
      quantilesOf(all[m]!, rank(all[m]!, known, ranking), known, weights, unseen, wanted, offsets, i * count);
    });
    const losses = new Float64Array(kept.length);
    const part = new Float64Array(kept.length);
    let floor = 0;
    return wanted.map((level, l) => {
      kept.forEach((m, i) => {
        if (level === 0.5) offsets[i * count + l] = 0;
        losses[i] = (m === 0 ? LAST_BONUS : 1) * pinballLoss(all[m]!, offsets[i * count + l]!, level, weights);
      });
      sharesOf(losses, part);
      let value = 0;
      kept.forEach((m, i) => {
        value += part[i]! * (said[m]![now]! + offsets[i * count + l]!);
      });
      floor = Math.max(floor, value);
      return floor;
    });
  }
}

function errorsOf(actual: Float64Array, said: Float64Array): Float64Array {
  const out = new Float64Array(actual.length);
  for (let o = 0; o < out.length; o++) out[o] = actual[o]! - said[o]!;
  return out;
}

/** Weighted mean pinball loss of the offset. */
function pinballLoss(errors: Float64Array, offset: number, level: number, weights: Float64Array): number {
  let sum = 0;
  let total = 0;
  for (let o = 0; o < errors.length; o++) {
    const e = errors[o]! - offset;
    sum += weights[o]! * (e >= 0 ? level * e : (level - 1) * e);
    total += weights[o]!;
  }
  return sum / total;
}

/** Weighted mean absolute deviation of the errors from their mean. */
function deviation(errors: Float64Array, weights: Float64Array): number {
  let sum = 0;
  let total = 0;
  for (let o = 0; o < errors.length; o++) {
    sum += weights[o]! * errors[o]!;
    total += weights[o]!;
  }
  const mean = sum / total;
  let spread = 0;
  for (let o = 0; o < errors.length; o++) spread += weights[o]! * Math.abs(errors[o]! - mean);
  return spread / total;
}
