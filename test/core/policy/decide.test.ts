/** One worked case for each reason of the wish, the windows and the rates. */
import { describe, expect, it } from "vitest";
import { decide } from "../../../job/core/policy/decide.ts";
import type { PolicyInput } from "../../../job/core/policy/stage.ts";
import { BLANK } from "../../../job/core/state/memory.ts";
import { behavior, config, NOW } from "../../fakes/config.ts";
import { forecast } from "../../fakes/forecaster.ts";
import { policyInput, quality } from "../../fakes/policy-input.ts";

const wishes = (...list: readonly (readonly [number, number])[]) => ({
  ...BLANK,
  wishes: list.map(([ago, replicas]) => ({ at: NOW - ago, replicas })),
});

const cases: readonly [string, PolicyInput, string, number, string][] = [
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
    policyInput({ current: 8, memory: wishes([100, 6]) }),
    "scale",
    6,
    "ScaleDownStabilized",
  ],
  ["a lost memory holds", policyInput({ current: 8, memory: wishes([0, 8]) }), "hold", 8, "ScaleDownStabilized"],
  [
    "a rise waits for an up window",
    policyInput({
      quantileCores: 3,
      memory: wishes([30, 2]),
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
];

describe("reasons", () => {
  it.each(cases)("%s", (_, input, action, replicas, reason) => {
    const { decision } = decide(input);
    expect([decision.action, decision.replicas, decision.reason]).toEqual([action, replicas, reason]);
    expect(decision.message).not.toBe("");
  });

  it("follows a surge beyond anything the window has seen, unless told not to", () => {
    const values = [...new Array(38).fill(1), 3, 5];
    const input = policyInput({
      quantileCores: 5,
      demand: 4,
      series: { ...policyInput().series!, values: Float64Array.from(values) },
    });
    // 5 + three quarters of the slope of 2 a step x the 4 steps of a minute = 11 cores, 22 pods.
    expect(decide(input).decision).toMatchObject({ replicas: 22, reason: "SurgeAhead" });
    expect(decide({ ...input, config: config({ followSurge: false }) }).decision.replicas).toBe(10);
  });

  it("remembers no wish that partial data or a rollout would lower", () => {
    expect(decide(policyInput({ current: 8 })).wish).toBe(2);
    expect(decide(policyInput({ current: 8, quality: quality("upOnly", "GapsInData") })).wish).toBe(8);
    expect(decide(policyInput({ current: 8, conditions: { rollout: true } })).wish).toBe(8);
    expect(decide(policyInput({ quality: quality("hold", "NoData") })).wish).toBeNull();
  });
});
