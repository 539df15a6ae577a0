/** The data verdict: one case per word of the vocabulary, and the current demand. */
import { describe, expect, it } from "vitest";
import { believable, capacityOf, currentDemand, type Expectation, inspect } from "../../../job/core/series/quality.ts";
import type { Samples } from "../../../job/core/series/types.ts";
import { pairs, samplesOf, series } from "../../fakes/series.ts";
import { EXPECTED, WINDOW_END } from "./expected.ts";

const full = samplesOf(() => 2, { end: WINDOW_END - 5 });

function changed(change: (i: number) => number | undefined): Samples {
  return { times: full.times, values: full.values.map((value, i) => change(i) ?? value) };
}

const cases: readonly [string, Samples, Partial<Expectation>, string, string][] = [
  ["a whole window", full, {}, "act", "DataComplete"],
  ["no sample at all", pairs([]), {}, "hold", "NoData"],
  ["nothing but NaN", changed(() => Number.NaN), {}, "hold", "NotFinite"],
  ["samples older than the window", samplesOf(() => 2, { end: WINDOW_END - 4000 }), {}, "hold", "StaleData"],
  ["a newest sample that is too old", samplesOf(() => 2, { end: WINDOW_END - 121 }), {}, "hold", "StaleData"],
  ["one sample", pairs([[WINDOW_END - 5, 1]]), {}, "hold", "TooFewSamples"],
  [
    "two samples, by the second minute",
    pairs([
      [WINDOW_END - 20, 1],
      [WINDOW_END - 5, 1],
    ]),
    {},
    "upOnly",
    "GapsInData",
  ],
  [
    "nothing but NaN for longer than maxAge",
    changed((i) => (i > 100 ? Number.NaN : undefined)),
    {},
    "hold",
    "NotFinite",
  ],
  [
    "nothing but the impossible for longer than maxAge",
    changed((i) => (i > 100 ? 99 : undefined)),
    { ceiling: 50 },
    "hold",
    "AboveCapacity",
  ],
  ["nothing but zero while pods run", changed(() => 0), {}, "hold", "ZeroUsage"],
  ["a newest sample of zero", changed((i) => (i === 119 ? 0 : undefined)), {}, "upOnly", "ZeroUsage"],
  ["zero, which is possible of a queue", changed(() => 0), { zero: true }, "act", "DataComplete"],
  ["samples that are still to come", samplesOf(() => 2, { end: WINDOW_END + 600 }), {}, "hold", "FutureData"],
  [
    "one sample that is still to come",
    { times: full.times.map((t, i) => (i === 60 ? t + 7200 : t)), values: full.values },
    {},
    "hold",
    "FutureData",
  ],
  ["times that are none", { times: full.times.map(() => Number.NaN), values: full.values }, {}, "hold", "FutureData"],
  ["several series", full, { seriesCount: 2 }, "hold", "SeveralSeries"],
  ["more than the pods can use", full, { capacity: 1.9 }, "hold", "AboveCapacity"],
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
    samplesOf(() => 2, { end: WINDOW_END - 5, step: 60, points: 31 }),
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

  const TODAY = { ...EXPECTED, now: 1_790_000_000 };
  const today = samplesOf(() => 2, { end: TODAY.now - 5 });
  it.each([
    [1e3, "milliseconds"],
    [1e6, "microseconds"],
    [1e9, "nanoseconds"],
    [1e-3, "thousands of seconds"],
    [1 / 60, "minutes"],
    [1 / 3600, "hours"],
    [1 / 86_400, "days"],
  ])("names the unit of times that are %d times too large", (factor, unit) => {
    const { quality } = inspect({ times: today.times.map((t) => t * factor), values: today.values }, TODAY);
    expect(quality).toMatchObject({ verdict: "hold", reason: "WrongTimeUnit" });
    expect(quality.message).toContain(unit);
    expect(inspect(today, TODAY).quality.reason).toBe("DataComplete");
  });

  const noisy = (i: number) => 2 + Math.sin(i / 7) + 0.1 * Math.sin(i * 97);

  it("counts a repeat as no sample, and lays the grid at the source's own cadence", () => {
    const stairs = samplesOf((i) => noisy(Math.floor(i / 4)), { end: WINDOW_END - 5, points: 120 });
    const { series: grid, quality } = inspect(stairs, EXPECTED);
    expect(quality).toMatchObject({ verdict: "act", reason: "DataComplete", cadence: 60, coverage: 1 });
    expect(quality.message).toContain("a new value every 60 s only");
    expect([grid.step, grid.values.length, quality.points]).toEqual([60, 30, 30]);
    expect(grid.values.at(-1)).toBe(noisy(29));
    // the newest value came with the first of its four samples
    expect(quality.age).toBe(5 + 45);
  });

  it("takes a source that is coarser than the step on a grid of its own", () => {
    const { series: grid, quality } = inspect(
      samplesOf(noisy, { end: WINDOW_END - 5, step: 60, points: 31 }),
      EXPECTED,
    );
    expect([grid.step, quality.cadence, quality.points]).toEqual([60, 60, 30]);
    expect(grid.filled.every((f) => f === 0)).toBe(true);
  });

  it("does so from one and a half steps on", () => {
    const every = (seconds: number) => samplesOf(noisy, { end: WINDOW_END - 5, step: seconds, points: 100 });
    expect([22, 23, 30].map((seconds) => inspect(every(seconds), EXPECTED).series.step)).toEqual([15, 23, 30]);
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

describe("believable", () => {
  it("is what the limit allows, or tens of times the target, and two cores a pod at least", () => {
    expect(believable(10, 0.2, 0.1)).toBeCloseTo(2.2);
    expect(believable(10, undefined, 0.5)).toBeCloseTo(150);
    expect(believable(10, undefined, 0.05)).toBe(20);
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
    expect(currentDemand(series([9, 9, 9, 9, 9, 9, 1, 2]))).toBe(1.5);
  });

  it("leaves out a second point that is too old, and knows nothing of nothing", () => {
    expect(currentDemand(filled([9, 0, 0, 0, 0, 3], [1, 2, 3, 4]))).toBe(3);
    expect(currentDemand(series([4]))).toBe(4);
    expect(currentDemand(series([1, 2], { step: 60 }))).toBe(2);
    expect(currentDemand(series([1, 2], { step: 30 }))).toBe(1.5);
    expect(currentDemand(series([]))).toBeNaN();
  });
});
