/** The behavior of autoscaling/v2: stabilisation windows and rate policies of each direction, over the remembered past. */
import type { Recommendation, ReplicaChange } from "../state/types.ts";
import type { Behavior, ScalingRules } from "../target.ts";
import type { EpochSeconds, Replicas, Seconds } from "../units.ts";

/** The limits that the stabilisation windows set. */
export interface Stabilisation {
  readonly replicas: Replicas;
  /** The smallest recommendation of the up window and the largest of the down window, the present one included. */
  readonly low: Replicas;
  readonly high: Replicas;
}

/**
 * Limits `current` to [smallest recommendation of the up window, largest of the down window], the present one included.
 * This is Kubernetes' stabilizeRecommendationWithBehaviors. With up 0 s and down 300 s a rise acts at once, and a fall waits until the last
 * 300 s agree. A recommendation exactly as old as the window is outside.
 * Example: current 5, recommendation 2, and one of 4 two minutes ago: low 2, high 4, so 4.
 */
export function stabilise(
  recommendation: Replicas,
  current: Replicas,
  past: readonly Recommendation[],
  behavior: Behavior,
  now: EpochSeconds,
): Stabilisation {
  const upCutoff = now - behavior.scaleUp.stabilizationWindowSeconds;
  const downCutoff = now - behavior.scaleDown.stabilizationWindowSeconds;
  let low = recommendation;
  let high = recommendation;
  for (const { at, replicas } of past) {
    if (at > upCutoff) low = Math.min(low, replicas);
    if (at > downCutoff) high = Math.max(high, replicas);
  }
  return { replicas: Math.min(Math.max(current, low), high), low, high };
}

/**
 * The most replicas that the scale-up policies allow now, never below `current`.
 * Each policy starts from the replicas at the beginning of its period: current - added + removed within it. Percent rounds up, so that 1 pod
 * can grow at all. selectPolicy Max takes the largest proposal, Min the smallest; Disabled allows no change.
 */
export function scaleUpLimit(
  current: Replicas,
  changes: readonly ReplicaChange[],
  rules: ScalingRules,
  now: EpochSeconds,
): Replicas {
  if (rules.selectPolicy === "Disabled") return current;
  if (rules.policies.length === 0) return Number.POSITIVE_INFINITY;
  const proposals = rules.policies.map((policy) => {
    const start = periodStart(current, changes, policy.periodSeconds, now);
    return policy.type === "Pods" ? start + policy.value : Math.ceil(start * (1 + policy.value / 100));
  });
  return Math.max(current, rules.selectPolicy === "Max" ? Math.max(...proposals) : Math.min(...proposals));
}

/**
 * The fewest replicas that the scale-down policies allow now, never above `current`. Percent rounds down. Max takes the smallest proposal (the
 * largest change), Min the largest.
 */
export function scaleDownLimit(
  current: Replicas,
  changes: readonly ReplicaChange[],
  rules: ScalingRules,
  now: EpochSeconds,
): Replicas {
  if (rules.selectPolicy === "Disabled") return current;
  if (rules.policies.length === 0) return 0;
  const proposals = rules.policies.map((policy) => {
    const start = periodStart(current, changes, policy.periodSeconds, now);
    return policy.type === "Pods" ? start - policy.value : Math.trunc(start * (1 - policy.value / 100));
  });
  return Math.min(current, rules.selectPolicy === "Max" ? Math.min(...proposals) : Math.max(...proposals));
}

function periodStart(
  current: Replicas,
  changes: readonly ReplicaChange[],
  period: Seconds,
  now: EpochSeconds,
): Replicas {
  let start = current;
  for (const { at, from, to } of changes) if (at > now - period) start -= to - from;
  return start;
}
