/** What every stage of policy shares: its input, its entry in the trail, and rounding to replicas. */
import type { Forecast } from "../forecast/types.ts";
import type { Quality, Series } from "../series/types.ts";
import type { TargetState } from "../state/types.ts";
import type { TargetConfig } from "../target.ts";
import type { Cores, EpochSeconds, Replicas } from "../units.ts";
import type { Lead } from "./lead.ts";
import type { Conditions, Reason, TrailEntry } from "./types.ts";

/** Everything a decision rests on. `memory` is already recalled for this `now`: never without a wish. */
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
  /** Pods that the current demand or a surge in progress needs now: neither tolerance nor cooldown hold these back. Known once the wish is formed. */
  readonly urgent?: Replicas;
}

/** The numbers of an entry, enough to compute `to` from `from` again. */
export type Detail = Readonly<Record<string, number | string | boolean | null>>;

/** One stage: replicas in, entry out. Neutral entries carry DesiredWithinRange. */
export type Stage = (value: Replicas, input: PolicyInput) => TrailEntry;

/** An entry of the trail. */
export function entry(
  stage: string,
  from: Replicas,
  to: Replicas,
  reason: Reason,
  message: string,
  detail: Detail = {},
): TrailEntry {
  return { stage, from, to, reason, message, detail };
}

/** An entry that changed nothing. */
export function pass(stage: string, value: Replicas, message: string, detail: Detail = {}): TrailEntry {
  return entry(stage, value, value, "DesiredWithinRange", message, detail);
}

/** Pods for a demand: ceil(cores / perPod), at least 0. 1e-9 is taken off first, for 0.25 / 0.05 is 5.000000000000001 in some orders of arithmetic and must be 5. */
export function replicasFor(cores: Cores, perPod: Cores): Replicas {
  return Math.max(0, Math.ceil(cores / perPod - 1e-9));
}

/** Cores for a message. */
export function cores(value: Cores): string {
  return Number.isFinite(value) ? value.toFixed(3) : "unknown";
}
