/** The settings of one target as the core sees them: complete, checked and in base units. job/config makes them. */
import type { Days } from "./calendar/days.ts";
import type { ProphetSettings } from "./forecast/prophet/settings.ts";
import type { ForecastMethod } from "./forecast/types.ts";
import type { Cores, Probability, Replicas, Seconds } from "./units.ts";

/** Kubernetes' reference to the object whose /scale is set. */
export interface ScaleTargetRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** The kind's plural in API paths; absent where it is the regular one. */
  readonly resource?: string;
}

/** One rate policy of autoscaling/v2. */
export interface ScalingPolicy {
  readonly type: "Pods" | "Percent";
  readonly value: number;
  readonly periodSeconds: Seconds;
}

/** The rules of one direction, up or down, of autoscaling/v2's behavior; `tolerance` as in KEP-4951. */
export interface ScalingRules {
  readonly stabilizationWindowSeconds: Seconds;
  readonly selectPolicy: "Max" | "Min" | "Disabled";
  readonly policies: readonly ScalingPolicy[];
  readonly tolerance: number;
}

/** The rules of both directions. */
export interface Behavior {
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
}

/** A schedule rule: a floor, a ceiling or a factor that holds in an interval of local time. */
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
  /** Multiplies the forecast demand; above 0. */
  readonly factor?: number;
}

/** A metric of a target beside its CPU, as autoscaling/v2 has them: a total over the whole workload, in any unit. */
export interface MetricSettings {
  /** Unique among the target's metrics; `cpu` is the CPU's. */
  readonly name: string;
  /** The query whose answer is the total, in the metric source's language. */
  readonly query: string;
  /** How much of the metric one pod should carry, in the metric's unit. */
  readonly averageValue: number;
  /** The unit's name in texts, such as "requests/s"; absent: none. */
  readonly unit?: string;
  /** These replace the target's own for this metric; absent: the target's. */
  readonly quantile?: Probability;
  readonly scaleDownQuantile?: Probability;
  /** Amounts up to this are no demand: with minReplicas 0 no pod runs for them. Absent: the metric does not decide about 0. */
  readonly activation?: number;
}

/** A metric with every setting filled in: its own, or else the target's. */
export interface Metric extends Required<Pick<MetricSettings, "name" | "averageValue" | "unit">> {
  /** The query; absent: the source's own query for the CPU of the workload's pods. */
  readonly query?: string;
  /** Absent: the level follows from what a pod costs and is worth. */
  readonly quantile?: Probability;
  readonly scaleDownQuantile?: Probability;
  readonly activation?: number;
  readonly prophet?: ProphetSettings;
  /**
   * Whether it is the pods' own CPU. Such a metric does not exist without pods. Of running pods it is never exactly 0, and never above their
   * limits. Starting pods use more of it than they serve.
   */
  readonly ofPods: boolean;
}

/** What the job may do to a target: set its replicas, only forecast and report, or nothing at all. */
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
  /** The query of the first metric, in the metric source's language; absent: the source's own. */
  readonly query?: string;
  /** CPU one pod should carry, in cores: the short form of a first metric. Absent: only `metrics` count. */
  readonly targetCpu?: Cores;
  /** Metrics beside the CPU. The largest recommendation wins. */
  readonly metrics: readonly MetricSettings[];
  /** 0 only where a metric has an `activation`. */
  readonly minReplicas: Replicas;
  readonly maxReplicas: Replicas;
  /** CPU limit of one pod in cores, when known. A total above replicas x limit x 1.1 is refused as impossible. */
  readonly podCpuLimit?: Cores;
  /** The recent past in seconds: the verdict on the data is about it. */
  readonly history: Seconds;
  /** Forecast errors of this long a past calibrate the quantiles. What is read is the longer of this and `history`. */
  readonly calibration: Seconds;
  readonly step: Seconds;
  readonly method: ForecastMethod;
  /** Prophet's settings. Method `prophet` uses them alone, method `auto` in its pool of models. */
  readonly prophet?: ProphetSettings;
  /** With minReplicas 0: the last pod is removed after so long without demand and without a forecast of any. */
  readonly idlePeriod: Seconds;
  /** Share of the time in which the demand may exceed what the pods carry, tolerance included. Absent: pods are added while they pay. */
  readonly slo?: number;
  /**
   * Level of the quantile of the forecast maximum that replicas are set for, whatever `slo` says. Absent: the level follows from what a pod
   * costs and is worth.
   */
  readonly quantile?: Probability;
  /**
   * Scale-in stops at this quantile, which is at least `quantile`; absent: the same. The band between the two costs little and stops flapping
   * at a rounding edge.
   */
  readonly scaleDownQuantile?: Probability;
  /** Extrapolates a rise that is steeper than any in the window; absent: yes. */
  readonly followSurge?: boolean;
  /** Horizon of the point forecast. */
  readonly horizon: Seconds;
  /** Seconds between two runs. */
  readonly interval: Seconds;
  /** How far the newest sample lags behind the load, in seconds. */
  readonly metricLag: Seconds;
  /** Configured time from a pod's creation to its readiness. A measured one (conditions.podStart) takes precedence. */
  readonly podStart: Seconds;
  /** Forecasts whose skill (error over the window relative to that of the last value) is above this are not trusted. */
  readonly trustThreshold: number;
  readonly behavior: Behavior;
  /** Least time between a change and a later scale-out, except one that the current demand or a surge asks for. */
  readonly scaleUpCooldown: Seconds;
  /** Least time between a change and a later scale-in. */
  readonly scaleDownCooldown: Seconds;
  /** A demand this share below the forecast of the last run counts as a sudden drop (0.5 = half). */
  readonly suddenDropRatio: number;
  /** After a sudden drop no scale-in for this long; 0 turns it off. */
  readonly suddenDropHold: Seconds;
  readonly schedule: readonly ScheduleRule[];
  /** Data whose newest sample is older than this are stale. */
  readonly maxAge: Seconds;
  /** Least coverage of the window at which scale-in is allowed, 0..1. */
  readonly minCoverage: number;
  /** After so long without metrics the target gets at least `replicas`, and never fewer than it has. */
  readonly fallback?: { readonly after: Seconds; readonly replicas: Replicas };
  /** A target without usable data for longer than this is blind: it is reported, and runs exit with code 1. */
  readonly blindAfter: Seconds;
}

type Named = Pick<TargetConfig, "hpaName" | "scaleTargetRef">;

/** What each actuator sets: the field, and the object on which it stands. */
const SETS = {
  scale: { sets: "replicas", on: ({ scaleTargetRef: { kind, name } }: Named) => [kind, name] },
  hpa: {
    sets: "minReplicas",
    on: ({ hpaName, scaleTargetRef: { name } }: Named) => ["HorizontalPodAutoscaler", hpaName ?? name],
  },
} as const satisfies Readonly<
  Record<TargetConfig["actuator"], { sets: string; on: (target: Named) => readonly [kind: string, name: string] }>
>;

/** The field that is set, for messages: the replicas of "Deployment/web", or minReplicas of "HorizontalPodAutoscaler/web". */
export interface SetNumber {
  readonly object: string;
  readonly sets: (typeof SETS)[keyof typeof SETS]["sets"];
}

/** The fields that are set by any actuator, each once. */
export const SET_FIELDS: readonly SetNumber["sets"][] = [...new Set(Object.values(SETS).map(({ sets }) => sets))];

/** Kind and name of the object whose number is set for a target. */
export function setObjectOf(target: Pick<TargetConfig, "actuator"> & Named): readonly [kind: string, name: string] {
  return SETS[target.actuator].on(target);
}

/** The field that is set for a target. */
export function setNumberOf(target: Pick<TargetConfig, "actuator"> & Named): SetNumber {
  return { object: setObjectOf(target).join("/"), sets: SETS[target.actuator].sets };
}

/** How far back a target's history is read: the longer of `history` and `calibration`, seconds. */
export function readWindow(target: Pick<TargetConfig, "history" | "calibration">): Seconds {
  return Math.max(target.history, target.calibration);
}

/** The name of the metric for which `targetCpu` is the short form. */
export const CPU = "cpu";

/** Whether a metric is the first of its target. What exists once per target, such as the pods' start, is read with the first metric. */
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
