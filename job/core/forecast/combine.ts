/** Quantiles of one target (the horizon's mean, or the lead's maximum): each is a weighted mean of the models' own conformal quantiles. */
import { type Doubt, deviation, quantilesOf } from "./conformal.ts";
import { pinball, settle } from "./precedent.ts";
import { newRanking, rank } from "./rank.ts";
import { NOTHING, sharesOf } from "./shares.ts";

/** One target at all origins. */
export interface Target {
  /** What came, at the origins whose outcome is known. */
  readonly actual: Float64Array;
  /** What each model said at every origin; the last entry is the forecast that is wanted now. Model 0 is the last value. */
  readonly said: readonly Float64Array[];
  /** Recency weights of the known origins. */
  readonly weights: Float64Array;
  readonly doubt: Doubt;
  /** Whether the quantile at 0.5 is the models' own forecast, without their offset (see combineQuantiles). */
  readonly centred: boolean;
}

/** Inverse-loss weights use this power. */
const POWER = 6;
/** The last value needs no luck to be good: its loss counts for a tenth less. */
const LAST_BONUS = 0.9;
/** A model whose errors spread this many times the least would weigh under 1.5 % (2^-6), and is left out of the ranking. */
const HOPELESS = 2;

/** One model that is still in the race for the quantiles. */
interface Runner {
  readonly bonus: number;
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
  const { actual, weights } = target;
  const { runners, last } = runnersOf(target, levels);
  const losses = new Float64Array(runners.length);
  const shares = new Float64Array(runners.length);
  let floor = 0;
  return levels.map((level, l) => {
    runners.forEach(({ bonus, errors, offsets }, i) => {
      losses[i] = bonus * pinballLoss(errors, offsets[l]!, level, weights);
    });
    sharesOf(losses, POWER, shares);
    const blend = blended(runners, shares, l, actual.length);
    const lastErrors = last.errors.map((e) => e - last.offsets[l]!);
    const contest = { ...blend, last: lastErrors, lastNow: last.now + last.offsets[l]! };
    floor = Math.max(floor, settle(contest, level, weights));
    return floor;
  });
}

/** The weighted quantile number `l`: now, and the outcome minus it at each known origin. */
function blended(runners: readonly Runner[], shares: Float64Array, l: number, known: number) {
  const blend = new Float64Array(known);
  let blendNow = 0;
  runners.forEach(({ errors, now, offsets }, i) => {
    const share = shares[i]!;
    const offset = offsets[l]!;
    blendNow += share * (now + offset);
    for (let o = 0; o < known; o++) blend[o] = blend[o]! + share * (errors[o]! - offset);
  });
  return { blend, blendNow };
}

/** The last value, and all models (it among them) that are not hopeless. */
function runnersOf(
  { actual, said, weights, doubt, centred }: Target,
  levels: readonly number[],
): { readonly runners: Runner[]; readonly last: Runner } {
  const known = actual.length;
  const all = said.map((s) => {
    const errors = new Float64Array(known);
    for (let o = 0; o < known; o++) errors[o] = actual[o]! - s[o]!;
    return errors;
  });
  const spread = all.map((errors) => deviation(errors, known, weights));
  const limit = HOPELESS * spread.reduce((a, b) => Math.min(a, b)) + NOTHING;
  const ranking = newRanking(known);
  const runnerOf = (m: number): Runner => {
    const errors = all[m]!;
    const offsets = new Float64Array(levels.length);
    quantilesOf(errors, rank(errors, known, ranking), known, weights, doubt, levels, offsets);
    if (centred && levels.includes(0.5)) offsets[levels.indexOf(0.5)] = 0;
    return { bonus: m === 0 ? LAST_BONUS : 1, errors, now: said[m]![said[m]!.length - 1]!, offsets };
  };
  const last = runnerOf(0);
  const runners: Runner[] = [];
  for (let m = 0; m < all.length; m++) if (spread[m]! <= limit) runners.push(m === 0 ? last : runnerOf(m));
  return { runners, last };
}

/** Weighted mean pinball loss of the offset. */
function pinballLoss(errors: Float64Array, offset: number, level: number, weights: Float64Array): number {
  let sum = 0;
  let total = 0;
  for (let o = 0; o < errors.length; o++) {
    sum += weights[o]! * pinball(errors[o]! - offset, level);
    total += weights[o]!;
  }
  return sum / total;
}
