/** What the simulated HPA v2 is given and gives back; the names are autoscaling/v2's where it has one. */
import type { ScalingPolicy } from "../../core/target.ts";
import type { EpochSeconds, Replicas, Seconds } from "../../core/units.ts";

/** CPU in thousandths of a core, a whole number: the unit in which the controller computes. */
export type MilliCores = number;

/** One direction of `behavior` as a user writes it: what is left out takes the API server's default. */
export interface HpaScalingRules {
  /** 0..3600. Default: up 0, down the controller's 300. */
  readonly stabilizationWindowSeconds?: Seconds;
  /** Default Max: the policy that allows the most change. */
  readonly selectPolicy?: "Max" | "Min" | "Disabled";
  /** Default: up the larger of 4 pods and 100 % in 15 s, down 100 % in 15 s. */
  readonly policies?: readonly ScalingPolicy[];
  /** Share of the target that counts as on target, 0.1 = 10 %. Default: the controller's 0.1. */
  readonly tolerance?: number;
}

/** `spec.behavior`; present but empty is not the same as absent (HpaSpec.behavior). */
export interface HpaBehavior {
  readonly scaleUp?: HpaScalingRules;
  readonly scaleDown?: HpaScalingRules;
}

/** The target of the one CPU metric: percent of the pods' requests, or milli-cores a pod. */
export type HpaMetricTarget = { readonly averageUtilization: number } | { readonly averageValue: MilliCores };

/** The parts of an HPA's spec that decide. */
export interface HpaSpec {
  /** Default 1. */
  readonly minReplicas?: Replicas;
  readonly maxReplicas: Replicas;
  readonly target: HpaMetricTarget;
  /** CPU request of a pod that names none of its own; needed for averageUtilization. */
  readonly requestMilli?: MilliCores;
  /** Absent: the older path, a 300 s window of maxima and at most max(2 x current, 4) replicas a sync. */
  readonly behavior?: HpaBehavior;
}

/** The controller's command-line settings, HPA_SETTINGS by default. */
export interface HpaSettings {
  /** --horizontal-pod-autoscaler-tolerance */
  readonly tolerance: number;
  /** --horizontal-pod-autoscaler-downscale-stabilization */
  readonly downscaleStabilization: Seconds;
  /** --horizontal-pod-autoscaler-cpu-initialization-period */
  readonly cpuInitializationPeriod: Seconds;
  /** --horizontal-pod-autoscaler-initial-readiness-delay */
  readonly initialReadinessDelay: Seconds;
}

/** A pod of the target as a sync sees it. */
export interface HpaPod {
  /** Default Running. */
  readonly phase?: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
  /** A deletionTimestamp is set. */
  readonly deleting?: boolean;
  /** status.startTime; absent before the kubelet has accepted the pod. */
  readonly startTime?: EpochSeconds;
  /** Status of the Ready condition; absent when the pod has none. */
  readonly ready?: "True" | "False" | "Unknown";
  /** When `ready` last changed. */
  readonly lastTransitionTime?: EpochSeconds;
  readonly requestMilli?: MilliCores;
  /** The sample of the metrics API; absent when it has none. */
  readonly usage?: {
    readonly milli: MilliCores;
    /** Stamp of the sample (its end). */
    readonly timestamp: EpochSeconds;
    /** Seconds the sample covers. */
    readonly window: Seconds;
  };
}

/** What a sync sees of the world. */
export interface HpaSync {
  readonly now: EpochSeconds;
  /** spec.replicas of the scale. */
  readonly currentReplicas: Replicas;
  readonly pods: readonly HpaPod[];
  /** Samples of pods that are gone from the pod list already. */
  readonly orphanMilli?: readonly MilliCores[];
  /** The metrics API did not answer. */
  readonly metricsFailed?: boolean;
}

/** An unstabilised wish of a past sync. */
export interface Recommendation {
  readonly replicas: Replicas;
  readonly at: EpochSeconds;
}

/** A past change of the replicas by the controller. */
export interface ScaleEvent {
  /** Pods added or removed, > 0. */
  readonly change: Replicas;
  readonly at: EpochSeconds;
  /** Older than every policy's period when the last event was stored: its place is free. */
  readonly outdated: boolean;
}

/** Reasons of the three conditions; their statuses follow (AbleToScale True, ScalingLimited True unless within range). */
export interface HpaConditions {
  readonly AbleToScale?:
    | "SucceededGetScale"
    | "ReadyForNewScale"
    | "ScaleUpStabilized"
    | "ScaleDownStabilized"
    | "SucceededRescale";
  readonly ScalingActive?: "ValidMetricFound" | "FailedGetResourceMetric" | "ScalingDisabled";
  readonly ScalingLimited?: LimitReason;
}

/** Which bound held the wish. */
export type LimitReason =
  | "DesiredWithinRange"
  | "TooFewReplicas"
  | "TooManyReplicas"
  | "ScaleUpLimit"
  | "ScaleDownLimit";

/** All that the controller remembers between two syncs; lost when it restarts (EMPTY_MEMORY). */
export interface HpaMemory {
  readonly recommendations: readonly Recommendation[];
  readonly scaleUpEvents: readonly ScaleEvent[];
  readonly scaleDownEvents: readonly ScaleEvent[];
  readonly conditions: HpaConditions;
}

/** What decided: the bound that held the wish, else the window that did, else none. */
export type HpaReason =
  | LimitReason
  | "ScaleUpStabilized"
  | "ScaleDownStabilized"
  | "ScalingDisabled"
  | "FailedGetResourceMetric";

/** The outcome of one sync. */
export interface HpaDecision {
  readonly replicas: Replicas;
  readonly reason: HpaReason;
  /** What the metrics alone asked for; absent when they were not asked or gave nothing. */
  readonly recommended?: Replicas;
  readonly memory: HpaMemory;
}
