/** The one table of stages, in the order in which they run. */
import {
  cooldownStage,
  dataStage,
  dropStage,
  fallbackStage,
  missingStage,
  partialStage,
  rolloutStage,
  toleranceStage,
} from "./guards.ts";
import { boundsStage, gateStage, rateStage, scheduleStage, stabiliseStage } from "./limits.ts";
import type { Reason } from "./reasons.ts";
import { bandStage, factorStage, forecastStage, reactiveStage, surgeStage, trustStage } from "./recommendation.ts";
import type { Apply } from "./stage.ts";
import { writerStage } from "./writer.ts";

/** One row of the table. */
export interface StageRow {
  readonly stage: string;
  /** Whether it runs with usable data, without, or in both cases. Without usable data no stage may lower. */
  readonly runs: "sighted" | "blind" | "always";
  /** Whether it can lower the replicas below the current ones. */
  readonly lowers: boolean;
  /** What it does, for the docs. */
  readonly about: string;
  /** Reasons it can give beside DesiredWithinRange; for `data` those of the verdict. */
  readonly reasons: readonly Reason[];
  readonly apply: Apply;
}

/** All stages. A row that may lower stands before `reactive`; a row that only holds stands after it. */
export const STAGES = [
  {
    stage: "data",
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
    stage: "writer",
    runs: "always",
    lowers: false,
    about: "Tells that somebody else changed the replicas after our last change.",
    reasons: ["ChangedByOther"],
    apply: writerStage,
  },
  {
    stage: "forecast",
    runs: "sighted",
    lowers: true,
    about: "Pods for the quantile of the largest demand from when new pods serve to when the next ones do.",
    reasons: ["ForecastQuantile"],
    apply: forecastStage,
  },
  {
    stage: "trust",
    runs: "sighted",
    lowers: true,
    about: "The last value and its errors take the place of a forecast that did worse than repeating the last value.",
    reasons: ["ForecastNotTrusted"],
    apply: trustStage,
  },
  {
    stage: "factor",
    runs: "sighted",
    lowers: true,
    about: "Factors of the schedule multiply the demand.",
    reasons: ["ScheduleFactor"],
    apply: factorStage,
  },
  {
    stage: "surge",
    runs: "sighted",
    lowers: false,
    about: "Follows a rise that is steeper than anything the window has seen.",
    reasons: ["SurgeAhead"],
    apply: surgeStage,
  },
  {
    stage: "reactive",
    runs: "sighted",
    lowers: false,
    about: "Never fewer pods than the current demand needs.",
    reasons: ["ReactiveFloor"],
    apply: reactiveStage,
  },
  {
    stage: "band",
    runs: "sighted",
    lowers: false,
    about: "Stops a scale-in where `scaleDownQuantile` still needs the pods.",
    reasons: ["ForecastBand"],
    apply: bandStage,
  },
  {
    stage: "partial",
    runs: "sighted",
    lowers: false,
    about: "Forbids scale-in on incomplete data.",
    reasons: ["UpOnlyOnPartialData"],
    apply: partialStage,
  },
  {
    stage: "missing",
    runs: "sighted",
    lowers: false,
    about: "Pods that were not measured count at their full target before a scale-in, as in the HPA.",
    reasons: ["MissingPods"],
    apply: missingStage,
  },
  {
    stage: "rollout",
    runs: "sighted",
    lowers: false,
    about: "During a rollout no scale-in, and scale-out only to what is burnt now.",
    reasons: ["RolloutInProgress"],
    apply: rolloutStage,
  },
  {
    stage: "drop",
    runs: "sighted",
    lowers: false,
    about: "No scale-in for a while after a sudden drop.",
    reasons: ["SuddenDrop"],
    apply: dropStage,
  },
  {
    stage: "stabilise",
    runs: "sighted",
    lowers: false,
    about: "The stabilisation windows of `behavior`, as in autoscaling/v2.",
    reasons: ["ScaleUpStabilized", "ScaleDownStabilized"],
    apply: stabiliseStage,
  },
  {
    stage: "tolerance",
    runs: "sighted",
    lowers: false,
    about: "Leaves out a change too small to be worth an action.",
    reasons: ["WithinTolerance"],
    apply: toleranceStage,
  },
  {
    stage: "rate",
    runs: "sighted",
    lowers: false,
    about: "The rate policies of `behavior`, as in autoscaling/v2.",
    reasons: ["ScaleUpLimit", "ScaleDownLimit", "ScaleUpDisabled", "ScaleDownDisabled"],
    apply: rateStage,
  },
  {
    stage: "cooldown",
    runs: "sighted",
    lowers: false,
    about: "Least time between a change and the next, unless pods are needed now.",
    reasons: ["CooldownActive"],
    apply: cooldownStage,
  },
  {
    stage: "fallback",
    runs: "blind",
    lowers: false,
    about: "At least `fallback.replicas` when metrics are missing for long.",
    reasons: ["FallbackReplicas"],
    apply: fallbackStage,
  },
  {
    stage: "schedule",
    runs: "always",
    lowers: true,
    about: "Floors of the schedule, a lead time early, and ceilings.",
    reasons: ["ScheduleFloor", "ScheduleCeiling"],
    apply: scheduleStage,
  },
  {
    stage: "bounds",
    runs: "always",
    lowers: true,
    about: "`minReplicas` and `maxReplicas`.",
    reasons: ["TooFewReplicas", "TooManyReplicas"],
    apply: boundsStage,
  },
  {
    stage: "gate",
    runs: "always",
    lowers: false,
    about: "Shows the decision without making it: paused, overruled, another scaler, ForecastOnly.",
    reasons: ["ForecastOnlyMode", "Paused", "OtherScaler", "Overruled", "ModeOff", "ScalingDisabled"],
    apply: gateStage,
  },
] as const satisfies readonly StageRow[];

/** The names of the stages. */
export type Stage = (typeof STAGES)[number]["stage"];
