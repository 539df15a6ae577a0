/** Combines several metrics to one recommendation: the largest wins, and a missing metric forbids scaling down. */
import type { Replicas } from "../../core/units.ts";
import { recommendByPods, type Tolerances } from "./recommend.ts";
import type { HpaMetric, HpaProposal, HpaSettings, HpaSpec, HpaSync, InvalidReason } from "./types.ts";
import { recommendByValue } from "./value-metric.ts";

/** What the metrics ask for together. */
export type Recommended = { readonly proposals: readonly HpaProposal[] } & (
  | { readonly replicas: Replicas; readonly metric: string }
  | { readonly invalid: InvalidReason }
);

/** The API server's default for an HPA without metrics. */
const DEFAULT_METRICS: readonly HpaMetric[] = [{ type: "Resource", name: "cpu", target: { averageUtilization: 80 } }];

/** The metrics of a spec, the short form written out. */
export function hpaMetricsOf(spec: HpaSpec): readonly HpaMetric[] {
  if (spec.target !== undefined) return [{ type: "Resource", name: "cpu", target: spec.target }];
  return spec.metrics.length > 0 ? spec.metrics : DEFAULT_METRICS;
}

/** Whether one of the metrics can be read without pods: only then can a workload come back from 0. */
export function hasValueMetric(spec: HpaSpec): boolean {
  return hpaMetricsOf(spec).some((metric) => metric.type === "Object" || metric.type === "External");
}

/**
 * The largest recommendation of all metrics.
 * The first invalid metric gives the reason where all are invalid, or where some are and the others would scale down: the missing one might
 * have asked for more.
 */
export function recommend(spec: HpaSpec, sync: HpaSync, tolerances: Tolerances, settings: HpaSettings): Recommended {
  const proposals = hpaMetricsOf(spec).map((metric) => propose(metric, spec, sync, tolerances, settings));
  let largest: { readonly name: string; readonly replicas: Replicas } | undefined;
  let invalid: InvalidReason | undefined;
  for (const proposal of proposals) {
    if ("invalid" in proposal) invalid ??= proposal.invalid;
    // the controller takes a 0 for nothing found yet, so that any later proposal replaces it
    else if (!largest || largest.replicas === 0 || proposal.replicas > largest.replicas) largest = proposal;
  }
  if (invalid !== undefined && (largest === undefined || largest.replicas < sync.currentReplicas)) {
    return { proposals, invalid };
  }
  // a proposal is one of the two, and there is one at least
  const { name, replicas } = largest!;
  return { proposals, replicas: Math.max(0, replicas), metric: name };
}

function propose(
  metric: HpaMetric,
  spec: HpaSpec,
  sync: HpaSync,
  tolerances: Tolerances,
  settings: HpaSettings,
): HpaProposal {
  const replicas =
    metric.type === "Resource" || metric.type === "Pods"
      ? recommendByPods(metric, spec, sync, tolerances, settings)
      : recommendByValue(metric, sync, tolerances);
  const { name } = metric;
  return replicas === undefined ? { name, invalid: `FailedGet${metric.type}Metric` } : { name, replicas };
}
