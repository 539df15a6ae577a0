/** What the simulated HPA v2 is given and gives back; the names are autoscaling/v2's where it has one. */
import type { ScalingPolicy } from "../../core/target.ts";
import type { EpochSeconds, Replicas, Seconds } from "../../core/units.ts";

/** Thousandths of the metric's own unit, a whole number: what the controller computes in (50m of CPU is 50, 3 requests a second are 3000). */
export type Milli = number;

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

/** The target of a resource: percent of the pods' requests, or an amount a pod. */
export type HpaMetricTarget = { readonly averageUtilization: number } | { readonly averageValue: Milli };

/** A metric that each pod has a sample of. Only `cpu` waits for a pod to be ready. */
export type HpaPodMetric =
  | { readonly type: "Resource"; readonly name: "cpu" | "memory"; readonly target: HpaMetricTarget }
  | { readonly type: "Pods"; readonly name: string; readonly target: { readonly averageValue: Milli } };

/** A metric of one number that describes the whole: a queue, an ingress. */
export interface HpaValueMetric {
  readonly type: "Object" | "External";
  readonly name: string;
  /** The number as it is, or an amount a pod. */
  readonly target: { readonly value: Milli } | { readonly averageValue: Milli };
}

/** One entry of `spec.metrics`. By its name is found what a sync sees of it: no two entries of a list share one. */
export type HpaMetric = HpaPodMetric | HpaValueMetric;

interface HpaLimits {
  /** Default 1. 0 needs HpaSettings.scaleToZero to come back from 0. */
  readonly minReplicas?: Replicas;
  readonly maxReplicas: Replicas;
  /** CPU request of a pod that names none of its own; needed for averageUtilization. */
  readonly requestMilli?: Milli;
  /** Memory request of a pod that names none of its own, in thousandths of a byte. */
  readonly memoryRequestMilli?: Milli;
  /** Absent: the older path, a 300 s window of maxima and at most max(2 x current, 4) replicas a sync. */
  readonly behavior?: HpaBehavior;
}

/** The parts of an HPA's spec that decide; `target` is the short form of one CPU metric. */
export type HpaSpec = HpaLimits &
  (
    | { readonly target: HpaMetricTarget; readonly metrics?: never }
    | { readonly metrics: readonly HpaMetric[]; readonly target?: never }
  );

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
  /** The feature gate HPAScaleToZero (alpha, off): a workload that the HPA itself took to 0 comes back from there. */
  readonly scaleToZero: boolean;
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
  readonly requestMilli?: Milli;
  readonly memoryRequestMilli?: Milli;
  /** The CPU sample of the metrics API; absent when it has none. */
  readonly usage?: {
    readonly milli: Milli;
    /** Stamp of the sample (its end). */
    readonly timestamp: EpochSeconds;
    /** Seconds the sample covers. */
    readonly window: Seconds;
  };
  /** Samples of the other metrics of type Resource (memory) and Pods by the metric's name; one left out is missing. */
  readonly values?: Readonly<Record<string, Milli>>;
}

/** What a sync sees of the world. */
export interface HpaSync {
  readonly now: EpochSeconds;
  /** spec.replicas of the scale. */
  readonly currentReplicas: Replicas;
  /** status.replicas of the scale, which AverageValue of one number divides by; default: currentReplicas. */
  readonly statusReplicas?: Replicas;
  readonly pods: readonly HpaPod[];
  /** CPU samples of pods that are gone from the pod list already. */
  readonly orphanMilli?: readonly Milli[];
  /** The like of other metrics, by the metric's name. */
  readonly orphanValues?: Readonly<Record<string, readonly Milli[]>>;
  /** Object and External metrics by name: the number, or the numbers of several series; one left out is missing. */
  readonly values?: Readonly<Record<string, readonly Milli[]>>;
  /** The API of resource metrics (CPU, memory) did not answer. */
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

/** Why a metric gave no recommendation, by its type. */
export type InvalidReason = `FailedGet${HpaMetric["type"]}Metric`;

/** Reasons of the conditions; their statuses follow (AbleToScale True, ScalingLimited True unless within range). */
export interface HpaConditions {
  readonly AbleToScale?:
    | "SucceededGetScale"
    | "ReadyForNewScale"
    | "ScaleUpStabilized"
    | "ScaleDownStabilized"
    | "SucceededRescale";
  readonly ScalingActive?: "ValidMetricFound" | "ScalingDisabled" | InvalidReason;
  readonly ScalingLimited?: LimitReason;
  /** Only with HpaSettings.scaleToZero, from the first change of the replicas on. */
  readonly ScaledToZero?: "ScaledToZero" | "NotScaledToZero";
}

/** Which bound held the wish. */
export type LimitReason =
  | "DesiredWithinRange"
  | "TooFewReplicas"
  | "TooManyReplicas"
  | "ScaleUpLimit"
  | "ScaleDownLimit";

/** What the controller remembers between two syncs. Its restart loses all but the conditions, which the HPA's status holds. */
export interface HpaMemory {
  readonly recommendations: readonly Recommendation[];
  readonly scaleUpEvents: readonly ScaleEvent[];
  readonly scaleDownEvents: readonly ScaleEvent[];
  readonly conditions: HpaConditions;
}

/** What decided: the bound that held the wish, else the window that did, else none. */
export type HpaReason = LimitReason | "ScaleUpStabilized" | "ScaleDownStabilized" | "ScalingDisabled" | InvalidReason;

/** What one metric asked for (below 0 where the metric is), or why it asked for nothing. */
export type HpaProposal =
  | { readonly name: string; readonly replicas: Replicas }
  | { readonly name: string; readonly invalid: InvalidReason };

/** The outcome of one sync. */
export interface HpaDecision {
  readonly replicas: Replicas;
  readonly reason: HpaReason;
  /** What the metrics together asked for; absent when they were not asked or the answer may not be used. */
  readonly recommended?: Replicas;
  /** The metric that asked for the most, where `recommended` is given; the first of several that ask for the same. */
  readonly metric?: string;
  /** What each metric asked for, in the order of the spec; absent when they were not asked. */
  readonly proposals?: readonly HpaProposal[];
  readonly memory: HpaMemory;
}
