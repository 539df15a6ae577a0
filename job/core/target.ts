/** The settings of one target as the core sees them: complete, checked, in base units. The config room makes these. */
import type { Method } from "./forecast/types.ts";
import type { Cores, Probability, Replicas, Seconds } from "./units.ts";

/** Kubernetes' reference to the object whose /scale is set. */
export interface ScaleTargetRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Plural in the API's paths, where it is not the kind's regular one. */
  readonly resource?: string;
}

/** One rate policy of autoscaling/v2. */
export interface ScalingPolicy {
  readonly type: "Pods" | "Percent";
  readonly value: number;
  readonly periodSeconds: Seconds;
}

/** One direction of autoscaling/v2's behavior; `tolerance` as in KEP-4951. */
export interface ScalingRules {
  readonly stabilizationWindowSeconds: Seconds;
  readonly selectPolicy: "Max" | "Min" | "Disabled";
  readonly policies: readonly ScalingPolicy[];
  readonly tolerance: number;
}

/** Both directions. */
export interface Behavior {
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
}

/** A floor, ceiling or factor that holds in an interval of local time. */
export interface ScheduleRule {
  readonly name: string;
  /** IANA zone, e.g. Europe/Berlin. */
  readonly timeZone: string;
  /** Recurring: days 0 (Sunday) .. 6 and local times "HH:MM"; `to` earlier than `from` runs past midnight. */
  readonly recurring?: { readonly days: readonly number[]; readonly from: string; readonly to: string };
  /** One-off: local wall times "YYYY-MM-DDTHH:MM". */
  readonly once?: { readonly from: string; readonly to: string };
  /** Local dates "YYYY-MM-DD" on which a recurring rule does not start. */
  readonly except?: readonly string[];
  readonly minReplicas?: Replicas;
  readonly maxReplicas?: Replicas;
  /** Multiplies the forecast demand, > 0. */
  readonly factor?: number;
}

export type Mode = "Active" | "ForecastOnly" | "Off";

/** All settings of one target. */
export interface TargetConfig {
  readonly name: string;
  readonly namespace: string;
  readonly scaleTargetRef: ScaleTargetRef;
  readonly mode: Mode;
  /** `scale`: patch the target's /scale; `hpa`: set minReplicas of the existing HPA `hpaName`. */
  readonly actuator: "scale" | "hpa";
  readonly hpaName?: string;
  /** A query of its own, in the metric source's language; absent: the source's. */
  readonly query?: string;
  /** CPU one pod should carry, in cores. */
  readonly targetCpu: Cores;
  readonly minReplicas: Replicas;
  readonly maxReplicas: Replicas;
  /** CPU limit of one pod in cores, when known: a total above replicas x limit x 1.1 is refused as absurd. */
  readonly podCpuLimit?: Cores;
  /** The recent past: what the verdict on the data is about. */
  readonly history: Seconds;
  /** Errors of this much past calibrate the quantiles; what is read is the longer of the two. */
  readonly calibration: Seconds;
  readonly step: Seconds;
  readonly method: Method;
  /** Level of the quantile of the maximum that replicas are bought for. */
  readonly quantile: Probability;
  /** Scale-in goes no lower than this quantile, >= `quantile`; absent: the same. The band between the two costs little and stops flapping at a rounding edge. */
  readonly scaleDownQuantile?: Probability;
  /** Follow the slope of a rise that is beyond anything the window has seen; absent: yes. */
  readonly followSurge?: boolean;
  /** Horizon of the point forecast. */
  readonly horizon: Seconds;
  /** Seconds until the next decision takes effect: the tick interval. */
  readonly interval: Seconds;
  /** How far the newest sample trails the load. */
  readonly metricLag: Seconds;
  /** Configured pod start; a measured one (conditions.podStart) goes before it. */
  readonly podStart: Seconds;
  /** Forecasts whose in-window skill (relative MAE) is above this are not trusted. */
  readonly trustThreshold: number;
  readonly behavior: Behavior;
  /** Least time between a change and a later scale-out that neither the current demand nor a surge asks for. */
  readonly scaleUpCooldown: Seconds;
  /** Least time between a change and a later scale-in. */
  readonly scaleDownCooldown: Seconds;
  /** A demand this share below the forecast of the last run counts as a sudden drop (0.5 = half). */
  readonly suddenDropRatio: number;
  /** After a sudden drop no scale-in for this long; 0 turns it off. */
  readonly suddenDropHold: Seconds;
  readonly schedule: readonly ScheduleRule[];
  /** Oldest newest-sample age still called fresh. */
  readonly maxAge: Seconds;
  /** Least coverage of the window at which scale-in is allowed, 0..1. */
  readonly minCoverage: number;
  /** When metrics are missing longer than `after`: at least `replicas`, never below the current. */
  readonly fallback?: { readonly after: Seconds; readonly replicas: Replicas };
}

/** How far back a target's history is read: the longer of `history` and `calibration`, seconds. */
export function readWindow(target: Pick<TargetConfig, "history" | "calibration">): Seconds {
  return Math.max(target.history, target.calibration);
}
