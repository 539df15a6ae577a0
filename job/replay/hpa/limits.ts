/** Rate policies and bounds: how far one sync may move the replicas, and which moves it remembers. */
import type { EpochSeconds, Replicas, Seconds } from "../../core/units.ts";
import type { FullBehavior, FullRules } from "./defaults.ts";
import type { HpaMemory, LimitReason, ScaleEvent } from "./types.ts";

/** A recommendation after the limits, and the limit that changed it. */
export interface Limited {
  readonly replicas: Replicas;
  readonly reason: LimitReason;
}

/** The moves of both directions that the rate policies count. */
export type Events = Pick<HpaMemory, "scaleUpEvents" | "scaleDownEvents">;

/** Without `behavior`: [min, max], and at most twice the current count or 4, whichever is more. 3 -> 6, 1 -> 4. */
export function limitPlain(current: Replicas, desired: Replicas, min: Replicas, max: Replicas): Limited {
  const rate = Math.max(2 * current, 4);
  if (desired < min) return { replicas: min, reason: "TooFewReplicas" };
  if (desired > Math.min(max, rate)) {
    return max > rate ? { replicas: rate, reason: "ScaleUpLimit" } : { replicas: max, reason: "TooManyReplicas" };
  }
  return { replicas: desired, reason: "DesiredWithinRange" };
}

/** With `behavior`: the policies of the recommendation's direction, then that direction's bound. */
export function limitByRules(
  current: Replicas,
  desired: Replicas,
  bounds: { readonly min: Replicas; readonly max: Replicas },
  rules: FullBehavior,
  events: Events,
  now: EpochSeconds,
): Limited {
  if (desired > current) {
    const rate = Math.max(current, rateLimit(current, 1, rules.scaleUp, events, now));
    if (desired > Math.min(bounds.max, rate)) {
      return bounds.max > rate
        ? { replicas: rate, reason: "ScaleUpLimit" }
        : { replicas: bounds.max, reason: "TooManyReplicas" };
    }
  } else if (desired < current) {
    const rate = Math.min(current, rateLimit(current, -1, rules.scaleDown, events, now));
    if (desired < Math.max(bounds.min, rate)) {
      return bounds.min < rate
        ? { replicas: rate, reason: "ScaleDownLimit" }
        : { replicas: bounds.min, reason: "TooFewReplicas" };
    }
  }
  return { replicas: desired, reason: "DesiredWithinRange" };
}

/**
 * The furthest count that the policies of one direction allow, counted from the start of each policy's period.
 * Example: 10 now, 4 of them added in the last minute, and a policy of 5 pods a minute allow 6 + 5 = 11.
 * Rounds away from the start on the way up (1 pod + 10 % is 2, or a small workload could never grow), and towards zero on the way down.
 */
function rateLimit(current: Replicas, sign: 1 | -1, rules: FullRules, events: Events, now: EpochSeconds): number {
  if (rules.selectPolicy === "Disabled") return current;
  const allowed = rules.policies.map((policy) => {
    const start =
      current -
      changeWithin(events.scaleUpEvents, policy.periodSeconds, now) +
      changeWithin(events.scaleDownEvents, policy.periodSeconds, now);
    if (policy.type === "Pods") return start + sign * policy.value;
    const scaled = start * (1 + (sign * policy.value) / 100);
    return sign > 0 ? Math.ceil(scaled) : Math.trunc(scaled);
  });
  const highest = (rules.selectPolicy === "Max") === sign > 0;
  return highest ? Math.max(...allowed) : Math.min(...allowed);
}

function changeWithin(events: readonly ScaleEvent[], period: Seconds, now: EpochSeconds): Replicas {
  return events.reduce((sum, event) => (event.at > now - period ? sum + event.change : sum), 0);
}

/** The events of one direction with a new one. It takes the place of the last event that no policy's period covers any more. */
export function storeEvent(
  events: readonly ScaleEvent[],
  change: Replicas,
  rules: FullRules,
  now: EpochSeconds,
): readonly ScaleEvent[] {
  const longest = rules.policies.reduce((max, policy) => Math.max(max, policy.periodSeconds), 0);
  const marked = events.map((e) => (!e.outdated && e.at < now - longest ? { ...e, outdated: true } : e));
  const free = marked.findLastIndex((e) => e.outdated);
  const event: ScaleEvent = { change, at: now, outdated: false };
  return free < 0 ? [...marked, event] : marked.with(free, event);
}
