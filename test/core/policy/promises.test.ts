/** The promises of a decision as properties over any input: one to three metrics, some of them missing. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Forecast } from "../../../job/core/forecast/types.ts";
import { decide } from "../../../job/core/policy/decide.ts";
import type { StageRow } from "../../../job/core/policy/stage.ts";
import { type MetricInput, type PolicyInput, replicasFor } from "../../../job/core/policy/stage.ts";
import { STAGES } from "../../../job/core/policy/stages.ts";
import { surgeAhead } from "../../../job/core/policy/surge.ts";
import { anyInput, risenSeries } from "../../fakes/any-policy-input.ts";
import { forecast } from "../../fakes/forecaster.ts";
import { podless, usable } from "./naive-policy.ts";

/** The same forecast with every quantile of the maximum higher by so much, those of the parts too. */
function raised(of: Forecast, more: number): Forecast {
  const up = (quantiles: readonly number[]) => quantiles.map((q) => q + more);
  const parts = of.parts?.map((part) => ({ ...part, maxQuantiles: up(part.maxQuantiles) }));
  return forecast({ ...of, maxQuantiles: up(of.maxQuantiles), ...(parts && { parts }) });
}

const to = (input: PolicyInput) => decide(input).decision.replicas;
const RUNS = { numRuns: 600 };
const seen = (input: PolicyInput) => input.metrics.filter((m) => usable(m) && !podless(m, input));
const needOf = ({ demand, metric }: MetricInput) => replicasFor(demand, metric.averageValue);
/** What the demand of a metric needs now; up to its activation that is nothing. */
const neededNow = (m: MetricInput, { config }: PolicyInput) =>
  config.minReplicas === 0 && m.demand <= (m.metric.activation ?? -1) ? 0 : needOf(m);

describe("promises", () => {
  it("a higher demand, a higher forecast or both, of any metrics, never give fewer replicas", () => {
    const more = fc.tuple(fc.double({ min: 0, max: 5, noNaN: true }), fc.boolean(), fc.boolean());
    fc.assert(
      fc.property(anyInput, fc.tuple(more, more, more), (input, raises) => {
        const metrics = input.metrics.map((m, i): MetricInput => {
          const [by, demandToo, forecastToo] = raises[i]!;
          const higher = m.forecast === null || !forecastToo ? m.forecast : raised(m.forecast, by);
          return { ...m, demand: m.demand + (demandToo ? by : 0), forecast: higher };
        });
        expect(to({ ...input, metrics })).toBeGreaterThanOrEqual(to(input));
      }),
      RUNS,
    );
  });

  it("without any data nothing lowers; partial data and a missing metric lower to max or a ceiling at most", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { current, config } = input;
        if (!input.metrics.some(usable)) expect(to(input)).toBeGreaterThanOrEqual(current);
        const whole = input.metrics.every((m) => podless(m, input) || m.quality.verdict === "act");
        // an idle pod's CPU cannot keep the last pod: whether its data are whole says nothing
        if (whole || (config.minReplicas === 0 && current === 1)) return;
        const ceiling = Math.max(config.schedule[0]!.maxReplicas!, config.schedule[0]!.minReplicas!);
        expect(to(input)).toBeGreaterThanOrEqual(Math.min(current, config.maxReplicas, ceiling));
      }),
      RUNS,
    );
  });

  it("a metric that is missing does not stop the others from scaling out", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const [first, ...rest] = input.metrics;
        if (rest.length === 0 || input.current === 0) return;
        const held = { ...first!.quality, verdict: "hold" as const, reason: "NoData" as const };
        const blind = { ...first!, quality: held, demand: Number.NaN, series: null, forecast: null };
        const without = to({ ...input, metrics: rest });
        if (without <= input.current || input.memory.metrics[first!.metric.name]?.missingSince != null) return;
        if (first!.metric.activation !== undefined) return;
        expect(to({ ...input, metrics: [blind, ...rest] })).toBe(without);
      }),
      RUNS,
    );
  });

  it("does not depend on the order of the metrics", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const turned = { ...input, metrics: input.metrics.toReversed() };
        const [one, other] = [decide(input), decide(turned)];
        expect([other.decision.replicas, other.recommendation]).toEqual([one.decision.replicas, one.recommendation]);
      }),
      RUNS,
    );
  });

  it("scaling in needs the current demand of every metric and every recommendation of the window to agree", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const replicas = to(input);
        const { maxReplicas, schedule, behavior: b } = input.config;
        if (replicas >= input.current || replicas >= Math.min(maxReplicas, schedule[0]!.maxReplicas!)) return;
        for (const m of seen(input)) {
          // the last pod goes without demand: what an idle pod burns does not keep it
          const needed = neededNow(m, input);
          expect(replicas).toBeGreaterThanOrEqual(replicas === 0 ? needed - 1 : needed);
        }
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
      const settings = { mode: "Active", schedule: [], followSurge: true, minReplicas: 1, maxReplicas: 99 } as const;
      const config = { ...input.config, ...settings, behavior: { scaleUp: up, scaleDown } };
      const memory = { ...input.memory, lastWritten: null };
      const metrics = input.metrics.map((m) => ({ ...m, series: m.series && series }));
      return { ...input, current: Math.max(1, input.current), config, memory, conditions: {}, metrics };
    });
    let surges = 0;
    fc.assert(
      fc.property(free, (input) => {
        for (const m of seen(input)) {
          const surge = replicasFor(surgeAhead(m.series!, m.lead.steps), m.metric.averageValue);
          if (surge > Math.max(input.current, needOf(m))) surges++;
          expect(to(input)).toBeGreaterThanOrEqual(Math.min(99, Math.max(surge, needOf(m))));
        }
      }),
      RUNS,
    );
    expect(surges).toBeGreaterThan(20);
  });

  it("a pod that is missing from the sum is never less than a pod at its target", () => {
    fc.assert(
      fc.property(anyInput, fc.nat(20), (input, missing) => {
        const lacking = (pods: number) => ({
          ...input,
          metrics: input.metrics.map((metric) => ({ ...metric, missing: pods })),
        });
        expect(to(lacking(missing))).toBeGreaterThanOrEqual(to(lacking(0)));
        const [before, after] = [decide(lacking(0)).recommendation, decide(lacking(missing)).recommendation];
        if (before !== null) expect(after).toBeGreaterThanOrEqual(before);
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

  it("has stages that lower only where the table says so, for reasons that the table lists", () => {
    const rows = new Map<string, StageRow>(STAGES.map((row) => [row.stage, row]));
    fc.assert(
      fc.property(anyInput, (input) => {
        for (const { stage, from, to, reason } of decide(input).decision.trail) {
          const { lowers, reasons } = rows.get(stage)!;
          if (!lowers) expect([stage, to]).toEqual([stage, Math.max(to, Math.min(from, input.current))]);
          // the metrics' stage gives the reason of the metric that won
          if (reason !== "DesiredWithinRange" && stage !== "metrics")
            expect([stage, reasons]).toEqual([stage, expect.arrayContaining([reason])]);
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
