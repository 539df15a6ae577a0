/** The settings of one metric beside the CPU. */
import { group, quantity, text } from "./schema.ts";
import { METRIC_RULES } from "./target-rules.ts";

/** One metric besides CPU. */
export const METRIC = group({
  rules: METRIC_RULES,
  about: "A total over the whole workload, as an External metric of autoscaling/v2 with an AverageValue.",
  fields: {
    name: text({
      about: "Name of the metric in reports. `cpu` is reserved.",
      pattern: /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
      taken: ["cpu"],
      accepts: "lower case letters, digits and -, at most 63 of them, and not `cpu`",
      required: true,
    }),
    query: text({
      about:
        "PromQL for the total over all pods, as one series. $namespace, $name, $kind, $pods and $matchers are replaced.",
      required: true,
    }),
    averageValue: quantity({
      about: "How much of the metric one pod should carry, in the query's unit.",
      unit: "amount",
      min: 1e-6,
      max: 1e15,
      required: true,
    }),
    unit: text({
      about: "Unit for reports and pictures, such as `requests/s`.",
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
      about: "Demand up to this much needs no pod when minReplicas is 0. With 0, any demand needs one.",
      unit: "amount",
      min: 0,
      max: 1e15,
    }),
  },
});
