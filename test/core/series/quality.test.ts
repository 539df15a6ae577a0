/** The data verdict: one case per word of the vocabulary, and the current demand. */
import { describe, expect, it } from "vitest";
import { capacityOf, currentDemand, type Expectation, inspect } from "../../../job/core/series/quality.ts";
import type { Samples } from "../../../job/core/series/types.ts";
import { pairs, samplesOf, series } from "../../fakes/series.ts";

const NOW = 10_000;
const EXPECTED: Expectation = {
  now: NOW,
  step: 15,
  history: 1800,
  maxAge: 120,
  minCoverage: 0.8,
  capacity: Number.POSITIVE_INFINITY,
  ceiling: Number.POSITIVE_INFINITY,
  partial: false,
  seriesCount: 1,
};
const full = samplesOf(() => 2, { end: NOW - 5 });

function changed(change: (i: number) => number | undefined): Samples {
  return { times: full.times, values: full.values.map((value, i) => change(i) ?? value) };
}

const cases: readonly [string, Samples, Partial<Expectation>, string, string][] = [
  ["a whole window", full, {}, "act", "DataComplete"],
  ["no sample at all", pairs([]), {}, "hold", "NoData"],
  ["nothing but NaN", changed(() => Number.NaN), {}, "hold", "NotFinite"],
  ["samples older than the window", samplesOf(() => 2, { end: NOW - 4000 }), {}, "hold", "StaleData"],
  ["a newest sample that is too old", samplesOf(() => 2, { end: NOW - 121 }), {}, "hold", "StaleData"],
  ["one sample", pairs([[NOW - 5, 1]]), {}, "hold", "TooFewSamples"],
  [
    "two samples, by the second minute",
    pairs([
      [NOW - 20, 1],
      [NOW - 5, 1],
    ]),
    {},
    "upOnly",
    "GapsInData",
  ],
  ["several series", full, { seriesCount: 2 }, "hold", "SeveralSeries"],
  ["more than the pods can burn", full, { capacity: 1.9 }, "hold", "AboveCapacity"],
  [
    "a newest sample that was never possible",
    changed((i) => (i === 119 ? 99 : undefined)),
    { ceiling: 50 },
    "hold",
    "AboveCapacity",
  ],
  [
    "an impossible sample long ago",
    changed((i) => (i === 20 ? 99 : undefined)),
    { ceiling: 50 },
    "act",
    "DataComplete",
  ],
  ["a negative newest sample", changed((i) => (i === 119 ? -1 : undefined)), {}, "upOnly", "NegativeData"],
  ["a NaN newest sample", changed((i) => (i === 119 ? Number.NaN : undefined)), {}, "upOnly", "NotFinite"],
  ["a partial answer", full, { partial: true }, "upOnly", "PartialAnswer"],
  [
    "a quarter of the window missing",
    changed((i) => (i > 40 && i < 71 ? Number.NaN : undefined)),
    {},
    "upOnly",
    "GapsInData",
  ],
  [
    "a tenth of the window missing",
    changed((i) => (i > 40 && i < 53 ? Number.NaN : undefined)),
    {},
    "act",
    "DataComplete",
  ],
  [
    "a source of one sample a minute",
    samplesOf(() => 2, { end: NOW - 5, step: 60, points: 31 }),
    {},
    "act",
    "DataComplete",
  ],
];

describe("inspect", () => {
  it.each(cases)("%s", (_, samples, change, verdict, reason) => {
    const { quality } = inspect(samples, { ...EXPECTED, ...change });
    expect([quality.verdict, quality.reason]).toEqual([verdict, reason]);
    expect(quality.message).not.toBe("");
  });

  it("measures coverage, age and points", () => {
    const { quality } = inspect(
      changed((i) => (i % 2 === 0 ? Number.NaN : undefined)),
      { ...EXPECTED, minCoverage: 0 },
    );
    expect(quality).toMatchObject({ points: 60, age: 5 });
    // Every second sample missing is a source of 30 s steps as far as the samples tell.
    expect(quality.coverage).toBe(1);
  });

  it("expects nothing before the first sample, but five minutes at least", () => {
    const since = (points: number) =>
      inspect(
        changed((i) => (i < 120 - points ? Number.NaN : undefined)),
        EXPECTED,
      ).quality;
    expect(since(40)).toMatchObject({ verdict: "act", coverage: 1, points: 40 });
    expect(since(10)).toMatchObject({ verdict: "upOnly", reason: "GapsInData", coverage: 0.5 });
  });

  it("reaches further back for the grid than for the verdict", () => {
    const { series, quality } = inspect(
      changed(() => undefined),
      { ...EXPECTED, history: 900, window: 1800 },
    );
    expect(series.values.length).toBe(120);
    expect(quality).toMatchObject({ points: 60, coverage: 1 });
  });

  it("says Infinity for the age of nothing", () => {
    expect(inspect(pairs([]), EXPECTED).quality.age).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("capacityOf", () => {
  it("is pods x limit and a tenth, and unknown without a limit", () => {
    expect(capacityOf(10, 0.2)).toBeCloseTo(2.2);
    expect(capacityOf(10, undefined)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("currentDemand", () => {
  const filled = (values: number[], at: readonly number[]) => ({
    ...series(values),
    filled: Uint8Array.from(values, (_, i) => (at.includes(i) ? 1 : 0)),
  });

  it("is the mean of the two newest real points", () => {
    expect(currentDemand(series([9, 1, 2]))).toBe(1.5);
    expect(currentDemand(filled([1, 50, 3], [1]))).toBe(2);
  });

  it("leaves out a second point that is too old, and knows nothing of nothing", () => {
    expect(currentDemand(filled([9, 0, 0, 0, 0, 3], [1, 2, 3, 4]))).toBe(3);
    expect(currentDemand(series([4]))).toBe(4);
    expect(currentDemand(series([]))).toBeNaN();
  });
});
