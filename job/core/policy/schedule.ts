/** The schedule: the floors, ceilings and factors that hold at an instant. zone.ts converts local time, only where there are rules. */
import type { ScheduleRule } from "../target.ts";
import type { EpochSeconds, Replicas } from "../units.ts";
import { intervalsAround } from "./zone.ts";

/** A value and the rule it comes from. */
export interface Bound {
  readonly value: Replicas;
  readonly rule: string;
}

/** What the schedule asks for: the highest floor, the lowest ceiling, and the product of factors (1 without any). */
export interface ScheduleState {
  readonly floor: Bound | null;
  readonly ceiling: Bound | null;
  readonly factor: Bound;
}

const NONE: ScheduleState = { floor: null, ceiling: null, factor: { value: 1, rule: "none" } };

/**
 * The rules in force at `now`, looking ahead to `ready`, when pods of this decision serve.
 * What adds pods (floors, factors above 1) counts where any instant of [now, ready] is inside. What removes pods counts only where `now` is
 * inside (ceilings), or both `now` and `ready` (factors below 1). So pods come early and go late.
 */
export function scheduleAt(rules: readonly ScheduleRule[], now: EpochSeconds, ready: EpochSeconds): ScheduleState {
  if (rules.length === 0) return NONE;
  let floor: Bound | null = null;
  let ceiling: Bound | null = null;
  let factor: Bound = NONE.factor;
  for (const rule of rules) {
    const intervals = [...intervalsAround(rule, now), ...intervalsAround(rule, ready)];
    const holds = (time: EpochSeconds) => intervals.some(([from, to]) => time >= from && time < to);
    const soon = intervals.some(([from, to]) => from <= ready && to > now);
    if (soon && rule.minReplicas !== undefined && rule.minReplicas > (floor?.value ?? -1))
      floor = { value: rule.minReplicas, rule: rule.name };
    if (
      holds(now) &&
      rule.maxReplicas !== undefined &&
      rule.maxReplicas < (ceiling?.value ?? Number.POSITIVE_INFINITY)
    ) {
      ceiling = { value: rule.maxReplicas, rule: rule.name };
    }
    const multiplies = rule.factor !== undefined && (rule.factor > 1 ? soon : holds(now) && holds(ready));
    if (multiplies)
      factor = {
        value: factor.value * rule.factor!,
        rule: factor.value === 1 ? rule.name : `${factor.rule}, ${rule.name}`,
      };
  }
  return { floor, ceiling, factor };
}
