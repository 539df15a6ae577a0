/** Combines several metrics to one number of replicas: the largest wins, a missing one forbids scale-in, and 0 needs all to agree. */
import type { Metric, TargetConfig } from "../target.ts";
import type { Replicas } from "../units.ts";
import { type Apply, type MetricDraft, pass, verdict } from "./stage.ts";

/** What one metric asks for. */
export interface Need {
  readonly metric: Metric;
  readonly replicas: Replicas;
}

/** Whether the target may have no pods: then one of its metrics must show when it needs one again. */
export function mayBeZero({ minReplicas, metrics }: Pick<TargetConfig, "minReplicas" | "metrics">): boolean {
  return minReplicas === 0 && metrics.some(({ activation }) => activation !== undefined);
}

/**
 * The largest need of all metrics, as in HPA.
 * Where the target may have no pods, metrics with an activation decide about 0. While one of them is active there is at least one pod.
 * Without any the last pod is removed where no other metric needs two: an idle pod uses a little CPU too.
 */
export function largestNeed(needs: readonly Need[], config: Pick<TargetConfig, "minReplicas" | "metrics">): Replicas {
  const largest = needs.reduce((most, { replicas }) => Math.max(most, replicas), 0);
  if (!mayBeZero(config)) return largest;
  const active = needs.some(({ metric, replicas }) => metric.activation !== undefined && replicas > 0);
  return active ? Math.max(largest, 1) : largest <= 1 ? 0 : largest;
}

/** One entry per decision, with the reason of the metric that won. A single metric needs none. */
export const metricsStage: Apply = (draft, { current, config }) => {
  const { metrics } = draft;
  if (metrics.length === 1) return null;
  const to = largestNeed(metrics.map(needOf), config);
  const text = metrics.map((made) => `${made.input.metric.name} ${made.draft.replicas}`).join(", ");
  const detail = Object.fromEntries(metrics.map((made) => [made.input.metric.name, made.draft.replicas]));
  const missing = metrics.filter(({ state }) => state === "missing");
  const seen = metrics.filter(({ state }) => state !== "missing");
  if (to === current && seen.length > 0 && largestNeed(seen.map(needOf), config) < current) {
    const names = missing.map(({ input }) => `${input.metric.name} (${input.quality.message})`).join(", ");
    return verdict(to, "MetricMissing", `no scale-in without ${names}; ${text}`, detail);
  }
  if (to === 0 && current > 0) return verdict(0, "Inactive", `no metric asks for a pod; ${text}`, detail);
  const winners = (to > current ? metrics : seen).filter((made) => made.draft.replicas === to);
  // one that asks for what there is by itself needs no reason
  const winner = winners.find(({ why }) => why === null) ?? winners[0];
  if (winner === undefined || winner.why === null) return pass(draft, text, detail);
  const { reason, message } = winner.why;
  return verdict(to, reason, `${winner.input.metric.name}: ${message}; ${text}`, detail);
};

function needOf({ input, draft }: MetricDraft): Need {
  return { metric: input.metric, replicas: draft.replicas };
}
