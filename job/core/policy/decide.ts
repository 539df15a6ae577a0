/** The decision: runs the table of stages, each metric's first; the trail of their verdicts is the record. */
import type { Replicas } from "../units.ts";
import { METRIC_STAGES } from "./metric-stages.ts";
import { largestNeed, mayBeZero } from "./metrics.ts";
import type { Reason } from "./reasons.ts";
import {
  type Draft,
  isBlind,
  isUsable,
  type MetricDraft,
  type MetricInput,
  type PolicyInput,
  type StageRow,
  type TargetStage,
} from "./stage.ts";
import type { Stage } from "./stages.ts";
import { FIRST_STAGES, TARGET_STAGES } from "./target-stages.ts";
import type { Decision, TrailEntry } from "./types.ts";
import { otherWriteOf } from "./writer.ts";

/** A decision, the recommendation to remember (null: none could be formed), and what became of each metric. */
export interface Decided {
  readonly decision: Decision;
  readonly recommendation: Replicas | null;
  /** In the order of the input; empty where nothing was computed. */
  readonly metrics: readonly MetricDraft[];
}

/** Decides. Pure; same input, same bytes. Guarantees: see docs/decisions/0004-policy.md. */
export function decide(input: PolicyInput): Decided {
  const refusal = refusalOf(input);
  if (refusal !== null) return refused(input, ...refusal);
  const trail: TrailEntry[] = [];
  runTarget(FIRST_STAGES, startOf(input), input, trail);
  const metrics = input.metrics.map((metric) => runMetric(metric, input, trail));
  const replicas = metrics.length === 1 ? metrics[0]!.draft.replicas : input.current;
  const urgent = metrics.reduce((most, { draft }) => Math.max(most, draft.urgent), 0);
  runTarget(TARGET_STAGES, { ...startOf(input), replicas, urgent, metrics }, input, trail);
  return { decision: conclude(input, trail), recommendation: recommendationOf(input, metrics), metrics };
}

function startOf({ current }: PolicyInput): Draft {
  return { replicas: current, value: Number.NaN, factor: 1, urgent: 0, recommendation: null, metrics: [] };
}

/** Every metric starts from the current replicas. Pods that are not there make no metric: that is no gap in the data. */
function runMetric(metric: MetricInput, input: PolicyInput, trail: TrailEntry[]): MetricDraft {
  const start = startOf(input);
  if (metric.metric.ofPods && input.current === 0) return { input: metric, draft: start, state: "podless", why: null };
  const usable = isUsable(metric);
  const { name } = metric.metric;
  let draft = start;
  let why: MetricDraft["why"] = null;
  for (const { stage, runs, apply } of METRIC_STAGES) {
    if (!isDue(runs, usable)) continue;
    const verdict = apply(draft, metric, input);
    if (verdict === null) continue;
    const { replicas, reason, message, detail, next } = verdict;
    trail.push({ stage, metric: name, from: draft.replicas, to: replicas, reason, message, detail });
    if (replicas !== draft.replicas) why = { reason, message };
    draft = { ...draft, ...next, replicas };
  }
  return { input: metric, draft, state: usable ? "usable" : "missing", why };
}

function runTarget(
  stages: readonly (TargetStage & { readonly stage: Stage })[],
  start: Draft,
  input: PolicyInput,
  trail: TrailEntry[],
): void {
  const sighted = !isBlind(input);
  let draft = start;
  for (const { stage, runs, apply } of stages) {
    if (!isDue(runs, sighted)) continue;
    const verdict = apply(draft, input);
    if (verdict === null) continue;
    const { replicas, reason, message, detail, next } = verdict;
    trail.push({ stage, from: draft.replicas, to: replicas, reason, message, detail });
    draft = { ...draft, ...next, replicas };
  }
}

function isDue(runs: StageRow["runs"], usable: boolean): boolean {
  return runs === "always" || (runs === "sighted") === usable;
}

/**
 * What the demand asked for. Partial data, a missing metric and start-up bursts are no grounds for a later scale-in:
 * what they would take away is not remembered.
 */
function recommendationOf({ current, config, conditions }: PolicyInput, metrics: readonly MetricDraft[]) {
  if (metrics.every(({ state }) => state !== "usable")) return null;
  const needs = metrics.map(({ input: { metric, quality, missing = 0 }, draft, state }) => {
    const own = draft.recommendation ?? 0;
    const allowsScaleIn = state === "podless" || (quality.verdict === "act" && conditions.rollout !== true);
    return { metric, replicas: Math.max(own, Math.min(current, allowsScaleIn ? own + missing : current)) };
  });
  return largestNeed(needs, config);
}

/** The reason is that of the last stage that changed the value; of the data when it was on hold; else all is within range. */
function conclude(input: PolicyInput, trail: readonly TrailEntry[]): Decision {
  const { current } = input;
  const at = (stage: Stage) => trail.find((entry) => entry.stage === stage);
  const replicas = trail.at(-1)!.to;
  const gate = at("gate");
  const data = at("data");
  const stage = trail.findLast(hasDecided(input)) ?? (isBlind(input) ? data : undefined);
  const decisive = gate !== undefined && gate.reason !== "DesiredWithinRange" ? gate : stage;
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

/** Of several metrics only what became of all of them counts, and what kept them from scaling in. */
function hasDecided({ metrics }: PolicyInput): (entry: TrailEntry) => boolean {
  return ({ stage, from, to, reason, metric }) => {
    if (metrics.length > 1 && metric !== undefined) return false;
    return from !== to || (stage === "metrics" && reason !== "DesiredWithinRange");
  };
}

/** What ends the decision before it begins; null: nothing. */
function refusalOf({ config, current }: PolicyInput): readonly [Reason, string] | null {
  if (config.mode === "Off") return ["ModeOff", "mode is Off"];
  return current === 0 && !mayBeZero(config)
    ? ["ScalingDisabled", "the target has 0 replicas, which disables scaling as in HPA"]
    : null;
}

function refused({ current }: PolicyInput, reason: Reason, message: string): Decided {
  const detail = { current };
  const trail: readonly TrailEntry[] = [{ stage: "gate", from: current, to: current, reason, message, detail }];
  const decision = { action: "hold", current, replicas: current, reason, message, otherWriter: null, trail } as const;
  return { decision, recommendation: null, metrics: [] };
}
