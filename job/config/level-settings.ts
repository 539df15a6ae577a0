/** Settings of how safe a target's replicas are: an allowed share of time, or fixed quantiles. */
import { quantity } from "./schema.ts";

/** Settings of a target, each absent by default. */
export const LEVEL_SETTINGS = {
  slo: quantity({
    about:
      "Share of the time in which demand may exceed what the ready pods carry. Default: pods are added while they are worth their cost.",
    unit: "ratio",
    min: 0.001,
    max: 0.1,
    flag: "slo",
  }),
  quantile: quantity({
    about:
      "A fixed level instead of `slo`: pods are planned for this quantile of the peak until the next decision's pods serve.",
    unit: "ratio",
    min: 0.5,
    max: 0.995,
    flag: "quantile",
  }),
  scaleDownQuantile: quantity({
    about:
      "Scale-in keeps enough pods for this quantile, which prevents flapping. Default beside a `quantile`: 1 - (1 - quantile)^2.",
    unit: "ratio",
    min: 0.5,
    max: 0.995,
    flag: "scale-down-quantile",
  }),
};
