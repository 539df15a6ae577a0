/** What pods are added for and what they are kept for: the last part of the lead, and the greatest of them all. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "../../../job/core/policy/decide.ts";
import { persistenceQuantiles } from "../../../job/core/policy/persistence.ts";
import { quantilesOf, scaleInQuantile, scaleOutQuantile, whyDistrusted } from "../../../job/core/policy/quantiles.ts";
import { config } from "../../fakes/config.ts";
import { forecast } from "../../fakes/forecaster.ts";
import { policyInput } from "../../fakes/policy-input.ts";
import { series } from "../../fakes/series.ts";

const lead = { seconds: 120, steps: 8, readyAfter: 60, parts: [[0, 4] as const, [4, 8] as const] };
const settings = config({ scaleDownQuantile: 0.95, behavior: { ...config().behavior } });
/** Cores at 0.8 and at 0.95, of the part before new pods serve and of theirs; the whole lead has something else, so that it shows when it is taken. */
const parted = (near: readonly [number, number], late: readonly [number, number], skill = 0.5) =>
  policyInput({
    lead,
    config: settings,
    forecast: forecast({
      skill,
      maxQuantiles: [9, 9],
      parts: [
        { max: near[0], maxQuantiles: near },
        { max: late[0], maxQuantiles: late },
      ],
    }),
  });

describe("scaleOutQuantile", () => {
  it("is the quantile of the part in which new pods serve", () => {
    expect(scaleOutQuantile(parted([4, 5], [2, 3]).metrics[0]!, settings, 0.8)).toEqual({
      forecast: 2,
      trusted: 2,
      distrust: null,
    });
  });

  it("is that of the whole lead where the method does not tell parts apart", () => {
    const input = policyInput({ lead, config: settings, quantileCores: 6, upperCores: 7 });
    expect([
      scaleOutQuantile(input.metrics[0]!, settings, 0.8).forecast,
      scaleInQuantile(input.metrics[0]!, settings, 0.95),
    ]).toEqual([6, 7]);
  });

  it("is the last value's own when the forecast is not trusted, over the same part", () => {
    // rises by 0.1 a step: the last value + 0.8 at the end of the lead, + 0.4 at the end of its first half
    const rising = series(Array.from({ length: 40 }, (_, i) => 1 + i / 10));
    const input = { ...parted([9, 9], [9, 9], 1.4).metrics[0]!, series: rising };
    expect(scaleOutQuantile(input, settings, 0.8)).toMatchObject({
      forecast: 9,
      distrust: expect.stringContaining("1.40 times"),
    });
    expect(scaleOutQuantile(input, settings, 0.8).trusted).toBeCloseTo(4.9 + 0.8, 9);
    expect(scaleInQuantile(input, settings, 0.95)).toBeCloseTo(4.9 + 0.8, 9);
    const fallingSeries = series(Array.from({ length: 40 }, (_, i) => 9 - i / 10));
    const falling = { ...input, series: fallingSeries };
    // the first value of each part is its greatest: one step and five steps on
    expect(
      [scaleOutQuantile(falling, settings, 0.8).trusted, scaleInQuantile(falling, settings, 0.95)].map((v) =>
        Number(v.toFixed(9)),
      ),
    ).toEqual([4.6, 5]);
  });
});

describe("scaleInQuantile", () => {
  it("is the greatest of the parts: a pod that is given back is missing in each", () => {
    expect(scaleInQuantile(parted([4, 5], [2, 3]).metrics[0]!, settings, 0.95)).toBe(5);
    expect(scaleInQuantile(parted([1, 2], [2, 3]).metrics[0]!, settings, 0.95)).toBe(3);
  });

  it("holds a scale-in at what the time before new pods serve needs, and buys nothing for it", () => {
    const input = parted([4, 5], [2, 3]);
    expect(decide({ ...input, current: 20 }).decision).toMatchObject({ replicas: 10, reason: "ForecastBand" });
    expect(decide({ ...input, current: 3 }).decision).toMatchObject({ replicas: 4, reason: "ForecastQuantile" });
  });
});

/** Two levels, two parts or none, a series or none, and at most one value that is no number. */
const value = fc.double({ min: 0, max: 20, noNaN: true });
const pair = fc.tuple(value, value).map((both) => both.sort((a, b) => a - b));
const anything = fc.record({
  whole: pair,
  near: pair,
  late: pair,
  parted: fc.boolean(),
  skill: fc.constantFrom(0.2, 0.9, 1, 1.0001, 2, Number.NaN),
  bad: fc.constantFrom(null, null, Number.NaN, Number.POSITIVE_INFINITY),
  place: fc.nat(5),
  values: fc.option(fc.array(value, { maxLength: 30 })),
  demand: value,
  trusted: fc.boolean(),
  part: fc.nat(1),
});

/** The input, and the quantiles of the whole and of the two parts as they were told. */
function told(any: typeof anything extends fc.Arbitrary<infer T> ? T : never) {
  const all = [...any.whole, ...any.near, ...any.late].map((q, i) =>
    any.bad !== null && i === any.place ? any.bad : q,
  );
  const [whole, near, late] = [all.slice(0, 2), all.slice(2, 4), all.slice(4)];
  const parts = [near, late].map((maxQuantiles) => ({ max: 1, maxQuantiles }));
  const made = forecast({ skill: any.skill, maxQuantiles: whole, ...(any.parted && { parts }) });
  const own = any.values === null ? null : series(any.values);
  const all2 = policyInput({ lead, config: settings, forecast: made, series: own, demand: any.demand });
  return { input: all2.metrics[0]!, ofPart: any.parted ? [near, late] : [whole, whole], all: any.parted ? all : whole };
}

describe("against the words", () => {
  it("a forecast is distrusted where any of its numbers is none, or where its error is above the limit", () => {
    fc.assert(
      fc.property(anything, (any) => {
        const { input, all } = told(any);
        const distrust = whyDistrusted(input, { trustThreshold: 1 });
        if (all.some((q) => !Number.isFinite(q))) expect(distrust).toBe("the forecast is not a number");
        else if (any.skill > 1)
          expect(distrust).toBe(`error ${any.skill.toFixed(2)} times that of the last value, limit 1`);
        else expect(distrust).toBeNull();
      }),
      { numRuns: 500 },
    );
    const { input } = told(fc.sample(anything, 1)[0]!);
    expect(whyDistrusted({ ...input, forecast: null }, settings)).toBe("no forecast could be made");
    expect(whyDistrusted({ ...input, problem: "no memory" }, settings)).toBe("no forecast could be made (no memory)");
  });

  it("its quantiles are those of the part, where they are trusted and numbers; else the last value's own, else the demand", () => {
    fc.assert(
      fc.property(anything, (any) => {
        const { input, ofPart } = told(any);
        const levels = [0.95, 0.8];
        const found = quantilesOf(input, any.part, levels, any.trusted);
        const [low, high] = ofPart[any.part]!;
        const reactive =
          any.values === null || any.values.length === 0
            ? [any.demand, any.demand]
            : persistenceQuantiles(series(any.values), lead.parts[any.part]!, levels);
        const usable = any.trusted && [low, high].every(Number.isFinite);
        expect(found).toEqual(usable ? [high, low] : reactive);
        // a level that nobody asked the forecast for is not told by it
        expect(quantilesOf(input, any.part, [0.6], true)).toEqual(quantilesOf(input, any.part, [0.6], false));
      }),
      { numRuns: 500 },
    );
  });

  it("scale-out takes the last part, scale-in the greatest, each after the trust gate", () => {
    fc.assert(
      fc.property(anything, (any) => {
        const { input } = told(any);
        const distrust = whyDistrusted(input, { trustThreshold: 1 });
        const of = (part: number, level: number, trusted: boolean) => quantilesOf(input, part, [level], trusted)[0]!;
        expect(scaleOutQuantile(input, { trustThreshold: 1 }, 0.8)).toEqual({
          forecast: of(1, 0.8, true),
          trusted: of(1, 0.8, distrust === null),
          distrust,
        });
        const both = [0, 1].map((part) => of(part, 0.95, distrust === null));
        expect(scaleInQuantile(input, { trustThreshold: 1 }, 0.95)).toBe(Math.max(...both));
      }),
      { numRuns: 300 },
    );
  });
});
