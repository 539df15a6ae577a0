/** Drops past recommendations that no stabilisation window can need any more. */
import type { EpochSeconds } from "../units.ts";
import type { Recommendation } from "./types.ts";

/**
 * Drops recommendations that no window can need, without changing the maximum and minimum of any suffix:
 * - those at or before `cutoff`;
 * - those that later ones replace both as maximum (later and not smaller) and as minimum (later and not larger).
 */
export function pruneRecommendations(
  recommendations: readonly Recommendation[],
  cutoff: EpochSeconds,
): readonly Recommendation[] {
  const needed: Recommendation[] = [];
  let high = Number.NEGATIVE_INFINITY;
  let low = Number.POSITIVE_INFINITY;
  for (const recommendation of recommendations.toReversed()) {
    const { at, replicas } = recommendation;
    if (at <= cutoff || (replicas <= high && replicas >= low)) continue;
    high = Math.max(high, replicas);
    low = Math.min(low, replicas);
    needed.push(recommendation);
  }
  return needed.reverse();
}
