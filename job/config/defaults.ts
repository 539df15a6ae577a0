/** Every tunable of a target in one table: its one default, unit, range, flag and meaning. Docs and checks are made from it. */

import { LEVELS } from "./level-settings.ts";
import { METRIC } from "./metric-schema.ts";
import { namespaceName, objectName, rules, SCALE_TARGET_REF, SCHEDULE_RULE } from "./nested-schema.ts";
import { PROPHET } from "./prophet-schema.ts";
import { choice, group, list, quantity, text, toggle } from "./schema.ts";
import { TARGET_RULES } from "./target-rules.ts";

const DAY = 86_400;

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
      about: "Active scales, ForecastOnly decides and reports, Off does nothing.",
      values: ["Active", "ForecastOnly", "Off"],
      default: "Active",
      flag: "mode",
    }),
    actuator: choice({
      about: "scale: set the replicas; hpa: set minReplicas of an existing HPA, which keeps the reactive part.",
      values: ["scale", "hpa"],
      default: "scale",
      flag: "actuator",
    }),
    hpaName: objectName({
      about: "The HPA whose minReplicas is set; the workload's name when not given.",
      flag: "hpa-name",
    }),
    query: text({
      about:
        "PromQL for the workload's total CPU in cores. $namespace, $name, $kind, $pods (a pattern) and $matchers are replaced. Built when not given.",
      flag: "query",
    }),
    targetCpu: quantity({
      about: "CPU one pod should carry: the short form of a first metric. Needed where there are no `metrics`.",
      shareOf: "the pod's CPU request",
      unit: "cores",
      min: 0.001,
      max: 1024,
      flag: "target-cpu",
    }),
    metrics: list({
      about:
        "Metrics beside the CPU, in any unit. The largest recommendation wins; one that is missing forbids scale-in.",
      of: METRIC,
      atLeast: 1,
      atMost: 10,
    }),
    minReplicas: quantity({
      about: "Never fewer pods. 0 needs a metric with an `activation`.",
      unit: "replicas",
      min: 0,
      max: 100_000,
      default: 1,
      flag: "min",
    }),
    maxReplicas: quantity({
      about: "Never more pods.",
      unit: "replicas",
      min: 1,
      max: 100_000,
      default: 10,
      flag: "max",
    }),
    idlePeriod: quantity({
      about: "With minReplicas 0: without demand or forecast above `activation` for so long, the last pod goes too.",
      unit: "seconds",
      min: 0,
      max: 7 * DAY,
      default: 300,
      flag: "idle-period",
    }),
    podCpuLimit: quantity({
      about: "CPU limit of one pod; a total above replicas x limit x 1.1 is refused as absurd.",
      unit: "cores",
      min: 0.001,
      max: 1024,
      flag: "pod-cpu-limit",
    }),
    history: quantity({
      about: "Recent past that must be complete for a scale-in.",
      unit: "seconds",
      min: 60,
      max: 7 * DAY,
      default: 1800,
      flag: "history",
    }),
    calibration: quantity({
      about:
        "Errors of this much past calibrate the quantiles. When not given 2 hours, and up to 6 for a `scaleDownQuantile` above 0.955.",
      unit: "seconds",
      min: 0,
      max: 7 * DAY,
      flag: "calibration",
    }),
    step: quantity({
      about: "Distance of two samples.",
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
    ...LEVELS,
    prophet: PROPHET,
    followSurge: toggle({
      about: "Follow the slope of a rise that is beyond anything the window has seen.",
      default: true,
      flag: "follow-surge",
    }),
    horizon: quantity({
      about: "Horizon of the point forecast.",
      unit: "seconds",
      min: 1,
      max: DAY,
      default: 60,
      flag: "horizon",
    }),
    interval: quantity({
      about: "Time to the next run.",
      unit: "seconds",
      min: 1,
      max: 3600,
      default: 60,
      flag: "interval",
    }),
    metricLag: quantity({
      about: "How far the newest sample trails the load.",
      unit: "seconds",
      min: 0,
      max: 600,
      default: 15,
      flag: "metric-lag",
    }),
    podStart: quantity({
      about: "From the decision to a ready pod, where it is not measured.",
      unit: "seconds",
      min: 0,
      max: 3600,
      default: 30,
      flag: "pod-start",
    }),
    trustThreshold: quantity({
      about: "A forecast whose recent error, relative to repeating the last value, is above this does not act.",
      unit: "ratio",
      min: 0,
      max: 10,
      default: 1,
      flag: "trust-threshold",
    }),
    behavior: group({
      about: "Stabilisation, rate limits and tolerance of both directions.",
      fields: { scaleUp: rules("up", 0, 0.1), scaleDown: rules("down", 10, 0.1) },
    }),
    scaleUpCooldown: quantity({
      about:
        "Least time between a change and a scale-out for a forecast alone. The lead time of closer runs counts half way to it.",
      unit: "seconds",
      min: 0,
      max: DAY,
      default: 60,
      flag: "scale-up-cooldown",
    }),
    scaleDownCooldown: quantity({
      about: "Least time between a change and a later scale-in. Of several runs the one nearest to its end counts.",
      unit: "seconds",
      min: 0,
      max: DAY,
      default: 85,
      flag: "scale-down-cooldown",
    }),
    suddenDropRatio: quantity({
      about:
        "Demand this share below the last forecast counts as a sudden drop (an outage upstream); 0.75: a quarter of it is left.",
      unit: "ratio",
      min: 0.05,
      max: 1,
      default: 0.75,
    }),
    suddenDropHold: quantity({
      about: "No scale-in for this long after a sudden drop; 0 turns it off.",
      unit: "seconds",
      min: 0,
      max: DAY,
      default: 300,
    }),
    schedule: list({ about: "Calendar of floors, ceilings and factors.", of: SCHEDULE_RULE, atMost: 100, default: [] }),
    maxAge: quantity({
      about: "Oldest age of the newest sample that still counts as fresh.",
      unit: "seconds",
      min: 1,
      max: DAY,
      default: 120,
      flag: "max-age",
    }),
    minCoverage: quantity({
      about: "Least share of the window that must hold samples for a scale-in.",
      unit: "ratio",
      min: 0,
      max: 1,
      default: 0.8,
      flag: "min-coverage",
    }),
    fallback: group({
      about: "What to do when metrics are missing for long: at least so many replicas, never fewer than there are.",
      optional: true,
      fields: {
        after: quantity({ about: "Missing longer than this.", unit: "seconds", min: 60, max: 7 * DAY, default: 600 }),
        replicas: quantity({ about: "At least so many.", unit: "replicas", min: 1, max: 100_000, required: true }),
      },
    }),
    blindAfter: quantity({
      about: "Without usable data for longer than this, runs end with exit code 1 and one Event tells it.",
      unit: "seconds",
      min: 60,
      max: 7 * DAY,
      default: 600,
    }),
  },
});
