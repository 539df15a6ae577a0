/** One sync of the simulated HPA v2, kubernetes 1.36's reconcile as a pure function of spec, memory and what it sees. */
import type { Replicas } from "../../core/units.ts";
import { completeBehavior, type FullBehavior, HPA_SETTINGS } from "./defaults.ts";
import { limitByRules, limitPlain, storeEvent } from "./limits.ts";
import { recommend } from "./recommend.ts";
import { stabilizeBoth, stabilizeDown } from "./stabilize.ts";
import type {
  HpaConditions,
  HpaDecision,
  HpaMemory,
  HpaReason,
  HpaSettings,
  HpaSpec,
  HpaSync,
  Recommendation,
} from "./types.ts";

/** A wish after windows and limits. */
interface Normalized {
  readonly replicas: Replicas;
  readonly reason: HpaReason;
  readonly recommendations: readonly Recommendation[];
  readonly conditions: HpaConditions;
}

/**
 * The replicas an HPA would set now. In order: 0 replicas means scaled off by hand, nothing is done; a count outside
 * [min, max] is corrected at once; else metric -> windows -> rates and bounds. When the metric fails nothing changes
 * and no wish is remembered. `memory` is what the last sync gave back, EMPTY_MEMORY after a restart of the controller.
 */
export function hpaSync(
  spec: HpaSpec,
  memory: HpaMemory,
  sync: HpaSync,
  settings: HpaSettings = HPA_SETTINGS,
): HpaDecision {
  const current = sync.currentReplicas;
  const bounds = { min: spec.minReplicas ?? 1, max: spec.maxReplicas };
  const rules = spec.behavior === undefined ? undefined : completeBehavior(spec.behavior, settings);
  const past: HpaMemory = {
    ...memory,
    recommendations: memory.recommendations.length > 0 ? memory.recommendations : [{ replicas: current, at: sync.now }],
    conditions: { ...memory.conditions, AbleToScale: "SucceededGetScale" },
  };
  if (current === 0) return idle(past, current, "ScalingDisabled");
  if (current > bounds.max) return rescale(past, sync, bounds.max, "TooManyReplicas", rules);
  if (current < bounds.min) return rescale(past, sync, bounds.min, "TooFewReplicas", rules);

  const tolerance = settings.tolerance;
  const tolerances = {
    scaleUp: rules?.scaleUp.tolerance ?? tolerance,
    scaleDown: rules?.scaleDown.tolerance ?? tolerance,
  };
  const wish = recommend(spec, sync, tolerances, settings);
  if (wish === undefined) return idle(past, current, "FailedGetResourceMetric");

  const normalized = normalize(bounds, past, sync, wish, rules, settings);
  const next: HpaMemory = {
    ...past,
    recommendations: normalized.recommendations,
    conditions: { ...normalized.conditions, ScalingActive: "ValidMetricFound" },
  };
  return { ...rescale(next, sync, normalized.replicas, normalized.reason, rules), recommended: wish };
}

/** Windows, then rates and bounds. */
function normalize(
  bounds: { readonly min: Replicas; readonly max: Replicas },
  past: HpaMemory,
  sync: HpaSync,
  wish: Replicas,
  rules: FullBehavior | undefined,
  settings: HpaSettings,
): Normalized {
  const { now, currentReplicas: current } = sync;
  const stable =
    rules === undefined
      ? stabilizeDown(past.recommendations, wish, now, settings)
      : stabilizeBoth(past.recommendations, current, wish, now, rules);
  const limited =
    rules === undefined
      ? limitPlain(current, stable.replicas, bounds.min, bounds.max)
      : limitByRules(current, stable.replicas, bounds, rules, past, now);
  const window = rules !== undefined && wish >= current ? "ScaleUpStabilized" : "ScaleDownStabilized";
  const held = stable.replicas !== wish;
  return {
    replicas: limited.replicas,
    reason: held && limited.reason === "DesiredWithinRange" ? window : limited.reason,
    recommendations: stable.recommendations,
    conditions: { AbleToScale: held ? window : "ReadyForNewScale", ScalingLimited: limited.reason },
  };
}

/** Leaves the replicas alone; ScalingLimited stays as it was. */
function idle(
  memory: HpaMemory,
  replicas: Replicas,
  reason: "ScalingDisabled" | "FailedGetResourceMetric",
): HpaDecision {
  return { replicas, reason, memory: { ...memory, conditions: { ...memory.conditions, ScalingActive: reason } } };
}

/** Sets the replicas if they differ; the move is remembered only where policies could ask for it. */
function rescale(
  memory: HpaMemory,
  sync: HpaSync,
  replicas: Replicas,
  reason: HpaReason,
  rules: FullBehavior | undefined,
): HpaDecision {
  const change = replicas - sync.currentReplicas;
  if (change === 0) return { replicas, reason, memory };
  const moved: HpaMemory = { ...memory, conditions: { ...memory.conditions, AbleToScale: "SucceededRescale" } };
  if (rules === undefined) return { replicas, reason, memory: moved };
  const next =
    change > 0
      ? { ...moved, scaleUpEvents: storeEvent(memory.scaleUpEvents, change, rules.scaleUp, sync.now) }
      : { ...moved, scaleDownEvents: storeEvent(memory.scaleDownEvents, -change, rules.scaleDown, sync.now) };
  return { replicas, reason, memory: next };
}
