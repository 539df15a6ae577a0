/** How sure the replicas of a target are to be: by the share of time that may be missed, or by fixed levels. */
import { quantity } from "./schema.ts";

/** Settings of a target, each absent by default. */
export const LEVELS = {
  slo: quantity({
    about:
      "Share of the time in which the demand may be above what the ready pods carry: `targetCpu` and the scale-up tolerance. The level follows what was met. When not given, pods are bought while they pay: about 0.5 %, where an HPA at 70 % has 1 %.",
    unit: "ratio",
    min: 0.001,
    max: 0.1,
    flag: "slo",
  }),
  quantile: quantity({
    about:
      "A fixed level in place of `slo`: replicas are bought for this quantile of the largest demand from when new pods serve to when the next decision's do.",
    unit: "ratio",
    min: 0.5,
    max: 0.995,
    flag: "quantile",
  }),
  scaleDownQuantile: quantity({
    about:
      "Scale-in goes no lower than this quantile; the band above `quantile` stops flapping. When not given, beside a `quantile`: 1 - (1 - quantile)^2, 0.91 for 0.7, at most 0.995. Without one pods are kept while they pay at three times the worth.",
    unit: "ratio",
    min: 0.5,
    max: 0.995,
    flag: "scale-down-quantile",
  }),
};
