/** Which level of the forecast pods are bought at: the one at which one more pod no longer pays. */
import type { Probability } from "../units.ts";
import { replicasFor } from "./stage.ts";

/**
 * Levels at which the maximum's quantiles are asked, so that the risk of any number of pods can be read off. Six of them: 0.7 % of the cost and 2 % of the
 * time below, on 19 public and synthetic series.
 */
export const LEVELS: readonly Probability[] = [0.5, 0.6, 0.7, 0.8, 0.87, 0.91, 0.95, 0.97, 0.98, 0.99];
const LAST_LEVEL = LEVELS.length - 1;

/** What a pod costs and what it is worth. Amounts are in the metric's unit. */
export interface CostAndWorth {
  /** What one pod should carry, and what it can carry before it counts as overloaded. */
  readonly averageValue: number;
  readonly capacity: number;
  /** Pods that the mean demand needs: the bill that one more pod is compared with. */
  readonly bill: number;
  /** How many bills it is worth to be never above the pods' capacity, in place of always. */
  readonly worth: number;
}

/**
 * Chance that the maximum is above an amount: between two of its quantiles at LEVELS the logarithm of the chance is linear, beyond the last one as between the last three.
 * Below the median it is not known and counts as a half.
 */
export function riskAbove(quantiles: readonly number[], amount: number): Probability {
  if (!(amount >= quantiles[0]!)) return 0.5;
  const next = quantiles.findIndex((q) => amount < q);
  const [low, high] = next < 0 ? [LAST_LEVEL - 3, LAST_LEVEL] : [next - 1, next];
  const [a, b] = [Math.log(1 - LEVELS[low]!), Math.log(1 - LEVELS[high]!)];
  const width = quantiles[high]! - quantiles[low]!;
  if (next < 0) return width > 0 ? Math.exp(b + ((amount - quantiles[high]!) / width) * (b - a)) : 0;
  return Math.exp(a + ((amount - quantiles[low]!) / width) * (b - a));
}

/**
 * Level at which an amount is a quantile of the maximum, to three digits. Of what lies below the median nothing is known but its chance: the law is taken to be as wide there as
 * above. Within 0.001 to 0.999: nothing is certain.
 */
export function levelOf(quantiles: readonly number[], amount: number): Probability {
  const below = quantiles[0]! - amount;
  const level = below > 0 ? riskAbove(quantiles, quantiles[0]! + below) : 1 - riskAbove(quantiles, amount);
  return Math.min(0.999, Math.max(0.001, Number(level.toFixed(3))));
}

/**
 * Pods at which bill and risk together cost least: k / bill + worth x riskAbove(k x capacity). Never below the median, nor above what the highest level needs at `averageValue`.
 * Example: 10 pods are the bill, worth 12: the eleventh adds 0.1, so it must take away 0.0083 of the risk.
 * A calm series is bought to a high level, since a pod takes much risk away; a wild one to a lower.
 */
export function payingPods(
  quantiles: readonly number[],
  { averageValue, capacity, bill, worth }: CostAndWorth,
): number {
  const least = Math.max(0, Math.ceil(quantiles[0]! / capacity - 1e-9));
  const most = Math.max(least, replicasFor(quantiles[LAST_LEVEL]!, averageValue));
  let best = least;
  let lowest = Number.POSITIVE_INFINITY;
  for (let pods = least; pods <= most && pods / bill < lowest; pods++) {
    const cost = pods / bill + worth * riskAbove(quantiles, pods * capacity);
    // a billionth is rounding, not a gain
    if (cost >= lowest - 1e-9) continue;
    lowest = cost;
    best = pods;
  }
  return best;
}

/** Highest level that six hours of errors tell anything of: of 1,440 values seven lie above it. By that reason, not by a measurement. */
const MAX_LEVEL = 0.995;

/** Pods are given back at the square of the risk that they are bought at; see docs/decisions/0004. */
export function keepLevel(quantile: Probability): Probability {
  // rounded: 1 - 0.3^2 is 0.9099999999999999
  return Math.max(quantile, Math.min(MAX_LEVEL, Math.round((1 - (1 - quantile) ** 2) * 1e4) / 1e4));
}
