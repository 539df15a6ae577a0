/** The promises of a decision as properties over any input. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "../../../job/core/policy/decide.ts";
import type { PolicyInput } from "../../../job/core/policy/stage.ts";
import { replicasFor } from "../../../job/core/policy/stage.ts";
import { forecast } from "../../fakes/forecaster.ts";
import { anyInput } from "../../fakes/policy-input.ts";
import { recompute } from "./recompute.ts";

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
            forecast:
              input.forecast === null || !forecastToo
                ? input.forecast
                : forecast({ ...input.forecast, maxQuantiles: input.forecast.maxQuantiles.map((q) => q + more) }),
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

  it("scaling in needs the current demand and every wish of the window to agree", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const replicas = to(input);
        const { maxReplicas, schedule, targetCpu, behavior: b } = input.config;
        if (replicas >= input.current || replicas >= Math.min(maxReplicas, schedule[0]!.maxReplicas!)) return;
        expect(replicas).toBeGreaterThanOrEqual(replicasFor(input.demand, targetCpu));
        const since = input.now - b.scaleDown.stabilizationWindowSeconds;
        for (const wish of input.memory.wishes)
          if (wish.at > since) expect(replicas).toBeGreaterThanOrEqual(wish.replicas);
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

  it("has a trail that computes to the decision again", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { trail, replicas, current } = decide(input).decision;
        let value = current;
        for (const entry of trail) {
          expect(entry.from).toBe(value);
          expect([entry.stage, recompute(JSON.parse(JSON.stringify(entry)))]).toEqual([entry.stage, entry.to]);
          value = entry.to;
        }
        expect(value).toBe(replicas);
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
