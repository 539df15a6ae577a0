/** The rules across the fields of a target and of its calendar. */
import { fewPoints, type Rule } from "./rules.ts";

/** More cores than a single pod has, unless its limit allows it: 400 is probably 400m without its unit. */
const MAX_CORES = 64;
/** From so many cores on, one pod needs more than many nodes have to spare. */
const MANY_CORES = 4;

/** Rules of a target. */
export const TARGET_RULES: readonly Rule[] = [
  {
    level: "refuse",
    left: { field: "minReplicas" },
    is: "<=",
    right: { field: "maxReplicas" },
    says: "{left} is above maxReplicas, which is {right}. Raise maxReplicas or lower minReplicas.",
  },
  {
    level: "refuse",
    fields: ["targetCpu", "metrics"],
    allowed: [1, 2],
    at: "targetCpu",
    says: "is missing: set it in the file, by --target-cpu or by PROPHET_AUTOSCALER_TARGET_CPU, or give the target metrics.",
  },
  {
    level: "refuse",
    left: { field: "minReplicas" },
    is: ">=",
    right: 1,
    unless: "metrics",
    says: "{left} needs a metric in `metrics` with an `activation`: from 0 pods no CPU is measured.",
  },
  {
    level: "refuse",
    left: { field: "targetCpu" },
    is: "<=",
    right: { field: "podCpuLimit" },
    says: "{left} is above podCpuLimit, which is {right}. A pod never uses that much, so nothing would ever be scaled out.",
  },
  {
    level: "refuse",
    left: { field: "targetCpu" },
    is: "<=",
    right: MAX_CORES,
    unless: "podCpuLimit",
    says: "{left} means {left} cores for each pod. If you mean milli-cores, write {left}m. If the pods are that large, set podCpuLimit as well.",
  },
  {
    level: "warn",
    left: { field: "targetCpu" },
    is: "<",
    right: MANY_CORES,
    unless: "podCpuLimit",
    says: "{left} means {left} cores for each pod. If that is right, set podCpuLimit as well, and this warning ends.",
  },
  {
    level: "refuse",
    left: { field: "fallback.replicas" },
    is: "<=",
    right: { field: "maxReplicas" },
    says: "{left} is above maxReplicas, which is {right}.",
  },
  {
    level: "refuse",
    left: { field: "scaleDownQuantile" },
    is: ">=",
    right: { field: "quantile" },
    says: "{left} is below quantile, which is {right}. Pods would be removed sooner than they are added.",
  },
  {
    level: "refuse",
    left: { field: "horizon" },
    is: ">=",
    right: { field: "step" },
    says: "{left} is less than one step, which is {right}.",
  },
  {
    level: "refuse",
    left: { field: "history" },
    is: ">=",
    right: { field: "step", times: 2 },
    says: "{left} is less than two steps, which are {right}.",
  },
  fewPoints("history", "step"),
  fewPoints("calibration", "step"),
];

/** Rules of one metric. */
export const METRIC_RULES: readonly Rule[] = [
  {
    level: "refuse",
    left: { field: "scaleDownQuantile" },
    is: ">=",
    right: { field: "quantile" },
    says: "{left} is below quantile, which is {right}. Pods would be removed sooner than they are added.",
  },
];

/** Rules of one schedule entry. */
export const CALENDAR_RULES: readonly Rule[] = [
  { level: "refuse", fields: ["recurring", "once"], allowed: [1], says: "needs either recurring or once." },
  {
    level: "refuse",
    fields: ["minReplicas", "maxReplicas", "factor"],
    allowed: [1, 2, 3],
    says: "changes nothing. Give it minReplicas, maxReplicas or factor.",
  },
  {
    level: "refuse",
    left: { field: "minReplicas" },
    is: "<=",
    right: { field: "maxReplicas" },
    says: "{left} is above maxReplicas of the same entry, which is {right}.",
  },
  {
    level: "refuse",
    left: { field: "minReplicas" },
    is: "<=",
    right: { field: "maxReplicas", outer: true },
    says: "{left} is above the target's maxReplicas, which is {right}. The calendar never goes above it: raise maxReplicas.",
  },
  {
    level: "refuse",
    left: { field: "maxReplicas" },
    is: ">=",
    right: { field: "minReplicas", outer: true },
    says: "{left} is below the target's minReplicas, which is {right}. The calendar never goes below it: lower minReplicas.",
  },
];

/** Rules of a recurring interval. */
export const RECURRING_RULES: readonly Rule[] = [
  {
    level: "refuse",
    left: { field: "from" },
    is: "!=",
    right: { field: "to" },
    says: "{left} is the end as well. A whole day is from 00:00 to 24:00.",
  },
];

/** Rules of an interval that happens once. */
export const ONCE_RULES: readonly Rule[] = [
  {
    level: "refuse",
    left: { field: "from" },
    is: "<",
    right: { field: "to" },
    says: "{left} is not before the end, {right}.",
  },
];
