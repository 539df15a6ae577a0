/** The decision: runs the table of stages; the trail of their verdicts is the record. */
import type { Cores, Replicas } from "../units.ts";
import type { Reason } from "./reasons.ts";
import type { Draft, PolicyInput } from "./stage.ts";
import { STAGES, type Stage } from "./stages.ts";
import type { Decision, TrailEntry } from "./types.ts";
import { otherWriteOf } from "./writer.ts";

/** A decision, the recommendation to remember (null: none could be formed) and the quantile in cores it rests on (NaN: none). */
export interface Decided {
  readonly decision: Decision;
  readonly recommendation: Replicas | null;
  readonly quantile: Cores;
}

/** Decides. Pure; same input, same bytes. Guarantees: see docs/decisions/0004-policy.md. */
export function decide(input: PolicyInput): Decided {
  const { current, quality } = input;
  const refusal = refusalOf(input);
  if (refusal !== null) return refused(input, ...refusal);
  const blind = quality.verdict === "hold" || !Number.isFinite(input.demand);
  const { draft, trail } = run(input, blind);
  const decision = conclude(input, trail, blind);
  const { recommendation, cores } = draft;
  if (recommendation === null) return { decision, recommendation, quantile: Number.NaN };
  // Partial data and start-up bursts are no witnesses for a later scale-in: what they would take away is not remembered.
  const witness = quality.verdict === "act" && input.conditions.rollout !== true;
  const unseen = witness ? recommendation + (input.missing ?? 0) : current;
  const remembered = Math.max(recommendation, Math.min(current, unseen));
  return { decision, recommendation: remembered, quantile: cores };
}

function run(input: PolicyInput, blind: boolean): { readonly draft: Draft; readonly trail: readonly TrailEntry[] } {
  let draft: Draft = { replicas: input.current, cores: Number.NaN, factor: 1, urgent: 0, recommendation: null };
  const trail: TrailEntry[] = [];
  for (const { stage, runs, apply } of STAGES) {
    if (runs !== "always" && (runs === "blind") !== blind) continue;
    const verdict = apply(draft, input);
    if (verdict === null) continue;
    const { replicas, reason, message, detail, next } = verdict;
    trail.push({ stage, from: draft.replicas, to: replicas, reason, message, detail });
    draft = { ...draft, ...next, replicas };
  }
  return { draft, trail };
}

/** The reason is that of the last stage that changed the value; of the data when it was on hold; else all is within range. */
function conclude(input: PolicyInput, trail: readonly TrailEntry[], blind: boolean): Decision {
  const { current } = input;
  const at = (stage: Stage) => trail.find((entry) => entry.stage === stage);
  const replicas = trail.at(-1)!.to;
  const gate = at("gate");
  const data = at("data");
  const changed = trail.findLast((entry) => entry.from !== entry.to) ?? (blind ? data : undefined);
  const decisive = gate !== undefined && gate.reason !== "DesiredWithinRange" ? gate : changed;
  const action = replicas !== current ? "scale" : decisive === undefined ? "keep" : "hold";
  const since = decisive === data ? at("fallback") : undefined;
  const why = decisive?.message ?? `${current} replicas are what the demand needs`;
  return {
    action,
    current,
    replicas,
    reason: decisive?.reason ?? "DesiredWithinRange",
    message: since === undefined ? why : `${why}; ${since.message}`,
    otherWriter: otherWriteOf(input),
    trail,
  };
}

/** What ends the decision before it begins; null: nothing. */
function refusalOf({ config, current }: PolicyInput): readonly [Reason, string] | null {
  if (config.mode === "Off") return ["ModeOff", "mode is Off"];
  return current === 0 ? ["ScalingDisabled", "the target has 0 replicas, which disables scaling as in HPA"] : null;
}

function refused({ current }: PolicyInput, reason: Reason, message: string): Decided {
  const detail = { current };
  const trail: readonly TrailEntry[] = [{ stage: "gate", from: current, to: current, reason, message, detail }];
  const decision = { action: "hold", current, replicas: current, reason, message, otherWriter: null, trail } as const;
  return { decision, recommendation: null, quantile: Number.NaN };
}
