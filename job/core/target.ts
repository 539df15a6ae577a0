/** The settings of one target as the core sees them: complete, checked, in base units. The config room makes these. */
import type { Days } from "./calendar/days.ts";
import type { ProphetSettings } from "./forecast/prophet/settings.ts";
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
  /** Local days on which a recurring rule does not start. */
  readonly except?: Days;
  readonly minReplicas?: Replicas;
  readonly maxReplicas?: Replicas;
  /** Multiplies the forecast demand, > 0. */
  readonly factor?: number;
}

/** A metric of a target beside its CPU, as autoscaling/v2 has them: a total over the whole workload, in any unit. */
export interface MetricSettings {
  /** Unique among the target's metrics; `cpu` is the CPU's. */
  readonly name: string;
  /** What the metric source is asked for the total. */
  readonly query: string;
  /** How much of it one pod should carry. */
  readonly averageValue: number;
  /** For people, e.g. "requests/s"; absent: none. */
  readonly unit?: string;
  /** As those of the target, for this metric alone; absent: the target's. */
  readonly quantile?: Probability;
  readonly scaleDownQuantile?: Probability;
  /** Up to this much is no demand: with minReplicas 0 nothing needs to run for it. Absent: the metric has no say about 0. */
  readonly activation?: number;
}

/** A metric as the decision takes it: with every setting, its own or the target's. */
export interface Metric extends Required<Pick<MetricSettings, "name" | "averageValue" | "unit">> {
  /** What the metric source is asked; absent: the source's own question for the CPU of the workload's pods. */
  readonly query?: string;
  /** Absent: as much as pays. */
  readonly quantile?: Probability;
  readonly scaleDownQuantile?: Probability;
  readonly activation?: number;
  readonly prophet?: ProphetSettings;
  /**
   * Whether it is the pods' own CPU. Without pods there is none; of running pods it is never exactly 0 and never above
   * their limits; pods that start anew burn more of it than they serve.
   */
  readonly ofPods: boolean;
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
  /** CPU one pod should carry, in cores: the short form of a first metric. Absent: only `metrics` count. */
  readonly targetCpu?: Cores;
  /** Metrics beside the CPU. The largest recommendation wins. */
  readonly metrics: readonly MetricSettings[];
  /** 0 only where a metric has an `activation`. */
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
  /** What Prophet is told, where it takes part: by `method` prophet alone, by auto in its pool. */
  readonly prophet?: ProphetSettings;
  /** With minReplicas 0: without demand or forecast of it for so long, the last pod goes too. */
  readonly idlePeriod: Seconds;
  /** Share of the time in which the demand may be above what the pods carry, tolerance and all; absent: pods are bought while they pay. */
  readonly slo?: number;
  /** Level of the quantile of the maximum that replicas are bought for, whatever `slo` says; absent: the level follows what pays. */
  readonly quantile?: Probability;
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
  /** Without usable data for longer than this the target is blind: it is told, and runs end with 1. */
  readonly blindAfter: Seconds;
}

/** What each actuator sets. */
const SETS = { scale: "replicas", hpa: "minReplicas" } as const satisfies Readonly<
  Record<TargetConfig["actuator"], string>
>;

/** A number of an object, for messages: the replicas of "Deployment/web", or minReplicas of "HorizontalPodAutoscaler/web". */
export interface SetNumber {
  readonly object: string;
  readonly sets: (typeof SETS)[keyof typeof SETS];
}

/** The number that is set for a target. */
export function setNumberOf({
  actuator,
  hpaName,
  scaleTargetRef: { kind, name },
}: Pick<TargetConfig, "actuator" | "hpaName" | "scaleTargetRef">): SetNumber {
  const object = actuator === "hpa" ? `HorizontalPodAutoscaler/${hpaName ?? name}` : `${kind}/${name}`;
  return { object, sets: SETS[actuator] };
}

/** How far back a target's history is read: the longer of `history` and `calibration`, seconds. */
export function readWindow(target: Pick<TargetConfig, "history" | "calibration">): Seconds {
  return Math.max(target.history, target.calibration);
}

/** The name of the metric that `targetCpu` is the short form of. */
export const CPU = "cpu";

/** Whether a metric is the first of its target: what there is once a target, such as the pods' start, is read with it. */
export function isFirstMetric(target: TargetConfig, { name }: Pick<Metric, "name">): boolean {
  return metricsOf(target)[0]?.name === name;
}

/** The metrics of a target, at least one: its CPU first, then the others in their order. */
export function metricsOf(target: TargetConfig): readonly Metric[] {
  const { targetCpu, quantile, scaleDownQuantile = quantile } = target;
  const shared = {
    ...(quantile === undefined ? {} : { quantile }),
    ...(scaleDownQuantile === undefined ? {} : { scaleDownQuantile }),
    ...(target.prophet && { prophet: target.prophet }),
  };
  const asked = target.query === undefined ? {} : { query: target.query };
  const cpu: readonly Metric[] =
    targetCpu === undefined
      ? []
      : [{ name: CPU, unit: "cores", averageValue: targetCpu, ofPods: true, ...shared, ...asked }];
  return [...cpu, ...target.metrics.map((metric) => ({ unit: "", ofPods: false, ...shared, ...metric }))];
}
