/** Stages that only hold back: data, fallback and partial data of a metric; rollout, sudden drop, tolerance and cooldown of the target. */

import { memoryOfMetric } from "../state/memory.ts";
import { pluralize } from "../units.ts";
import { largestNeed } from "./metrics.ts";
import { type Apply, type ApplyToMetric, type MetricDraft, pass, replicasFor, verdict } from "./stage.ts";

/** Applies the verdict on the data before anything is computed from them. */
export const dataStage: ApplyToMetric = ({ replicas }, { quality }) =>
  verdict(replicas, quality.reason, `${quality.verdict}: ${quality.message}`, {
    verdict: quality.verdict,
    points: quality.points,
    coverage: quality.coverage,
    age: Number.isFinite(quality.age) ? quality.age : null,
  });

/** Partial data read too low: 1 of 2 scrape targets missing looks like half the load. They may add pods but never remove any. */
export const partialStage: ApplyToMetric = (draft, { quality }, { current }) => {
  const detail = { verdict: quality.verdict, current };
  if (quality.verdict === "act") return pass(draft, "the data allow scale-in", detail);
  if (draft.replicas >= current) return pass(draft, `no scale-in to forbid on ${quality.reason}`, detail);
  const text = `no scale-in on ${quality.reason}: ${quality.message}`;
  return verdict(current, "UpOnlyOnPartialData", text, detail);
};

/** A pod that was not measured counts with its full target before a scale-in, and with nothing before a scale-out, as in the HPA. */
export const missingStage: ApplyToMetric = (draft, { missing = 0 }, { current }) => {
  const { replicas } = draft;
  const detail = { missing, current };
  if (missing === 0) return pass(draft, "no pod is known to be missing from the sum", detail);
  const to = replicas < current ? Math.min(current, replicas + missing) : replicas;
  const text = `${pluralize(missing, "pod is", "pods are")} missing from the sum: before a scale-in each counts at its full target`;
  return to === replicas ? pass(draft, text, detail) : verdict(to, "MissingPods", text, detail);
};

/** During a rollout the burst of starting pods is no demand: no scale-in, and scale-out only to the current demand. */
export const rolloutStage: Apply = (draft, { conditions, current, config }) => {
  const reactive = largestNeed(draft.metrics.map(needInRollout), config);
  const detail = { rollout: conditions.rollout === true, current, reactive };
  if (conditions.rollout !== true) return pass(draft, "no rollout in progress", detail);
  const to = draft.replicas > current ? Math.max(current, Math.min(draft.replicas, reactive)) : current;
  const text = `rollout in progress: no scale-in, scale-out up to the reactive need of ${reactive}`;
  return verdict(to, "RolloutInProgress", text, detail);
};

/** What a metric needs in a rollout. Starting pods burn CPU only; metrics from elsewhere keep their whole need. */
function needInRollout({ input: { metric, demand }, draft, state }: MetricDraft) {
  const burst = metric.ofPods && state === "usable";
  return { metric, replicas: burst ? replicasFor(demand, metric.averageValue) : draft.replicas };
}

/** A load that collapses is more often an outage upstream than the end of demand, and a storm of retries follows. So the hold stops scale-in. */
export const dropStage: Apply = (draft, { memory, now, current }) => {
  const until = memory.dropHoldUntil;
  const detail = { until, now, current };
  if (until === null || now >= until) return pass(draft, "no sudden drop", detail);
  const left = Math.round(until - now);
  if (draft.replicas >= current) return pass(draft, `sudden drop: scale-in held for ${left} s more`, detail);
  const text = `demand fell far below the forecast: no scale-in for ${left} s more`;
  return verdict(current, "SuddenDrop", text, detail);
};

/** A change within the tolerance is not worth an action, but never below what is needed now. */
export const toleranceStage: Apply = (draft, { current, config }) => {
  const { replicas, urgent } = draft;
  const rules = replicas > current ? config.behavior.scaleUp : config.behavior.scaleDown;
  const detail = { tolerance: rules.tolerance, current, urgent };
  // 1e-9: 11 / 10 - 1 is 0.10000000000000009 and still within 10 %.
  const within = Math.abs(replicas / current - 1) <= rules.tolerance + 1e-9;
  const to = within ? Math.max(current, Math.min(replicas, urgent)) : replicas;
  if (to === replicas)
    return pass(draft, `change is ${replicas === current ? "none" : "outside the tolerance"}`, detail);
  return verdict(to, "WithinTolerance", `within ${rules.tolerance} of ${current}`, detail);
};

/**
 * The least time between two changes, except where pods are needed now.
 * The run nearest to the end of that time counts: with runs 59 to 61 s apart and a cooldown of 60 s, the next run is not too early.
 */
export const cooldownStage: Apply = (draft, { memory, now, current, config }) => {
  const { replicas, urgent } = draft;
  const up = replicas > current;
  const cooldown = up ? config.scaleUpCooldown : config.scaleDownCooldown;
  const last = memory.changes.reduce((latest, { at }) => Math.max(latest, at), Number.NEGATIVE_INFINITY);
  const left = last + cooldown - config.interval / 2 - now;
  const detail = { left: Number.isFinite(left) ? left : null, current, urgent };
  if (replicas === current || !(left > 0)) return pass(draft, "no cooldown in force", detail);
  if (up && urgent > current) return pass(draft, `${urgent} are needed now`, detail);
  const text = `changed ${Math.round(now - last)} s ago, cooldown ${cooldown} s`;
  return verdict(current, "CooldownActive", text, detail);
};

/** A metric that is missing holds first, and after some time asks for at least `fallback.replicas`, never fewer than the current. */
export const fallbackStage: ApplyToMetric = (draft, { metric }, { memory, now, current, config }) => {
  const { fallback } = config;
  const { missingSince } = memoryOfMetric(memory, metric.name);
  const missing = missingSince === null ? 0 : now - missingSince;
  const since = `metrics missing for ${Math.round(missing)} s`;
  const detail = { missing, after: fallback?.after ?? null, replicas: fallback?.replicas ?? null, current };
  if (fallback === undefined) return pass(draft, `${since}, no fallback configured`, detail);
  if (missing < fallback.after) return pass(draft, `${since}, fallback after ${fallback.after} s`, detail);
  const to = Math.max(current, fallback.replicas);
  const text = `${since}: at least ${fallback.replicas}, never below the current`;
  return verdict(to, "FallbackReplicas", text, detail, { urgent: to });
};
