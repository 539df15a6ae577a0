/** What every stage of policy shares: its input, the draft it changes, its verdict, and rounding to replicas. */
import type { Forecast } from "../forecast/types.ts";
import type { Quality, Series } from "../series/types.ts";
import type { TargetState } from "../state/types.ts";
import type { TargetConfig } from "../target.ts";
import type { Cores, EpochSeconds, Replicas } from "../units.ts";
import type { Conditions } from "./conditions.ts";
import type { Lead } from "./lead.ts";
import type { Reason } from "./reasons.ts";

/** Everything a decision rests on. `memory` is already recalled for this `now`: never without a recommendation. */
export interface PolicyInput {
  readonly now: EpochSeconds;
  readonly current: Replicas;
  readonly quality: Quality;
  /** Current demand in cores; NaN when unknown. */
  readonly demand: Cores;
  readonly series: Series | null;
  readonly forecast: Forecast | null;
  /** Why there is no forecast, when the forecaster said so. */
  readonly problem?: string;
  /** Levels of `forecast.maxQuantiles`, as they were asked. */
  readonly levels: readonly number[];
  readonly lead: Lead;
  readonly config: TargetConfig;
  readonly conditions: Conditions;
  readonly memory: TargetState;
  /** Pods that the demand lacks, because they were not measured; absent: none, or not known. */
  readonly missing?: Replicas;
}

/** What the stages hand on to each other. */
export interface Draft {
  readonly replicas: Replicas;
  /** Demand that the replicas are for, in cores; NaN before the forecast stage. */
  readonly cores: Cores;
  /** Product of the schedule's factors. */
  readonly factor: number;
  /** Pods that the current demand or a surge needs now: neither tolerance nor cooldown hold these back. */
  readonly urgent: Replicas;
  /** What the demand asked for, to be remembered; null where the data forbade one. */
  readonly recommendation: Replicas | null;
}

/** Numbers for a log or a picture. No stage reads them. */
export type Detail = Readonly<Record<string, number | string | boolean | null>>;

/** What a stage makes of a draft. */
export interface Verdict {
  readonly replicas: Replicas;
  readonly reason: Reason;
  readonly message: string;
  readonly detail: Detail;
  /** What later stages need to know of this one. */
  readonly next?: Partial<Omit<Draft, "replicas">>;
}

/** One stage; null: it has nothing to say and leaves no entry. */
export type Apply = (draft: Draft, input: PolicyInput) => Verdict | null;

/** A verdict that sets the replicas. */
export function verdict(
  replicas: Replicas,
  reason: Reason,
  message: string,
  detail: Detail = {},
  next: Verdict["next"] = {},
): Verdict {
  return { replicas, reason, message, detail, next };
}

/** A verdict that leaves the replicas as they are. */
export function pass(draft: Draft, message: string, detail: Detail = {}, next: Verdict["next"] = {}): Verdict {
  return verdict(draft.replicas, "DesiredWithinRange", message, detail, next);
}

/**
 * Pods for a demand: ceil(cores / perPod), at least 0. 1e-9 is taken off first: 0.25 / 0.05 is 5.000000000000001 in
 * some orders of arithmetic and must be 5.
 */
export function replicasFor(cores: Cores, perPod: Cores): Replicas {
  return Math.max(0, Math.ceil(cores / perPod - 1e-9));
}

/** Cores for a message. */
export function coresText(value: Cores): string {
  return Number.isFinite(value) ? value.toFixed(3) : "unknown";
}
