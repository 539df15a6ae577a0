/** The trail against a naive policy: every stage of every metric and of the target is what the input makes of it. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { decide } from "../../../job/core/policy/decide.ts";
import type { MetricInput, PolicyInput } from "../../../job/core/policy/stage.ts";
import type { TrailEntry } from "../../../job/core/policy/types.ts";
import { anyInput } from "../../fakes/any-policy-input.ts";
import { largest, NAIVE_METRIC, NAIVE_TARGET, podless, usable } from "./naive-policy.ts";

/** In the order of the naive table. */
function expectOrder(trail: readonly TrailEntry[], table: Readonly<Record<string, unknown>>): void {
  const stages: readonly string[] = trail.map(({ stage }) => stage);
  expect(stages).toEqual(Object.keys(table).filter((stage) => stages.includes(stage)));
}

/** What a metric asks for, having checked its stages. */
function metricPart(m: MetricInput, input: PolicyInput, trail: readonly TrailEntry[]): number {
  const own = trail.filter(({ metric }) => metric === m.metric.name);
  expectOrder(own, NAIVE_METRIC);
  if (podless(m, input)) {
    expect(own).toEqual([]);
    return 0;
  }
  let value = input.current;
  for (const { stage, from, to } of own) {
    expect([stage, from]).toEqual([stage, value]);
    expect([m.metric.name, stage, to]).toEqual([m.metric.name, stage, NAIVE_METRIC[stage]!(from, m, input)]);
    value = to;
  }
  return value;
}

it("has a trail of which every stage is what a naive policy makes of the input", () => {
  fc.assert(
    fc.property(anyInput, (input) => {
      const { decision } = decide(input);
      const { trail, replicas, current } = decision;
      if (decision.reason === "ScalingDisabled") {
        expect([
          current,
          input.config.minReplicas > 0 || input.config.metrics.every((m) => m.activation === undefined),
        ]).toEqual([0, true]);
        return;
      }
      const needs = input.metrics.map((m) => [m, metricPart(m, input, trail)] as const);
      const [writer, ...rest] = trail.filter(
        ({ metric, reason }) => metric === undefined || reason === "ChangedByOther",
      );
      expect(writer).toMatchObject({ stage: "writer", from: current, to: current });
      expectOrder(rest, NAIVE_TARGET);
      let value = input.metrics.length > 1 ? current : needs[0]![1];
      for (const { stage, from, to } of rest) {
        expect([stage, from]).toEqual([stage, value]);
        expect([stage, to]).toEqual([stage, NAIVE_TARGET[stage]!(from, input, needs)]);
        value = to;
      }
      expect(value).toBe(replicas);
    }),
    { numRuns: 1200 },
  );
});

it("remembers what the demand asks for, and nothing lower than the current replicas on doubtful data", () => {
  fc.assert(
    fc.property(anyInput, (input) => {
      const { recommendation, decision } = decide(input);
      const seen = input.metrics.filter((m) => usable(m) && !podless(m, input));
      if (decision.reason === "ScalingDisabled" || seen.length === 0) {
        expect(recommendation).toBeNull();
        return;
      }
      const needs = input.metrics.map((m) => {
        const asked = decision.trail.findLast(
          (e) => e.metric === m.metric.name && ["reactive", "activation"].includes(e.stage),
        );
        const own = asked?.to ?? 0;
        const sure = podless(m, input) || (m.quality.verdict === "act" && input.conditions.rollout !== true);
        const doubtful = sure ? (m.missing ?? 0) : input.current;
        return [m, Math.max(own, Math.min(input.current, own + doubtful))] as const;
      });
      expect(recommendation).toBe(largest(needs, input));
    }),
    { numRuns: 600 },
  );
});
