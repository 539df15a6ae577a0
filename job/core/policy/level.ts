/** The level of the forecast for which pods are added: the one at which one more pod no longer pays. */
import type { Probability } from "../units.ts";
import { replicasFor } from "./stage.ts";

/**
 * The levels of the requested quantiles of the maximum, from which the risk of any number of pods is read. Six levels: 0.7 % of the cost and
 * 2 % of the time below, on 19 public and synthetic series.
 */
export const QUANTILE_LEVELS: readonly Probability[] = [0.5, 0.6, 0.7, 0.8, 0.87, 0.91, 0.95, 0.97, 0.98, 0.99];
const LAST_LEVEL = QUANTILE_LEVELS.length - 1;

/** What a pod costs and what it is worth. Amounts are in the metric's unit. */
export interface CostAndWorth {
  /** What one pod should carry, and what it can carry before it counts as overloaded. */
  readonly averageValue: number;
  readonly capacity: number;
  /** Pods that the mean demand needs. One more pod costs 1 / bill. */
  readonly bill: number;
  /** How many bills it is worth to be never above the pods' capacity rather than always. */
  readonly worth: number;
}

/**
 * The chance that the maximum is above an amount. `quantiles` are those at LEVELS; between two of them the logarithm of the chance is linear.
 * Beyond the last level it continues as over the last three intervals. Below the median the chance counts as a half.
 */
export function riskAbove(quantiles: readonly number[], amount: number): Probability {
  if (!(amount >= quantiles[0]!)) return 0.5;
  const next = quantiles.findIndex((q) => amount < q);
  const [low, high] = next < 0 ? [LAST_LEVEL - 3, LAST_LEVEL] : [next - 1, next];
  const [a, b] = [Math.log(1 - QUANTILE_LEVELS[low]!), Math.log(1 - QUANTILE_LEVELS[high]!)];
  const width = quantiles[high]! - quantiles[low]!;
  if (next < 0) return width > 0 ? Math.exp(b + ((amount - quantiles[high]!) / width) * (b - a)) : 0;
  return Math.exp(a + ((amount - quantiles[low]!) / width) * (b - a));
}

/**
 * The level at which an amount is a quantile of the maximum, to three digits within 0.001 to 0.999: nothing is certain.
 * Below the median only the chance of a half is known: the distribution is taken to be as wide there as above.
 */
export function levelOf(quantiles: readonly number[], amount: number): Probability {
  const below = quantiles[0]! - amount;
  const level = below > 0 ? riskAbove(quantiles, quantiles[0]! + below) : 1 - riskAbove(quantiles, amount);
  return Math.min(0.999, Math.max(0.001, Number(level.toFixed(3))));
}

/**
 * The number of pods k at which cost and risk together are least: k / bill + worth x riskAbove(k x capacity).
 * It is never below the median, nor above what the highest level needs at `averageValue`.
 * Example: with a bill of 10 pods and a worth of 12 the eleventh pod adds 0.1, so it must remove 0.0083 of the risk.
 * A calm series gets a high level, since a pod removes much risk; a wild one a lower.
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

/** The highest level that six hours of errors support: of 1,440 values seven lie above it. By that reason, not by a measurement. */
const MAX_LEVEL = 0.995;

/** The level for scale-in: pods are removed at the square of the risk at which they are added. See docs/decisions/0004. */
export function keepLevel(quantile: Probability): Probability {
  // rounded: 1 - 0.3^2 is 0.9099999999999999
  return Math.max(quantile, Math.min(MAX_LEVEL, Math.round((1 - (1 - quantile) ** 2) * 1e4) / 1e4));
}
