/** One sync of the simulated HPA v2: Kubernetes 1.36's reconcile as a pure function of spec, memory and observations. */
import type { Recommendation } from "../../core/state/types.ts";
import type { Replicas } from "../../core/units.ts";
import { completeBehavior, type FullBehavior, HPA_SETTINGS } from "./defaults.ts";
import { limitByRules, limitPlain, storeEvent } from "./limits.ts";
import { hasValueMetric, recommend } from "./metrics.ts";
import { stabilizeBoth, stabilizeDown } from "./stabilize.ts";
import type {
  HpaConditions,
  HpaDecision,
  HpaMemory,
  HpaReason,
  HpaSettings,
  HpaSpec,
  HpaSync,
  InvalidReason,
} from "./types.ts";

/** What stays the same during a sync. */
interface Context {
  readonly spec: HpaSpec;
  readonly sync: HpaSync;
  readonly settings: HpaSettings;
  readonly bounds: { readonly min: Replicas; readonly max: Replicas };
  readonly rules: FullBehavior | undefined;
}

/** A recommendation after windows and limits. */
interface Normalized {
  readonly replicas: Replicas;
  readonly reason: HpaReason;
  readonly recommendations: readonly Recommendation[];
  readonly conditions: HpaConditions;
}

/**
 * The replicas that an HPA would set now, in this order:
 * - 0 replicas mean that somebody scaled to zero by hand: nothing is done. With the gate HPAScaleToZero the HPA itself may have done it, and
 *   the metrics decide.
 * - A count outside [min, max] is corrected at once.
 * - Else metrics, then windows, then rates and bounds. When the metrics fail nothing changes, and no recommendation is remembered.
 * `memory` is what the last sync returned, or EMPTY_MEMORY after a restart of the controller.
 */
export function hpaSync(
  spec: HpaSpec,
  memory: HpaMemory,
  sync: HpaSync,
  settings: HpaSettings = HPA_SETTINGS,
): HpaDecision {
  const current = sync.currentReplicas;
  const context: Context = {
    spec,
    sync,
    settings,
    bounds: { min: spec.minReplicas ?? 1, max: spec.maxReplicas },
    rules: spec.behavior === undefined ? undefined : completeBehavior(spec.behavior, settings),
  };
  const past: HpaMemory = {
    ...memory,
    recommendations: memory.recommendations.length > 0 ? memory.recommendations : [{ replicas: current, at: sync.now }],
    conditions: { ...memory.conditions, AbleToScale: "SucceededGetScale" },
  };
  const { min, max } = context.bounds;
  if (current === 0)
    return comesBack(context, past) ? byMetrics(context, past) : idle(past, current, "ScalingDisabled");
  if (current > max) return rescale(context, past, max, "TooManyReplicas");
  if (current < min) return rescale(context, past, min, "TooFewReplicas");
  return byMetrics(context, past);
}

/** Whether the HPA itself scaled to 0 and can end that: by a metric, or since the minimum rose. */
function comesBack({ spec, settings, bounds }: Context, past: HpaMemory): boolean {
  const own = settings.scaleToZero && past.conditions.ScaledToZero === "ScaledToZero";
  return own && (bounds.min !== 0 || hasValueMetric(spec));
}

function byMetrics(context: Context, past: HpaMemory): HpaDecision {
  const { spec, sync, settings, rules, bounds } = context;
  const tolerances = {
    scaleUp: rules?.scaleUp.tolerance ?? settings.tolerance,
    scaleDown: rules?.scaleDown.tolerance ?? settings.tolerance,
  };
  const asked = recommend(spec, sync, tolerances, settings);
  const { proposals } = asked;
  if ("invalid" in asked) return { ...idle(past, sync.currentReplicas, asked.invalid), proposals };

  const normalized = normalize(context, past, asked.replicas);
  const next: HpaMemory = {
    ...past,
    recommendations: normalized.recommendations,
    conditions: { ...past.conditions, ...normalized.conditions, ScalingActive: "ValidMetricFound" },
  };
  // only from 0: straight to the minimum, which the rates alone would reach in steps
  const lifted = normalized.replicas < bounds.min;
  const replicas = lifted ? bounds.min : normalized.replicas;
  const decision = rescale(context, next, replicas, lifted ? "TooFewReplicas" : normalized.reason);
  return { ...decision, recommended: asked.replicas, metric: asked.metric, proposals };
}

/** Windows, then rates and bounds. */
function normalize({ sync, settings, bounds, rules }: Context, past: HpaMemory, desired: Replicas): Normalized {
  const { now, currentReplicas: current } = sync;
  const stable =
    rules === undefined
      ? stabilizeDown(past.recommendations, desired, now, settings)
      : stabilizeBoth(past.recommendations, current, desired, now, rules);
  const limited =
    rules === undefined
      ? limitPlain(current, stable.replicas, bounds.min, bounds.max)
      : limitByRules(current, stable.replicas, bounds, rules, past, now);
  const window = rules !== undefined && desired >= current ? "ScaleUpStabilized" : "ScaleDownStabilized";
  const held = stable.replicas !== desired;
  return {
    replicas: limited.replicas,
    reason: held && limited.reason === "DesiredWithinRange" ? window : limited.reason,
    recommendations: stable.recommendations,
    conditions: { AbleToScale: held ? window : "ReadyForNewScale", ScalingLimited: limited.reason },
  };
}

/** Leaves the replicas alone; ScalingLimited stays as it was. */
function idle(memory: HpaMemory, replicas: Replicas, reason: "ScalingDisabled" | InvalidReason): HpaDecision {
  return { replicas, reason, memory: { ...memory, conditions: { ...memory.conditions, ScalingActive: reason } } };
}

/** Sets the replicas where they differ. The move is remembered only where rate policies need it. */
function rescale(context: Context, memory: HpaMemory, replicas: Replicas, reason: HpaReason): HpaDecision {
  const { sync, rules } = context;
  const change = replicas - sync.currentReplicas;
  if (change === 0) return { replicas, reason, memory };
  const conditions: HpaConditions = {
    ...memory.conditions,
    AbleToScale: "SucceededRescale",
    ...(context.settings.scaleToZero ? { ScaledToZero: scaledToZero(context, replicas) } : {}),
  };
  const moved: HpaMemory = { ...memory, conditions };
  if (rules === undefined) return { replicas, reason, memory: moved };
  const next =
    change > 0
      ? { ...moved, scaleUpEvents: storeEvent(memory.scaleUpEvents, change, rules.scaleUp, sync.now) }
      : { ...moved, scaleDownEvents: storeEvent(memory.scaleDownEvents, -change, rules.scaleDown, sync.now) };
  return { replicas, reason, memory: next };
}

function scaledToZero({ spec }: Context, replicas: Replicas): "ScaledToZero" | "NotScaledToZero" {
  return replicas === 0 && hasValueMetric(spec) ? "ScaledToZero" : "NotScaledToZero";
}
