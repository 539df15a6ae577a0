/** What pods are bought for and kept for: a given quantile wins, else what pays; doubt never buys less. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Amount, scaleInAmount, scaleOutAmount } from "../../../job/core/policy/amounts.ts";
import { decide } from "../../../job/core/policy/decide.ts";
import { payingPods, QUANTILE_LEVELS, riskAbove } from "../../../job/core/policy/level.ts";
import { capacityOfPod, worthOf } from "../../../job/core/policy/service.ts";
import { type MetricInput, replicasFor } from "../../../job/core/policy/stage.ts";
import { BLANK } from "../../../job/core/state/memory.ts";
import { metricsOf, type TargetConfig } from "../../../job/core/target.ts";
import { behavior, config, NOW } from "../../fakes/config.ts";
import { forecast } from "../../fakes/forecaster.ts";
import { policyInput, quality } from "../../fakes/policy-input.ts";
import { series } from "../../fakes/series.ts";

const { quantile: _, ...free } = config({ behavior: behavior({ tolerance: 0.1 }), maxReplicas: 1000 });
/** Cores at LEVELS, of the part before new pods serve and of theirs; a mean demand of 1. */
const LAW = [1, 1.2, 1.4, 1.7, 2, 2.3, 3, 3.6, 4.2, 5];
const input = (target: TargetConfig, given: Parameters<typeof policyInput>[0] = {}, laws = [LAW, LAW]) =>
  policyInput({
    config: target,
    levels: QUANTILE_LEVELS,
    lead: { seconds: 120, steps: 8, readyAfter: 60, parts: [[0, 4] as const, [4, 8] as const] },
    forecast: forecast({
      maxQuantiles: QUANTILE_LEVELS.map(() => 0),
      parts: laws.map((maxQuantiles) => ({ max: 1, maxQuantiles })),
    }),
    ...given,
  });
const first = ({ metrics }: { readonly metrics: readonly MetricInput[] }) => metrics[0]!;
const scaleOut = (target: TargetConfig, given: Parameters<typeof policyInput>[0] = {}) => {
  const all = input(target, given);
  return scaleOutAmount(first(all), all).trusted;
};

/** Expects a level between those of the quantiles beside the amount. */
function expectLevel(quantiles: readonly number[], amount: number, level: number) {
  QUANTILE_LEVELS.forEach((known, i) => {
    if (quantiles[i]! <= amount) expect(level).toBeGreaterThanOrEqual(Math.min(known, 0.999) - 0.001);
    if (quantiles[i]! > amount) expect(level).toBeLessThanOrEqual(known + 0.001);
  });
}

describe("scaleOutAmount", () => {
  it("takes a given quantile whatever the share says, and else whole pods with the level that they reach", () => {
    const all = input({ ...free, quantile: 0.8, slo: 0.001 });
    expect(scaleOutAmount(first(all), all)).toMatchObject({ trusted: { value: 1.7, level: 0.8 }, distrust: null });
    const { value, level } = scaleOut(free);
    expect(value / 0.5).toBeCloseTo(Math.round(value / 0.5), 9);
    expect(level).toBeGreaterThan(0.5);
    expect(level).toBeLessThanOrEqual(0.999);
  });

  it("buys no less for a smaller share", () => {
    const values = [0.1, 0.03, 0.01, 0.003, 0.001].map((slo) => scaleOut({ ...free, slo }).value);
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(values.at(-1)).toBeGreaterThan(values[0]!);
  });

  it("follows what was met of the share", () => {
    const at = (below: number) =>
      scaleOut({ ...free, slo: 0.01 }, { memory: { ...BLANK, service: { at: NOW, below, seen: 36_000 } } }).value;
    expect(at(0)).toBeLessThan(at(360));
    expect(at(360)).toBeLessThan(at(900));
  });

  it("in doubt buys no less than without, and no less than quantile 0.7", () => {
    const doubts = [
      { quality: quality("upOnly", "GapsInData") },
      { forecast: forecast({ skill: Number.NaN, maxQuantiles: LAW }) },
    ];
    fc.assert(
      fc.property(fc.constantFrom(...doubts), fc.constantFrom(0.001, 0.01, 0.1), fc.nat(900), (doubt, slo, below) => {
        const target = { ...free, slo };
        const memory = { ...BLANK, service: { at: NOW, below, seen: 36_000 } };
        const { value } = scaleOut(target, { ...doubt, memory });
        expect(value).toBeGreaterThanOrEqual(scaleOut(target, { memory }).value);
        expect(value).toBeGreaterThanOrEqual(1.4);
      }),
    );
  });

  it("goes by the last value where the forecast is not trusted", () => {
    const flat = { series: series(new Array(40).fill(1)), forecast: forecast({ skill: 2, maxQuantiles: LAW }) };
    const all = input(free, flat);
    const { forecast: own, trusted, distrust } = scaleOutAmount(first(all), all);
    expect(distrust).toContain("2.00 times");
    expect(own.value).toBeGreaterThan(trusted.value);
    expect(trusted.value).toBe(1);
  });

  it("says the level of the amount itself, and beside it that of what its pods carry within the tolerance", () => {
    const steps = fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { minLength: 10, maxLength: 10 });
    const tolerances = fc.constantFrom(0, 0.1, 0.5);
    fc.assert(
      fc.property(steps, tolerances, fc.constantFrom(undefined, 0.001, 0.03), (law, tolerance, slo) => {
        let sum = 0.1;
        const quantiles = law.map((step) => {
          sum += step;
          return sum;
        });
        const target = { ...free, behavior: behavior({ tolerance }), ...(slo !== undefined && { slo }) };
        const all = input(target, {}, [quantiles, quantiles]);
        for (const amount of [scaleOutAmount(first(all), all).trusted, scaleInAmount(first(all), all)]) {
          const { value, level, carriedLevel } = amount;
          expectLevel(quantiles, value, level);
          expectLevel(quantiles, value * (1 + tolerance), carriedLevel!);
        }
      }),
    );
  });

  it("is no whole pod for less than a pod: an idle queue stays idle", () => {
    const idle = QUANTILE_LEVELS.map((level) => (level > 0.9 ? 0.2 : 0));
    const all = input(free, {}, [idle, idle]);
    expect(scaleOutAmount(first(all), all).trusted.value).toBeLessThanOrEqual(0.2);
  });
});

describe("scaleInAmount", () => {
  it("keeps what pays at three times the worth, of the greatest part", () => {
    const low = LAW.map((q) => q / 2);
    const both = input(free);
    const kept = scaleInAmount(first(both), both).value;
    expect(kept).toBeGreaterThan(scaleOut(free).value);
    for (const laws of [
      [LAW, low],
      [low, LAW],
    ]) {
      const all = input(free, {}, laws);
      expect(scaleInAmount(first(all), all).value).toBe(kept);
    }
  });

  it("takes a quantile for scale-in alone, and that of the scale-out where only that is given", () => {
    const own = input({ ...free, scaleDownQuantile: 0.95 }, { levels: QUANTILE_LEVELS });
    expect(scaleInAmount(first(own), own)).toEqual({ value: 3, level: 0.95 });
    const same = input({ ...free, quantile: 0.8 });
    expect(scaleInAmount(first(same), same)).toEqual({ value: 1.7, level: 0.8 });
  });
});

it("the decision is never below what the demand needs, and says the level and the share", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 20, noNaN: true }), fc.constantFrom(0.001, 0.1), (demand, slo) => {
      const all = input({ ...free, slo }, { demand, current: 1 });
      expect(decide(all).decision.replicas).toBeGreaterThanOrEqual(replicasFor(demand, 0.5));
    }),
  );
  const memory = { ...BLANK, recommendations: [{ at: NOW, replicas: 0 }], service: { at: NOW, below: 72, seen: 3600 } };
  const { trail } = decide(input({ ...free, slo: 0.01 }, { memory })).decision;
  const said = trail.find(({ stage }) => stage === "forecast")!;
  expect(said.message).toMatch(/at quantile 0\.\d+ of .* where 1 % of the time may be below, 2 % were/);
  expect(said.detail?.level).toBeGreaterThan(0.9);
});

describe("against the words: the pods that pay, times what one is for", () => {
  const law = fc
    .array(fc.double({ min: 0, max: 2, noNaN: true }), {
      minLength: QUANTILE_LEVELS.length,
      maxLength: QUANTILE_LEVELS.length,
    })
    .map((steps) => steps.map((_, i) => steps.slice(0, i + 1).reduce((sum, step) => sum + step, 0)));
  const any = fc.record({
    laws: fc.tuple(law, law),
    values: fc.option(fc.array(fc.double({ min: 0, max: 9, noNaN: true }), { maxLength: 20 })),
    demand: fc.double({ min: 0, max: 9, noNaN: true }),
    slo: fc.option(fc.constantFrom(0.001, 0.01, 0.1), { nil: undefined }),
    below: fc.nat(900),
    doubt: fc.constantFrom("none", "none", "upOnly", "NaN" as const),
  });

  type Given = typeof any extends fc.Arbitrary<infer T> ? T : never;

  /** Of one part, worth so many times as much. */
  function naive(q: readonly number[], { values, demand, slo, below, doubt }: Given, times: number) {
    const mean = values === null || values.length === 0 ? demand : values.reduce((a, b) => a + b) / values.length;
    const service = { at: NOW, below, seen: 36_000 };
    const target = { ...free, ...(slo !== undefined && { slo }) };
    const [metric] = metricsOf(target);
    const pods = payingPods(q, {
      averageValue: 0.5,
      capacity: capacityOfPod(metric!, target),
      bill: Math.max(1, mean / 0.5),
      worth: times * worthOf(slo, service, doubt !== "none"),
    });
    const value = Math.min(pods * 0.5, q.at(-1)!);
    if (doubt !== "none" && value < q[2]!) return { value: q[2]!, level: 0.7 };
    return { value, level: naiveLevel(q, value), carriedLevel: naiveLevel(q, value * 1.1) };
  }

  /** One less the risk above an amount; below the median the law mirrors what is above it. */
  function naiveLevel(q: readonly number[], amount: number) {
    const level = amount < q[0]! ? riskAbove(q, 2 * q[0]! - amount) : 1 - riskAbove(q, amount);
    return Math.min(0.999, Math.max(0.001, Math.round(level * 1000) / 1000));
  }

  it("scale-out by the last part, scale-in by the part that asks for most at three times the worth", () => {
    fc.assert(
      fc.property(any, (given) => {
        const { laws, values, demand, slo, below, doubt } = given;
        const own = forecast({
          skill: doubt === "NaN" ? Number.NaN : 0.5,
          maxQuantiles: laws[0],
          parts: laws.map((maxQuantiles) => ({ max: 1, maxQuantiles })),
        });
        const all = input(
          { ...free, ...(slo !== undefined && { slo }) },
          {
            forecast: own,
            demand,
            series: values === null ? null : series(values),
            memory: { ...BLANK, service: { at: NOW, below, seen: 36_000 } },
            ...(doubt === "upOnly" && { quality: quality("upOnly", "GapsInData") }),
          },
        );
        const close = ({ value, level, carriedLevel }: Amount) => ({
          value: expect.closeTo(value, 9),
          level: expect.closeTo(level, 2),
          ...(carriedLevel !== undefined && { carriedLevel: expect.closeTo(carriedLevel, 2) }),
        });
        const { forecast: bought_, trusted, distrust } = scaleOutAmount(first(all), all);
        expect([bought_, trusted, distrust]).toEqual([close(naive(laws[1], given, 1)), bought_, null]);
        const kept = laws.map((q) => naive(q, given, 3));
        const most = kept.reduce((a, b) => (b.value > a.value ? b : a));
        expect(scaleInAmount(first(all), all)).toEqual(close(most));
      }),
      { numRuns: 500 },
    );
  });
});
