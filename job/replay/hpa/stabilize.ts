/** The stabilisation windows: a recommendation is compared with those of the recent past. */
import type { Recommendation } from "../../core/state/types.ts";
import type { EpochSeconds, Replicas } from "../../core/units.ts";
import type { FullBehavior } from "./defaults.ts";
import type { HpaSettings } from "./types.ts";

/** The recommendation after the window, and the past recommendations with it. */
export interface HpaStabilization {
  readonly replicas: Replicas;
  readonly recommendations: readonly Recommendation[];
}

/** Without `behavior`: the highest recommendation of the last 300 s, including one of exactly 300 s ago. */
export function stabilizeDown(
  past: readonly Recommendation[],
  desired: Replicas,
  now: EpochSeconds,
  settings: HpaSettings,
): HpaStabilization {
  const cutoff = now - settings.downscaleStabilization;
  const replicas = past.reduce((max, r) => (r.at >= cutoff ? Math.max(max, r.replicas) : max), desired);
  return { replicas, recommendations: storeRecommendation(past, { replicas: desired, at: now }, cutoff) };
}

/**
 * With `behavior`: the current count, limited to [lowest recommendation of the up window, highest of the down window].
 * The far end of the window is excluded here: with 300 s a recommendation of exactly 300 s ago no longer counts.
 */
export function stabilizeBoth(
  past: readonly Recommendation[],
  current: Replicas,
  desired: Replicas,
  now: EpochSeconds,
  rules: FullBehavior,
): HpaStabilization {
  const upCutoff = now - rules.scaleUp.stabilizationWindowSeconds;
  const downCutoff = now - rules.scaleDown.stabilizationWindowSeconds;
  let lowest = desired;
  let highest = desired;
  for (const { at, replicas } of past) {
    if (at > upCutoff) lowest = Math.min(lowest, replicas);
    if (at > downCutoff) highest = Math.max(highest, replicas);
  }
  return {
    replicas: Math.min(Math.max(current, lowest), highest),
    recommendations: storeRecommendation(past, { replicas: desired, at: now }, Math.min(upCutoff, downCutoff)),
  };
}

/** Stores a recommendation in the place of the last one older than the cutoff, or at the end. So the list never outgrows the window. */
function storeRecommendation(
  past: readonly Recommendation[],
  recommendation: Recommendation,
  cutoff: EpochSeconds,
): readonly Recommendation[] {
  const old = past.findLastIndex((r) => r.at < cutoff);
  return old < 0 ? [...past, recommendation] : past.with(old, recommendation);
}
