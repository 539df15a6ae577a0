/** The decision in worked cases: what is done, and the reason that is given. */
import { describe, expect, it } from "vitest";
import { decide } from "../../../job/core/policy/decide.ts";
import { config } from "../../fakes/config.ts";
import { policyInput, quality } from "../../fakes/policy-input.ts";
import { LIMIT_CASES } from "./cases-limits.ts";
import { METRIC_CASES } from "./cases-metrics.ts";
import { RECOMMENDATION_CASES } from "./cases-recommendation.ts";

describe("reasons", () => {
  it.each([...RECOMMENDATION_CASES, ...LIMIT_CASES, ...METRIC_CASES])("%s", (_, input, action, replicas, reason) => {
    const { decision } = decide(input);
    expect([decision.action, decision.replicas, decision.reason]).toEqual([action, replicas, reason]);
    expect(decision.message).not.toBe("");
  });

  it("follows no surge when told not to", () => {
    const [, surge] = RECOMMENDATION_CASES.find(([, , , , reason]) => reason === "SurgeAhead")!;
    expect(decide({ ...surge, config: config({ followSurge: false }) }).decision.replicas).toBe(10);
  });

  it("remembers no recommendation that partial data or a rollout would lower", () => {
    expect(decide(policyInput({ current: 8 })).recommendation).toBe(2);
    expect(decide(policyInput({ current: 8, quality: quality("upOnly", "GapsInData") })).recommendation).toBe(8);
    expect(decide(policyInput({ current: 8, conditions: { rollout: true } })).recommendation).toBe(8);
    expect(decide(policyInput({ quality: quality("hold", "NoData") })).recommendation).toBeNull();
  });
});
