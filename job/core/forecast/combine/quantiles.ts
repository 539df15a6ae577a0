/** Quantiles of one target (the horizon's mean, or the lead's maximum): each is a weighted mean of the models' own conformal quantiles. */

import type { LastFirst } from "../models/model.ts";
import { deviation, type OutcomeOverlap, quantilesOf } from "./conformal.ts";
import { pinball } from "./losses.ts";
import { modelWeightsOf, NOTHING } from "./model-weights.ts";
import { newRanking, rank } from "./rank.ts";
import { drawnToLast } from "./similarity.ts";

/** One target at all origins. */
export interface Target {
  /** What came, at the origins whose outcome is known. */
  readonly actual: Float64Array;
  /** What each model predicted at every origin; the last entry is the forecast that is wanted now. */
  readonly predictions: LastFirst<Float64Array>;
  /** Recency recencyWeights of the known origins. */
  readonly recencyWeights: Float64Array;
  readonly outcomeOverlap: OutcomeOverlap;
  /** Whether the quantile at 0.5 is the models' own forecast, without their offset (see combineQuantiles). */
  readonly centred: boolean;
}

/** Inverse-loss recencyWeights use this power. */
const POWER = 6;
/** The last value needs no luck to be good: its loss counts for a tenth less. */
const LAST_DISCOUNT = 0.9;
/** A model whose errors spread this many times the least would weigh under 1.5 % (2^-6), and is left out of the ranking. */
const MAX_SPREAD_RATIO = 2;

/** One model that is still in the race for the quantiles. */
interface Candidate {
  readonly discount: number;
  readonly errors: Float64Array;
  readonly now: number;
  /** Quantiles of its errors at the wanted levels. */
  readonly offsets: Float64Array;
}

/**
 * Quantiles at ascending `levels`, never negative, non-decreasing; at least one origin must weigh. For each level apart, every model gets its own conformal quantile
 * (forecast + quantile of its errors) and a weight from the pinball loss that this quantile had in the window; every model has one offset,
 * so the comparison is fair. A centred target (the mean) leaves the offset at 0.5 out: half of 40 overlapping errors says little about bias.
 * The maximum must keep it: the greatest of a path of means lies below the mean of the greatest, and without it only 32 % of outcomes
 * lay at or below the median instead of 51 %.
 */
export function combineQuantiles(target: Target, levels: readonly number[]): number[] {
  const { actual, recencyWeights } = target;
  const { candidates, last } = candidatesOf(target, levels);
  const losses = new Float64Array(candidates.length);
  const modelWeights = new Float64Array(candidates.length);
  let floor = 0;
  return levels.map((level, l) => {
    candidates.forEach(({ discount, errors, offsets }, i) => {
      losses[i] = discount * pinballLoss(errors, offsets[l]!, level, recencyWeights);
    });
    modelWeightsOf(losses, POWER, modelWeights);
    const blend = blended(candidates, modelWeights, l, actual.length);
    const lastErrors = last.errors.map((e) => e - last.offsets[l]!);
    const contest = { ...blend, last: lastErrors, lastNow: last.now + last.offsets[l]! };
    floor = Math.max(floor, drawnToLast(contest, level, recencyWeights));
    return floor;
  });
}

/** The weighted quantile number `l`: now, and the outcome minus it at each known origin. */
function blended(candidates: readonly Candidate[], modelWeights: Float64Array, l: number, known: number) {
  const blend = new Float64Array(known);
  let blendNow = 0;
  candidates.forEach(({ errors, now, offsets }, i) => {
    const share = modelWeights[i]!;
    const offset = offsets[l]!;
    blendNow += share * (now + offset);
    for (let o = 0; o < known; o++) blend[o] = blend[o]! + share * (errors[o]! - offset);
  });
  return { blend, blendNow };
}

/** The last value, and all models (it among them) that are not hopeless. */
function candidatesOf(
  { actual, predictions, recencyWeights, outcomeOverlap, centred }: Target,
  levels: readonly number[],
): { readonly candidates: Candidate[]; readonly last: Candidate } {
  const known = actual.length;
  const all = predictions.map((s) => {
    const errors = new Float64Array(known);
    for (let o = 0; o < known; o++) errors[o] = actual[o]! - s[o]!;
    return errors;
  });
  const spread = all.map((errors) => deviation(errors, known, recencyWeights));
  const limit = MAX_SPREAD_RATIO * spread.reduce((a, b) => Math.min(a, b)) + NOTHING;
  const ranking = newRanking(known);
  const candidateOf = (m: number): Candidate => {
    const errors = all[m]!;
    const offsets = new Float64Array(levels.length);
    quantilesOf(errors, rank(errors, known, ranking), known, recencyWeights, outcomeOverlap, levels, offsets);
    if (centred && levels.includes(0.5)) offsets[levels.indexOf(0.5)] = 0;
    return {
      discount: m === 0 ? LAST_DISCOUNT : 1,
      errors,
      now: predictions[m]![predictions[m]!.length - 1]!,
      offsets,
    };
  };
  const last = candidateOf(0);
  const candidates: Candidate[] = [];
  for (let m = 0; m < all.length; m++) if (spread[m]! <= limit) candidates.push(m === 0 ? last : candidateOf(m));
  return { candidates, last };
}

/** Weighted mean pinball loss of the offset. */
function pinballLoss(errors: Float64Array, offset: number, level: number, recencyWeights: Float64Array): number {
  let sum = 0;
  let total = 0;
  for (let o = 0; o < errors.length; o++) {
    sum += recencyWeights[o]! * pinball(errors[o]! - offset, level);
    total += recencyWeights[o]!;
  }
  return sum / total;
}
