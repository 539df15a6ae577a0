/** The settings of one metric beside the CPU. */
import { group, quantity, text } from "./schema.ts";
import { METRIC_RULES } from "./target-rules.ts";

/** One metric beside the CPU. */
export const METRIC = group({
  rules: METRIC_RULES,
  about: "A total over the whole workload, as an External metric of autoscaling/v2 with an AverageValue.",
  fields: {
    name: text({
      about: "Its name in reports. `cpu` is taken.",
      pattern: /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
      taken: ["cpu"],
      accepts: "lower case letters, digits and -, at most 63 of them, and not `cpu`",
      required: true,
    }),
    query: text({
      about:
        "PromQL for the total: one series, no average a pod. $namespace, $name, $kind, $pods and $matchers are replaced.",
      required: true,
    }),
    averageValue: quantity({
      about: "How much of it one pod should carry, in the query's unit.",
      unit: "amount",
      min: 1e-6,
      max: 1e15,
      required: true,
    }),
    unit: text({
      about: "Its unit, for reports and pictures, such as `requests/s`.",
      pattern: /^\S(.{0,30}\S)?$/,
      accepts: "a text of at most 32 characters",
      default: "",
    }),
    quantile: quantity({ about: "As the target's, for this metric.", unit: "ratio", min: 0.5, max: 0.995 }),
    scaleDownQuantile: quantity({
      about: "As the target's, for this metric.",
      unit: "ratio",
      min: 0.5,
      max: 0.995,
    }),
    activation: quantity({
      about: "Up to this much is no demand: with minReplicas 0 no pod runs for it. 0: any demand needs one.",
      unit: "amount",
      min: 0,
      max: 1e15,
    }),
  },
});
