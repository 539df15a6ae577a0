/** Input and output of the simulated HPA v2, with autoscaling/v2's names where it has one. */
import type { Recommendation } from "../../core/state/types.ts";
import type { ScalingPolicy } from "../../core/target.ts";
import type { EpochSeconds, Replicas, Seconds } from "../../core/units.ts";

/** Thousandths of the metric's unit, a whole number, in which the controller computes: 50m of CPU is 50, 3 requests a second are 3000. */
export type Milli = number;

/** One direction of `behavior` as a user writes it. Omitted fields take the API server's default. */
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

/** The target of a resource: a percentage of the pods' requests, or an amount per pod. */
export type HpaMetricTarget = { readonly averageUtilization: number } | { readonly averageValue: Milli };

/** A metric with a sample of each pod. Only `cpu` waits for a pod to be ready. */
export type HpaPodMetric =
  | { readonly type: "Resource"; readonly name: "cpu" | "memory"; readonly target: HpaMetricTarget }
  | { readonly type: "Pods"; readonly name: string; readonly target: { readonly averageValue: Milli } };

/** A metric with one number for the whole, such as the length of a queue. */
export interface HpaValueMetric {
  readonly type: "Object" | "External";
  readonly name: string;
  /** The number itself, or an amount per pod. */
  readonly target: { readonly value: Milli } | { readonly averageValue: Milli };
}

/** One entry of `spec.metrics`. A sync's values are found by its name, so no two entries share one. */
export type HpaMetric = HpaPodMetric | HpaValueMetric;

interface HpaLimits {
  /** Default 1. With 0, HpaSettings.scaleToZero is needed to scale up from 0 again. */
  readonly minReplicas?: Replicas;
  readonly maxReplicas: Replicas;
  /** CPU request of a pod that has none of its own; needed for averageUtilization. */
  readonly requestMilli?: Milli;
  /** Memory request of a pod that has none of its own, in thousandths of a byte. */
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

/** A pod of the target, as a sync observes it. */
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
  /** Samples of other metrics of type Resource (memory) and Pods, by metric name; one that is absent is missing. */
  readonly values?: Readonly<Record<string, Milli>>;
}

/** What a sync observes. */
export interface HpaSync {
  readonly now: EpochSeconds;
  /** spec.replicas of the scale. */
  readonly currentReplicas: Replicas;
  /** status.replicas of the scale, which AverageValue of one number divides by; default: currentReplicas. */
  readonly statusReplicas?: Replicas;
  readonly pods: readonly HpaPod[];
  /** CPU samples of pods that are no longer in the pod list. */
  readonly orphanMilli?: readonly Milli[];
  /** The same for other metrics, by metric name. */
  readonly orphanValues?: Readonly<Record<string, readonly Milli[]>>;
  /** Object and External metrics by name: the number, or those of several series; one that is absent is missing. */
  readonly values?: Readonly<Record<string, readonly Milli[]>>;
  /** The API of resource metrics (CPU, memory) did not answer. */
  readonly metricsFailed?: boolean;
}

/** A past change of the replicas by the controller. */
export interface ScaleEvent {
  /** Pods added or removed, > 0. */
  readonly change: Replicas;
  readonly at: EpochSeconds;
  /** It was older than every policy's period when the last event was stored: its place is free. */
  readonly outdated: boolean;
}

/** Why a metric gave no recommendation, by its type. */
export type InvalidReason = `FailedGet${HpaMetric["type"]}Metric`;

/** The reasons of the HPA's conditions. Their statuses follow: AbleToScale True, ScalingLimited True unless within range. */
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

/** The limit that changed the recommendation. */
export type LimitReason =
  | "DesiredWithinRange"
  | "TooFewReplicas"
  | "TooManyReplicas"
  | "ScaleUpLimit"
  | "ScaleDownLimit";

/** What the controller remembers between two syncs. A restart loses all but the conditions, which are in the HPA's status. */
export interface HpaMemory {
  readonly recommendations: readonly Recommendation[];
  readonly scaleUpEvents: readonly ScaleEvent[];
  readonly scaleDownEvents: readonly ScaleEvent[];
  readonly conditions: HpaConditions;
}

/** What decided: the limit that changed the recommendation, else the window that did, else none. */
export type HpaReason = LimitReason | "ScaleUpStabilized" | "ScaleDownStabilized" | "ScalingDisabled" | InvalidReason;

/** What one metric asked for (below 0 where its value is), or why it asked for nothing. */
export type HpaProposal =
  | { readonly name: string; readonly replicas: Replicas }
  | { readonly name: string; readonly invalid: InvalidReason };

/** The outcome of one sync. */
export interface HpaDecision {
  readonly replicas: Replicas;
  readonly reason: HpaReason;
  /** What the metrics together asked for; absent where they were not read, or the answer may not be used. */
  readonly recommended?: Replicas;
  /** The metric that asked for the most, where `recommended` is present; the first of equals. */
  readonly metric?: string;
  /** What each metric asked for, in the order of the spec; absent where they were not read. */
  readonly proposals?: readonly HpaProposal[];
  readonly memory: HpaMemory;
}
