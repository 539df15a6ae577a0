/** The stages of the target, in order: those before its metrics, and those after them. */
import { cooldownStage, dropStage, rolloutStage, toleranceStage } from "./guards.ts";
import { boundsStage, gateStage, rateStage, scheduleStage, stabiliseStage } from "./limits.ts";
import { metricsStage } from "./metrics.ts";
import type { TargetStage } from "./stage.ts";
import { writerStage } from "./writer.ts";

/** The stages that run first, on the current replicas. */
export const FIRST_STAGES = [
  {
    stage: "writer",
    of: "target",
    runs: "always",
    lowers: false,
    limits: false,
    about: "Reports that somebody else changed the replicas after our last change.",
    reasons: ["ChangedByOther"],
    apply: writerStage,
  },
] as const satisfies readonly TargetStage[];

/** The stages that run on what the metrics ask for. Only the operator's own limits may go below what the demand needs. */
export const TARGET_STAGES = [
  {
    stage: "metrics",
    of: "target",
    runs: "always",
    lowers: true,
    limits: false,
    about: "The largest recommendation of several metrics wins. A missing metric forbids scale-in.",
    reasons: ["MetricMissing"],
    apply: metricsStage,
  },
  {
    stage: "rollout",
    of: "target",
    runs: "sighted",
    lowers: false,
    limits: true,
    about: "During a rollout there is no scale-in, and scale-out only to what the current usage needs.",
    reasons: ["RolloutInProgress"],
    apply: rolloutStage,
  },
  {
    stage: "drop",
    of: "target",
    runs: "sighted",
    lowers: false,
    limits: true,
    about: "No scale-in for a while after a sudden drop.",
    reasons: ["SuddenDrop"],
    apply: dropStage,
  },
  {
    stage: "stabilise",
    of: "target",
    runs: "sighted",
    lowers: false,
    limits: true,
    about: "The stabilisation windows of `behavior`, as in autoscaling/v2.",
    reasons: ["ScaleUpStabilized", "ScaleDownStabilized"],
    apply: stabiliseStage,
  },
  {
    stage: "tolerance",
    of: "target",
    runs: "sighted",
    lowers: false,
    limits: true,
    about: "Skips a change that is within the tolerance.",
    reasons: ["WithinTolerance"],
    apply: toleranceStage,
  },
  {
    stage: "rate",
    of: "target",
    runs: "sighted",
    lowers: false,
    limits: true,
    about: "The rate policies of `behavior`, as in autoscaling/v2.",
    reasons: ["ScaleUpLimit", "ScaleDownLimit", "ScaleUpDisabled", "ScaleDownDisabled"],
    apply: rateStage,
  },
  {
    stage: "cooldown",
    of: "target",
    runs: "sighted",
    lowers: false,
    limits: true,
    about: "Minimum time between two changes, unless pods are needed now.",
    reasons: ["CooldownActive"],
    apply: cooldownStage,
  },
  {
    stage: "schedule",
    of: "target",
    runs: "always",
    lowers: true,
    limits: true,
    about: "Floors of the schedule, which start one lead time early, and ceilings.",
    reasons: ["ScheduleFloor", "ScheduleCeiling"],
    apply: scheduleStage,
  },
  {
    stage: "bounds",
    of: "target",
    runs: "always",
    lowers: true,
    limits: true,
    about: "`minReplicas` and `maxReplicas`.",
    reasons: ["TooFewReplicas", "TooManyReplicas"],
    apply: boundsStage,
  },
  {
    stage: "gate",
    of: "target",
    runs: "always",
    lowers: false,
    limits: false,
    about: "Shows the decision without carrying it out: paused, overruled, another scaler, ForecastOnly.",
    reasons: ["ForecastOnlyMode", "Paused", "OtherScaler", "Overruled", "ModeOff", "ScalingDisabled"],
    apply: gateStage,
  },
] as const satisfies readonly TargetStage[];
