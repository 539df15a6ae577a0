/** The table of a target's settings, each with its default, unit, range, flag and meaning. Docs and checks are made from it. */

import { DAY } from "../core/calendar/days.ts";
import { LEVEL_SETTINGS } from "./level-settings.ts";
import { METRIC } from "./metric-schema.ts";
import { namespaceName, objectName, rules, SCALE_TARGET_REF, SCHEDULE_RULE } from "./nested-schema.ts";
import { PROPHET } from "./prophet-schema.ts";
import { choice, group, list, quantity, text, toggle } from "./schema.ts";
import { TARGET_RULES } from "./target-rules.ts";

/** The fields of a target. */
export const TARGET = group({
  about: "One workload to scale.",
  rules: TARGET_RULES,
  fields: {
    name: text({
      about: "Name in reports. Default: the workload's own name.",
      pattern: /^\S(.*\S)?$/,
      accepts: "a text on one line",
    }),
    namespace: namespaceName({
      about:
        "Namespace of the workload. Default: the job's own in a cluster, else that of the kubeconfig context, else `default`.",
      flag: "namespace",
      short: "n",
    }),
    scaleTargetRef: SCALE_TARGET_REF,
    mode: choice({
      about: "Active scales. ForecastOnly decides and reports only. Off does nothing.",
      values: ["Active", "ForecastOnly", "Off"],
      default: "Active",
      flag: "mode",
    }),
    actuator: choice({
      about: "scale sets the replicas. hpa sets minReplicas of an existing HPA, which goes on reacting.",
      values: ["scale", "hpa"],
      default: "scale",
      flag: "actuator",
    }),
    hpaName: objectName({
      about: "Name of the HPA whose minReplicas is set. Default: the workload's name.",
      flag: "hpa-name",
    }),
    query: text({
      about:
        "PromQL for the workload's CPU in cores, by default from cAdvisor. $namespace, $name, $kind, $pods (a pattern) and $matchers are replaced.",
      flag: "query",
    }),
    targetCpu: quantity({
      about: "CPU that one pod should use on average. Required unless the target has `metrics`.",
      shareOf: "the pod's CPU request",
      unit: "cores",
      min: 0.001,
      max: 1024,
      flag: "target-cpu",
    }),
    metrics: list({
      about: "Metrics besides CPU. The largest recommendation wins. While one is missing, nothing scales in.",
      of: METRIC,
      atLeast: 1,
      atMost: 10,
    }),
    minReplicas: quantity({
      about: "Lower limit of replicas. 0 needs a metric with an `activation`.",
      unit: "replicas",
      min: 0,
      max: 100_000,
      default: 1,
      flag: "min",
    }),
    maxReplicas: quantity({
      about: "Upper limit of replicas.",
      unit: "replicas",
      min: 1,
      max: 100_000,
      default: 10,
      flag: "max",
    }),
    idlePeriod: quantity({
      about: "With minReplicas 0: the last pod goes after this long without demand above `activation`.",
      unit: "seconds",
      min: 0,
      max: 7 * DAY,
      default: 300,
      flag: "idle-period",
    }),
    podCpuLimit: quantity({
      about: "CPU limit of one pod. Usage above replicas x limit x 1.1 is refused, and the replicas are held.",
      unit: "cores",
      min: 0.001,
      max: 1024,
      flag: "pod-cpu-limit",
    }),
    history: quantity({
      about: "Length of the recent history. A scale-in needs `minCoverage` of it.",
      unit: "seconds",
      min: 60,
      max: 7 * DAY,
      default: 1800,
      flag: "history",
    }),
    calibration: quantity({
      about:
        "How much past is used to calibrate the quantiles. Default: 2 hours, and up to 6 for a `scaleDownQuantile` above 0.955.",
      unit: "seconds",
      min: 0,
      max: 7 * DAY,
      flag: "calibration",
    }),
    step: quantity({
      about: "Time between two samples.",
      unit: "seconds",
      min: 1,
      max: 3600,
      default: 15,
      flag: "step",
    }),
    method: choice({
      about: "Forecaster: auto (ours), prophet (its defaults), original (season of 300 s), naive (last value).",
      values: ["auto", "prophet", "original", "naive"],
      default: "auto",
      flag: "method",
    }),
    ...LEVEL_SETTINGS,
    prophet: PROPHET,
    followSurge: toggle({
      about: "Follow the slope of a rise that is steeper than any other in the history.",
      default: true,
      flag: "follow-surge",
    }),
    horizon: quantity({
      about: "How far ahead the point forecast looks.",
      unit: "seconds",
      min: 1,
      max: DAY,
      default: 60,
      flag: "horizon",
    }),
    interval: quantity({
      about: "Time between two runs. It must agree with the CronJob's schedule.",
      unit: "seconds",
      min: 1,
      max: 3600,
      default: 60,
      flag: "interval",
    }),
    metricLag: quantity({
      about: "How far the newest sample lags behind the load.",
      unit: "seconds",
      min: 0,
      max: 600,
      default: 15,
      flag: "metric-lag",
    }),
    podStart: quantity({
      about: "Time from a decision to a ready pod, where it cannot be measured.",
      unit: "seconds",
      min: 0,
      max: 3600,
      default: 30,
      flag: "pod-start",
    }),
    trustThreshold: quantity({
      about: "Largest recent error at which a forecast is used. 1 is the error of the last value.",
      unit: "ratio",
      min: 0,
      max: 10,
      default: 1,
      flag: "trust-threshold",
    }),
    behavior: group({
      about: "Stabilisation, rate limits and tolerance for each direction.",
      fields: { scaleUp: rules("up", 0, 0.1), scaleDown: rules("down", 10, 0.1) },
    }),
    scaleUpCooldown: quantity({
      about:
        "Minimum time between a change and a scale-out that only the forecast asks for. Longer than `interval`, it lengthens the lead time.",
      unit: "seconds",
      min: 0,
      max: DAY,
      default: 60,
      flag: "scale-up-cooldown",
    }),
    scaleDownCooldown: quantity({
      about: "Minimum time between a change and a later scale-in. The run nearest to its end may act.",
      unit: "seconds",
      min: 0,
      max: DAY,
      default: 85,
      flag: "scale-down-cooldown",
    }),
    suddenDropRatio: quantity({
      about: "Demand this far below the last forecast is a sudden drop. 0.75 means that a quarter is left.",
      unit: "ratio",
      min: 0.05,
      max: 1,
      default: 0.75,
    }),
    suddenDropHold: quantity({
      about: "No scale-in for this long after a sudden drop. 0 turns it off.",
      unit: "seconds",
      min: 0,
      max: DAY,
      default: 300,
    }),
    schedule: list({
      about: "Floors, ceilings and factors at given times.",
      of: SCHEDULE_RULE,
      atMost: 100,
      default: [],
    }),
    maxAge: quantity({
      about: "Maximum age of the newest sample. An older one is stale, and the replicas are held.",
      unit: "seconds",
      min: 1,
      max: DAY,
      default: 120,
      flag: "max-age",
    }),
    minCoverage: quantity({
      about: "Minimum share of the history that must hold samples for a scale-in.",
      unit: "ratio",
      min: 0,
      max: 1,
      default: 0.8,
      flag: "min-coverage",
    }),
    fallback: group({
      about: "Minimum of replicas once metrics have been missing for long. It only adds pods.",
      optional: true,
      fields: {
        after: quantity({
          about: "Missing for longer than this.",
          unit: "seconds",
          min: 60,
          max: 7 * DAY,
          default: 600,
        }),
        replicas: quantity({ about: "That minimum.", unit: "replicas", min: 1, max: 100_000, required: true }),
      },
    }),
    blindAfter: quantity({
      about: "After this long without usable data, runs end with exit code 1, and one Event says so.",
      unit: "seconds",
      min: 60,
      max: 7 * DAY,
      default: 600,
    }),
  },
});
