/** The decision: runs the stages of each metric and then of the target. Their verdicts form its record. */

import { pluralize, type Replicas } from "../units.ts";
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

/** A decision, the recommendation to remember (null: there is none), and the result for each metric. */
export interface Decided {
  readonly decision: Decision;
  readonly recommendation: Replicas | null;
  /** In the order of the input; empty where nothing was computed. */
  readonly metrics: readonly MetricDraft[];
}

/** Decides once. Pure: the same input gives the same output, byte for byte. Its guarantees are in docs/decisions/0004-policy.md. */
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
  return {
    replicas: current,
    value: Number.NaN,
    level: Number.NaN,
    factor: 1,
    urgent: 0,
    recommendation: null,
    metrics: [],
  };
}

/** Whether the metric comes from the pods and there are none. */
function isPodless({ metric }: MetricInput, { current }: PolicyInput): boolean {
  return metric.ofPods && current === 0;
}

/** Runs the stages of one metric, from the current replicas on. A metric of pods that do not exist is no gap in the data. */
function runMetric(metric: MetricInput, input: PolicyInput, trail: TrailEntry[]): MetricDraft {
  const start = startOf(input);
  if (isPodless(metric, input)) return { input: metric, draft: start, state: "podless", why: null };
  const usable = isUsable(metric);
  const { name } = metric.metric;
  let draft = start;
  let why: MetricDraft["why"] = null;
  for (const { stage, runs, limits, apply } of METRIC_STAGES) {
    if (!isDue(runs, usable)) continue;
    const verdict = apply(draft, metric, input);
    if (verdict === null) continue;
    const { replicas, reason, message, detail, next } = verdict;
    const text = limits ? limitText(message, draft.replicas, replicas, input) : message;
    trail.push({ stage, metric: name, from: draft.replicas, to: replicas, reason, message: text, detail });
    if (replicas !== draft.replicas || (why !== null && derives(trail.at(-1)!))) why = trail.at(-1)!;
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
  for (const { stage, runs, limits, apply } of stages) {
    if (!isDue(runs, sighted)) continue;
    const verdict = apply(draft, input);
    if (verdict === null) continue;
    const { replicas, reason, message, detail, next } = verdict;
    const text = limits ? limitText(message, draft.replicas, replicas, input) : message;
    trail.push({ stage, from: draft.replicas, to: replicas, reason, message: text, detail });
    draft = { ...draft, ...next, replicas };
  }
}

/** The text of a limit, with the recommendation that it changed. One equal to the current replicas is not mentioned. */
function limitText(message: string, from: Replicas, to: Replicas, { current }: PolicyInput): string {
  return from === to || from === current ? message : `${from} desired: ${message}`;
}

function isDue(runs: StageRow["runs"], usable: boolean): boolean {
  return runs === "always" || (runs === "sighted") === usable;
}

/**
 * The recommendation to remember: what the demand asked for. Partial data, a missing metric and start-up bursts justify no later scale-in, so
 * what they would remove is not remembered.
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

/**
 * The decision from its trail. The reason is that of the last stage that changed the value or formed it anew; on hold it is that of the data.
 * A gate says what it stops, and never hides what is wrong with the data.
 */
function conclude(input: PolicyInput, trail: readonly TrailEntry[]): Decision {
  const { current } = input;
  const gate = trail.at(-1)!;
  const replicas = gate.to;
  const blind = isBlind(input);
  const decisive = decisiveOf(input, trail, blind);
  const gated = gate.reason !== "DesiredWithinRange";
  const wrong = input.metrics.filter((metric) => metric.quality.verdict !== "act" && !isPodless(metric, input));
  const problems = wrong.map(dataText);
  const ofData = decisive?.stage === "data";
  const fallback = ofData ? trail.find(({ stage }) => stage === "fallback") : undefined;
  const sentences = [
    headOf(input, gate, decisive, problems),
    ...(fallback === undefined ? [] : [fallback.message]),
    ...(gated && ofData ? [gate.message] : []),
    ...((gated || blind) && !ofData ? problems : []),
  ];
  const reason = gated && !ofData ? gate.reason : decisive?.reason;
  const held = gated || decisive !== undefined;
  return {
    action: replicas !== current ? "scale" : held ? "hold" : "keep",
    current,
    replicas,
    reason: reason ?? "DesiredWithinRange",
    message: sentences.join("; "),
    blind,
    otherWriter: otherWriteOf(input),
    trail,
  };
}

/** The start of the message: what stops the decision, or else what it rests on. */
function headOf(
  { current, metrics }: PolicyInput,
  gate: TrailEntry,
  decisive: TrailEntry | undefined,
  problems: readonly string[],
): string {
  if (decisive?.stage === "data") return metrics.length > 1 ? `hold: ${problems.join("; ")}` : decisive.message;
  if (gate.reason !== "DesiredWithinRange") return gateText(gate, decisive);
  return decisive?.message ?? `${pluralize(current, "replica is", "replicas are")} what the demand needs`;
}

/** The entry before the gate that decided; undefined: nothing changed or held the value. */
function decisiveOf(input: PolicyInput, trail: readonly TrailEntry[], blind: boolean): TrailEntry | undefined {
  const before = trail.slice(0, -1);
  const last = before.findLast(hasDecided(input));
  if (last === undefined) return blind ? before.find(({ stage }) => stage === "data") : undefined;
  // a demand that was formed anew and needs as many pods is the demand that they are for
  const anew = derives(last) ? before.findLast((entry) => entry.metric === last.metric && derives(entry)) : undefined;
  return anew ?? last;
}

/** Whether a stage forms the demand anew from better knowledge. */
function derives({ stage, reason }: Pick<TrailEntry, "stage" | "reason">): boolean {
  return ["forecast", "trust", "factor"].includes(stage) && reason !== "DesiredWithinRange";
}

/** The text of a gate: what stops, and which change it stops. */
function gateText({ from, to, message }: TrailEntry, decisive: TrailEntry | undefined): string {
  if (from === to) return message;
  return `${message}; else ${to} -> ${from}${decisive === undefined ? "" : `, ${decisive.reason}: ${decisive.message}`}`;
}

function dataText({ metric, quality }: MetricInput): string {
  return `${metric.name}: ${quality.reason}, ${quality.message}`;
}

/** Which entries can decide. Of several metrics only the common result counts, and what kept them from scaling in. */
function hasDecided({ metrics }: PolicyInput): (entry: TrailEntry) => boolean {
  return ({ stage, from, to, reason, metric }) => {
    if (metrics.length > 1 && metric !== undefined) return false;
    return from !== to || (stage === "metrics" && reason !== "DesiredWithinRange");
  };
}

/** What ends the decision before it starts; null: nothing. */
function refusalOf({ config, current }: PolicyInput): readonly [Reason, string] | null {
  if (config.mode === "Off") return ["ModeOff", "mode is Off"];
  return current === 0 && !mayBeZero(config)
    ? ["ScalingDisabled", "the target has 0 replicas, which disables scaling as in HPA"]
    : null;
}

function refused({ current }: PolicyInput, reason: Reason, message: string): Decided {
  const detail = { current };
  const trail: readonly TrailEntry[] = [{ stage: "gate", from: current, to: current, reason, message, detail }];
  const held = { current, replicas: current, reason, message, blind: false, otherWriter: null, trail };
  const decision = { action: "hold", ...held } as const;
  return { decision, recommendation: null, metrics: [] };
}
