/** The decision: ordered stages, each value + reason + numbers; the trail is the record. */
import type { Replicas } from "../units.ts";
import {
  cooldownStage,
  dataStage,
  dropStage,
  fallbackStage,
  partialStage,
  rolloutStage,
  toleranceStage,
} from "./guards.ts";
import { boundsStage, gateStage, rateStage, scheduleStage, stabiliseStage } from "./limits.ts";
import { entry, type PolicyInput, type Stage } from "./stage.ts";
import type { Decision, Reason, TrailEntry } from "./types.ts";
import { wishFor } from "./wish.ts";
import { writerEntry } from "./writer.ts";

/** A decision, the wish to remember (null: none could be formed) and the quantile in cores it rests on (NaN: none). */
export interface Decided {
  readonly decision: Decision;
  readonly wish: Replicas | null;
  readonly quantile: number;
}

/** data -> forecast -> trust -> factor -> reactive -> band -> these, in order. */
const ACTING: readonly Stage[] = [
  partialStage,
  rolloutStage,
  dropStage,
  stabiliseStage,
  toleranceStage,
  rateStage,
  cooldownStage,
  scheduleStage,
  boundsStage,
  gateStage,
];

/** data on hold -> these: nothing here lowers. */
const BLIND: readonly Stage[] = [fallbackStage, scheduleStage, boundsStage, gateStage];

/** Decides. Pure; same input, same bytes. Guarantees: see docs/decisions/0004-policy.md. */
export function decide(input: PolicyInput): Decided {
  const { current, quality } = input;
  if (input.config.mode === "Off") return refused(current, "ModeOff", "mode is Off");
  if (current === 0)
    return refused(current, "ScalingDisabled", "the target has 0 replicas, which disables scaling as in HPA");
  const writer = writerEntry(input);
  const trail: TrailEntry[] = [dataStage(current, input), ...(writer === null ? [] : [writer])];
  if (quality.verdict === "hold" || !Number.isFinite(input.demand)) {
    run(BLIND, current, input, trail);
    return { decision: conclude(current, trail, true), wish: null, quantile: Number.NaN };
  }
  const { wish, quantile, urgent, trail: wishTrail } = wishFor(input);
  trail.push(...wishTrail);
  run(ACTING, wishTrail.at(-1)!.to, { ...input, urgent }, trail);
  // Partial data and start-up bursts are no witnesses for a later scale-in: what they would take away is not remembered.
  const witness = quality.verdict === "act" && input.conditions.rollout !== true;
  return { decision: conclude(current, trail, false), wish: witness ? wish : Math.max(wish, current), quantile };
}

function run(stages: readonly Stage[], start: Replicas, input: PolicyInput, trail: TrailEntry[]): void {
  let value = start;
  for (const stage of stages) {
    const made = stage(value, input);
    trail.push(made);
    value = made.to;
  }
}

/** The reason is that of the last stage that changed the value; of the data when it was on hold; else all is within range. */
function conclude(current: Replicas, trail: readonly TrailEntry[], blind: boolean): Decision {
  const replicas = trail.at(-1)!.to;
  const gate = trail.find((e) => e.stage === "gate" && e.reason !== "DesiredWithinRange");
  const decisive = gate ?? trail.findLast((e) => e.from !== e.to) ?? (blind ? trail[0] : undefined);
  const action = replicas !== current ? "scale" : decisive === undefined ? "keep" : "hold";
  const reason = decisive?.reason ?? "DesiredWithinRange";
  const since = blind && decisive?.stage === "data" ? trail.find((e) => e.stage === "fallback") : undefined;
  const why = decisive?.message ?? `${current} replicas are what the demand needs`;
  const message = since === undefined ? why : `${why}; ${since.message}`;
  return { action, current, replicas, reason, message, trail };
}

function refused(current: Replicas, reason: Reason, message: string): Decided {
  const trail = [entry("gate", current, current, reason, message, { current })];
  return {
    decision: { action: "hold", current, replicas: current, reason, message, trail },
    wish: null,
    quantile: Number.NaN,
  };
}
