/** The one table of stages, in the order in which they run. */
import {
  cooldownStage,
  dataStage,
  dropStage,
  fallbackStage,
  partialStage,
  rolloutStage,
  toleranceStage,
} from "./guards.ts";
import { boundsStage, gateStage, rateStage, scheduleStage, stabiliseStage } from "./limits.ts";
import { metricsStage } from "./metrics.ts";
import type { Reason } from "./reasons.ts";
import {
  activationStage,
  bandStage,
  factorStage,
  forecastStage,
  reactiveStage,
  surgeStage,
  trustStage,
} from "./recommendation.ts";
import type { Apply, ApplyToMetric } from "./stage.ts";
import { writerStage } from "./writer.ts";

interface Row {
  readonly stage: string;
  /** Whether it runs with usable data, without, or in both cases. Without usable data no stage may lower. */
  readonly runs: "sighted" | "blind" | "always";
  /** Whether it can lower the replicas below the current ones. */
  readonly lowers: boolean;
  /** What it does, for the docs. */
  readonly about: string;
  /** Reasons it can give beside DesiredWithinRange; for `data` those of the verdict. */
  readonly reasons: readonly Reason[];
}

/** A stage of each metric, from the current replicas on; its data are that metric's. */
export interface MetricStage extends Row {
  readonly of: "metric";
  readonly apply: ApplyToMetric;
}

/** A stage of the target, from what its metrics asked for on; its data are usable when one metric's are. */
export interface TargetStage extends Row {
  readonly of: "target";
  readonly apply: Apply;
}

/** One row of the table. */
export type StageRow = MetricStage | TargetStage;

/** All stages, those of the metrics first. A row that may lower stands before `reactive`; a row that only holds stands after it. */
export const STAGES = [
  {
    stage: "data",
    of: "metric",
    runs: "always",
    lowers: false,
    about: "Judges the window of samples: act, scale out only, or hold.",
    reasons: [
      "DataComplete",
      "NoData",
      "TooFewSamples",
      "StaleData",
      "FutureData",
      "WrongTimeUnit",
      "GapsInData",
      "PartialAnswer",
      "NotFinite",
      "NegativeData",
      "ZeroUsage",
      "AboveCapacity",
      "SeveralSeries",
    ],
    apply: dataStage,
  },
  {
    stage: "fallback",
    of: "metric",
    runs: "blind",
    lowers: false,
    about: "At least `fallback.replicas` when metrics are missing for long.",
    reasons: ["FallbackReplicas"],
    apply: fallbackStage,
  },
  {
    stage: "forecast",
    of: "metric",
    runs: "sighted",
    lowers: true,
    about: "Pods for the quantile of the largest demand from when new pods serve to when the next ones do.",
    reasons: ["ForecastQuantile"],
    apply: forecastStage,
  },
  {
    stage: "trust",
    of: "metric",
    runs: "sighted",
    lowers: true,
    about: "The last value and its errors take the place of a forecast that did worse than repeating the last value.",
    reasons: ["ForecastNotTrusted"],
    apply: trustStage,
  },
  {
    stage: "factor",
    of: "metric",
    runs: "sighted",
    lowers: true,
    about: "Factors of the schedule multiply the demand.",
    reasons: ["ScheduleFactor"],
    apply: factorStage,
  },
  {
    stage: "surge",
    of: "metric",
    runs: "sighted",
    lowers: false,
    about: "Follows a rise that is steeper than anything the window has seen.",
    reasons: ["SurgeAhead"],
    apply: surgeStage,
  },
  {
    stage: "reactive",
    of: "metric",
    runs: "sighted",
    lowers: false,
    about: "Never fewer pods than the current demand needs.",
    reasons: ["ReactiveFloor"],
    apply: reactiveStage,
  },
  {
    stage: "activation",
    of: "metric",
    runs: "sighted",
    lowers: true,
    about: "With `minReplicas: 0`: a metric whose demand and forecast are not above its `activation` needs no pod.",
    reasons: ["Inactive"],
    apply: activationStage,
  },
  {
    stage: "band",
    of: "metric",
    runs: "sighted",
    lowers: false,
    about: "Stops a scale-in where `scaleDownQuantile` still needs the pods.",
    reasons: ["ForecastBand"],
    apply: bandStage,
  },
  {
    stage: "partial",
    of: "metric",
    runs: "sighted",
    lowers: false,
    about: "Forbids scale-in on incomplete data.",
    reasons: ["UpOnlyOnPartialData"],
    apply: partialStage,
  },
  {
    stage: "metrics",
    of: "target",
    runs: "always",
    lowers: false,
    about: "Of several metrics the largest wins. One that is missing forbids scale-in.",
    reasons: ["MetricMissing"],
    apply: metricsStage,
  },
  {
    stage: "writer",
    of: "target",
    runs: "always",
    lowers: false,
    about: "Tells that somebody else changed the replicas after our last change.",
    reasons: ["ChangedByOther"],
    apply: writerStage,
  },
  {
    stage: "rollout",
    of: "target",
    runs: "sighted",
    lowers: false,
    about: "During a rollout no scale-in, and scale-out only to what is burnt now.",
    reasons: ["RolloutInProgress"],
    apply: rolloutStage,
  },
  {
    stage: "drop",
    of: "target",
    runs: "sighted",
    lowers: false,
    about: "No scale-in for a while after a sudden drop.",
    reasons: ["SuddenDrop"],
    apply: dropStage,
  },
  {
    stage: "stabilise",
    of: "target",
    runs: "sighted",
    lowers: false,
    about: "The stabilisation windows of `behavior`, as in autoscaling/v2.",
    reasons: ["ScaleUpStabilized", "ScaleDownStabilized"],
    apply: stabiliseStage,
  },
  {
    stage: "tolerance",
    of: "target",
    runs: "sighted",
    lowers: false,
    about: "Leaves out a change too small to be worth an action.",
    reasons: ["WithinTolerance"],
    apply: toleranceStage,
  },
  {
    stage: "rate",
    of: "target",
    runs: "sighted",
    lowers: false,
    about: "The rate policies of `behavior`, as in autoscaling/v2.",
    reasons: ["ScaleUpLimit", "ScaleDownLimit", "ScaleUpDisabled", "ScaleDownDisabled"],
    apply: rateStage,
  },
  {
    stage: "cooldown",
    of: "target",
    runs: "sighted",
    lowers: false,
    about: "Least time between a change and the next, unless pods are needed now.",
    reasons: ["CooldownActive"],
    apply: cooldownStage,
  },
  {
    stage: "schedule",
    of: "target",
    runs: "always",
    lowers: true,
    about: "Floors of the schedule, a lead time early, and ceilings.",
    reasons: ["ScheduleFloor", "ScheduleCeiling"],
    apply: scheduleStage,
  },
  {
    stage: "bounds",
    of: "target",
    runs: "always",
    lowers: true,
    about: "`minReplicas` and `maxReplicas`.",
    reasons: ["TooFewReplicas", "TooManyReplicas"],
    apply: boundsStage,
  },
  {
    stage: "gate",
    of: "target",
    runs: "always",
    lowers: false,
    about: "Shows the decision without making it: paused, overruled, another scaler, ForecastOnly.",
    reasons: ["ForecastOnlyMode", "Paused", "OtherScaler", "Overruled", "ModeOff", "ScalingDisabled"],
    apply: gateStage,
  },
] as const satisfies readonly StageRow[];

/** The names of the stages. */
export type Stage = (typeof STAGES)[number]["stage"];

/** The stages of each metric, and those of the target. */
export const METRIC_STAGES = STAGES.filter((row) => row.of === "metric");
export const TARGET_STAGES = STAGES.filter((row) => row.of === "target");
