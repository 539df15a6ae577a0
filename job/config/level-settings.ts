/** How sure the replicas of a target are to be: by the share of time that may be missed, or by fixed levels. */
import { quantity } from "./schema.ts";

/** Settings of a target, each absent by default. */
export const LEVELS = {
  slo: quantity({
    about:
      "Share of the time in which the demand may be above what the ready pods carry. When not given, pods are bought while they pay.",
    unit: "ratio",
    min: 0.001,
    max: 0.1,
    flag: "slo",
  }),
  quantile: quantity({
    about:
      "A fixed level in place of `slo`: replicas are bought for this quantile of the largest demand while they serve alone.",
    unit: "ratio",
    min: 0.5,
    max: 0.995,
    flag: "quantile",
  }),
  scaleDownQuantile: quantity({
    about:
      "Scale-in goes no lower than this quantile, which stops flapping. When not given: 1 - (1 - quantile)^2 beside a `quantile`.",
    unit: "ratio",
    min: 0.5,
    max: 0.995,
    flag: "scale-down-quantile",
  }),
};
