/** The promises of a decision as properties over any input. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Forecast } from "../../../job/core/forecast/types.ts";
import { decide } from "../../../job/core/policy/decide.ts";
import type { PolicyInput } from "../../../job/core/policy/stage.ts";
import { replicasFor } from "../../../job/core/policy/stage.ts";
import { STAGES, type StageRow } from "../../../job/core/policy/stages.ts";
import { surgeAhead } from "../../../job/core/policy/surge.ts";
import { forecast } from "../../fakes/forecaster.ts";
import { anyInput, risenSeries } from "../../fakes/policy-input.ts";
import { NAIVE } from "./naive-policy.ts";

/** The same forecast with every quantile of the maximum higher by so much, those of the parts too. */
function raised(of: Forecast, more: number): Forecast {
  const up = (quantiles: readonly number[]) => quantiles.map((q) => q + more);
  const parts = of.parts?.map((part) => ({ ...part, maxQuantiles: up(part.maxQuantiles) }));
  return forecast({ ...of, maxQuantiles: up(of.maxQuantiles), ...(parts && { parts }) });
}

const to = (input: PolicyInput) => decide(input).decision.replicas;
const RUNS = { numRuns: 800 };

describe("promises", () => {
  it("a higher demand, a higher forecast or both never give fewer replicas", () => {
    fc.assert(
      fc.property(
        anyInput,
        fc.double({ min: 0, max: 5, noNaN: true }),
        fc.boolean(),
        fc.boolean(),
        (input, more, demandToo, forecastToo) => {
          const higher: PolicyInput = {
            ...input,
            demand: input.demand + (demandToo ? more : 0),
            forecast: input.forecast === null || !forecastToo ? input.forecast : raised(input.forecast, more),
          };
          expect(to(higher)).toBeGreaterThanOrEqual(to(input));
        },
      ),
      RUNS,
    );
  });

  it("missing data never lowers, partial data lowers to max at most", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        if (input.quality.verdict === "hold") expect(to(input)).toBeGreaterThanOrEqual(input.current);
        if (input.quality.verdict === "upOnly") {
          const ceiling = Math.max(input.config.schedule[0]!.maxReplicas!, input.config.schedule[0]!.minReplicas!);
          expect(to(input)).toBeGreaterThanOrEqual(Math.min(input.current, input.config.maxReplicas, ceiling));
        }
      }),
      RUNS,
    );
  });

  it("scaling in needs the current demand and every recommendation of the window to agree", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const replicas = to(input);
        const { maxReplicas, schedule, targetCpu, behavior: b } = input.config;
        if (replicas >= input.current || replicas >= Math.min(maxReplicas, schedule[0]!.maxReplicas!)) return;
        expect(replicas).toBeGreaterThanOrEqual(replicasFor(input.demand, targetCpu));
        const since = input.now - b.scaleDown.stabilizationWindowSeconds;
        for (const recommendation of input.memory.recommendations)
          if (recommendation.at > since) expect(replicas).toBeGreaterThanOrEqual(recommendation.replicas);
      }),
      RUNS,
    );
  });

  it("what the current demand or a surge needs is held back by nothing but a limit of the operator's: not by tolerance, not by a cooldown", () => {
    const free = fc.tuple(anyInput, risenSeries).map(([input, series]): PolicyInput => {
      const { scaleUp, scaleDown } = input.config.behavior;
      const up = { ...scaleUp, stabilizationWindowSeconds: 0, policies: [], selectPolicy: "Max" as const };
      const settings = { mode: "Active", schedule: [], followSurge: true } as const;
      const config = { ...input.config, ...settings, behavior: { scaleUp: up, scaleDown } };
      const memory = { ...input.memory, lastWritten: null };
      return { ...input, config, memory, conditions: {}, series: input.series && series };
    });
    let surges = 0;
    fc.assert(
      fc.property(free, (input) => {
        if (input.quality.verdict === "hold") return;
        const { targetCpu, maxReplicas } = input.config;
        const surge = replicasFor(surgeAhead(input.series!, input.lead.steps), targetCpu);
        if (surge > Math.max(input.current, replicasFor(input.demand, targetCpu))) surges++;
        const needed = Math.max(surge, replicasFor(input.demand, targetCpu));
        expect(to(input)).toBeGreaterThanOrEqual(Math.min(needed, maxReplicas));
      }),
      RUNS,
    );
    expect(surges).toBeGreaterThan(20);
  });

  it("a pod that is missing from the sum is never less than a pod at its target", () => {
    fc.assert(
      fc.property(anyInput, fc.nat(20), (input, missing) => {
        const without = to({ ...input, missing: 0 });
        const { recommendation } = decide({ ...input, missing });
        expect(to({ ...input, missing })).toBeGreaterThanOrEqual(without);
        if (recommendation !== null && recommendation < input.current)
          expect(recommendation).toBeGreaterThanOrEqual(missing);
      }),
      RUNS,
    );
  });

  it("keeps the bounds whenever it acts", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { decision } = decide(input);
        expect(Number.isInteger(decision.replicas)).toBe(true);
        if (decision.action !== "scale") {
          expect(decision.replicas).toBe(input.current);
          return;
        }
        expect(decision.replicas).toBeGreaterThanOrEqual(input.config.minReplicas);
        expect(decision.replicas).toBeLessThanOrEqual(input.config.maxReplicas);
      }),
      RUNS,
    );
  });

  it("has a trail of which every stage is what a naive policy makes of the input", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { trail, replicas, current } = decide(input).decision;
        const stages = trail.map(({ stage }) => stage);
        expect(stages).toEqual(Object.keys(NAIVE).filter((stage) => (stages as string[]).includes(stage)));
        let value = current;
        for (const { stage, from, to } of trail) {
          expect([stage, from]).toEqual([stage, value]);
          expect([stage, to]).toEqual([stage, NAIVE[stage]!(from, input)]);
          value = to;
        }
        expect(value).toBe(replicas);
      }),
      RUNS,
    );
  });

  it("has stages that lower only where the table says so, for reasons that the table lists", () => {
    const rows = new Map<string, StageRow>(STAGES.map((row) => [row.stage, row]));
    fc.assert(
      fc.property(anyInput, (input) => {
        for (const { stage, from, to, reason } of decide(input).decision.trail) {
          const { lowers, reasons } = rows.get(stage)!;
          if (!lowers) expect([stage, to]).toEqual([stage, Math.max(to, Math.min(from, input.current))]);
          if (reason !== "DesiredWithinRange") expect(reasons).toContain(reason);
        }
      }),
      RUNS,
    );
  });

  it("gives the same bytes for the same input, and leaves the input alone", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const before = JSON.stringify(input);
        const once = JSON.stringify(decide(input));
        expect(JSON.stringify(decide(structuredClone(input)))).toBe(once);
        expect(JSON.stringify(input)).toBe(before);
      }),
    );
  });
});
