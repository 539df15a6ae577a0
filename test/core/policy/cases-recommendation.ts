/** One worked case for each reason of the recommendation, the windows and the rates. */
import { behavior, config } from "../../fakes/config.ts";
import { forecast } from "../../fakes/forecaster.ts";
import { type Case, policyInput, remembered } from "../../fakes/policy-input.ts";
import { series } from "../../fakes/series.ts";

/** What happens, its input, and what is decided: action, replicas, reason. */
export const RECOMMENDATION_CASES: readonly Case[] = [
  ["the quantile buys pods", policyInput({ quantileCores: 2.1 }), "scale", 5, "ForecastQuantile"],
  [
    "0.25 / 0.05 is 5",
    policyInput({ quantileCores: 0.25, demand: 0.1, config: config({ targetCpu: 0.05 }) }),
    "scale",
    5,
    "ForecastQuantile",
  ],
  ["nothing to do", policyInput(), "keep", 2, "DesiredWithinRange"],
  ["never below the current demand", policyInput({ quantileCores: 0.2, demand: 1.7 }), "scale", 4, "ReactiveFloor"],
  [
    "a forecast worse than the last value does not act",
    policyInput({ forecast: forecast({ skill: 1.3, maxQuantiles: [20] }) }),
    "hold",
    2,
    "ForecastNotTrusted",
  ],
  ["no forecast at all is reactive", policyInput({ forecast: null, demand: 1.7 }), "scale", 4, "ReactiveFloor"],
  [
    "a fall waits for the window",
    policyInput({ current: 8, memory: remembered([100, 6]) }),
    "scale",
    6,
    "ScaleDownStabilized",
  ],
  ["a lost memory holds", policyInput({ current: 8, memory: remembered([0, 8]) }), "hold", 8, "ScaleDownStabilized"],
  [
    "a rise waits for an up window",
    policyInput({
      quantileCores: 3,
      memory: remembered([30, 2]),
      config: config({ behavior: behavior({ stabilizationWindowSeconds: 60 }) }),
    }),
    "hold",
    2,
    "ScaleUpStabilized",
  ],
  [
    "the band objects to a fall",
    policyInput({ current: 8, quantileCores: 1, upperCores: 2.9, config: config({ scaleDownQuantile: 0.95 }) }),
    "scale",
    6,
    "ForecastBand",
  ],
  [
    "a small fall is within tolerance",
    policyInput({ current: 20, quantileCores: 9, config: config({ behavior: behavior({}, { tolerance: 0.1 }) }) }),
    "hold",
    20,
    "WithinTolerance",
  ],
  [
    "a small rise too",
    policyInput({ current: 20, quantileCores: 11, config: config({ behavior: behavior({ tolerance: 0.1 }) }) }),
    "hold",
    20,
    "WithinTolerance",
  ],
  [
    "but not below the current demand",
    policyInput({
      current: 20,
      quantileCores: 11,
      demand: 10.3,
      config: config({ behavior: behavior({ tolerance: 0.1 }) }),
    }),
    "scale",
    21,
    "WithinTolerance",
  ],
  [
    "rates limit a rise",
    policyInput({
      quantileCores: 9,
      config: config({ behavior: behavior({ policies: [{ type: "Pods", value: 3, periodSeconds: 60 }] }) }),
    }),
    "scale",
    5,
    "ScaleUpLimit",
  ],
  [
    "rates limit a fall",
    policyInput({
      current: 9,
      config: config({ behavior: behavior({}, { policies: [{ type: "Pods", value: 3, periodSeconds: 60 }] }) }),
    }),
    "scale",
    6,
    "ScaleDownLimit",
  ],
  [
    "a disabled direction",
    policyInput({ current: 9, config: config({ behavior: behavior({}, { selectPolicy: "Disabled" }) }) }),
    "hold",
    9,
    "ScaleDownDisabled",
  ],
  [
    "a disabled rise",
    policyInput({ quantileCores: 9, config: config({ behavior: behavior({ selectPolicy: "Disabled" }) }) }),
    "hold",
    2,
    "ScaleUpDisabled",
  ],
  [
    // 5 + three quarters of the slope of 2 a step x the 4 steps of a minute = 11 cores
    "a rise beyond anything the window has seen is followed",
    policyInput({ quantileCores: 5, demand: 4, series: series([...new Array(38).fill(1), 3, 5]) }),
    "scale",
    22,
    "SurgeAhead",
  ],
  [
    "pods that are missing from the sum count at their full target",
    policyInput({ current: 9, memory: remembered([0, 1]), missing: 4 }),
    "scale",
    6,
    "MissingPods",
  ],
  [
    "so many missing pods that nothing is left to take away",
    policyInput({ current: 9, memory: remembered([0, 1]), missing: 8 }),
    "hold",
    9,
    "MissingPods",
  ],
  [
    "missing pods, which add nothing to a scale-out",
    policyInput({ current: 2, quantileCores: 2.2, missing: 4 }),
    "scale",
    5,
    "ForecastQuantile",
  ],
];
