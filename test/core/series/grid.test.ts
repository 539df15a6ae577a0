/** The even grid: exact on even samples, tolerant of jitter, honest about gaps. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fillGaps, MAX_INTERPOLATED_STEPS, mask, toGrid } from "../../../job/core/series/grid.ts";
import { pairs, samplesOf, series } from "../../fakes/series.ts";

const grid = (rows: readonly (readonly [number, number])[], step = 15, points = 120) => {
  const { times, values } = pairs(rows);
  return toGrid(times, values, step, points);
};

describe("toGrid", () => {
  it("gives even samples back unchanged", () => {
    const samples = samplesOf((i) => i * i, { end: 3000, points: 50 });
    const { series: made, real, covered } = toGrid(samples.times, samples.values, 15, 120);
    expect(made).toEqual({ start: 3000 - 49 * 15, step: 15, values: samples.values, filled: new Uint8Array(50) });
    expect([real, covered]).toEqual([50, 50]);
  });

  it("keeps the newest points when there are more than asked", () => {
    const { series: made } = grid(
      [
        [0, 1],
        [15, 2],
        [30, 3],
      ],
      15,
      2,
    );
    expect([made.start, [...made.values]]).toEqual([15, [2, 3]]);
  });

  it("moves jittered samples to the nearest point", () => {
    const { series: made } = grid([
      [1, 1],
      [13, 2],
      [32, 3],
      [44, 4],
      [60, 5],
    ]);
    expect([[...made.values], [...made.filled], made.start]).toEqual([[1, 2, 3, 4, 5], [0, 0, 0, 0, 0], 0]);
  });

  it("averages finer samples over the step that ends at the point", () => {
    const samples = samplesOf((i) => i, { end: 59, step: 1, points: 60 });
    const { series: made } = toGrid(samples.times, samples.values, 15, 120);
    expect([...made.values]).toEqual([7, 22, 37, 52]);
    expect(made.start).toBe(14);
  });

  it("bridges coarser samples by lines and counts them as covered", () => {
    const {
      series: made,
      real,
      covered,
    } = grid([
      [0, 0],
      [60, 4],
      [120, 8],
      [180, 12],
    ]);
    expect([...made.values]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect([...made.filled]).toEqual([0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0]);
    expect([real, covered]).toEqual([4, 13]);
  });

  it("draws a line through a short gap and holds the value before a long one", () => {
    const short = grid([
      [0, 1],
      [15, 1],
      [30, 1],
      [45, 1],
      [90, 4],
    ]);
    expect([...short.series.values]).toEqual([1, 1, 1, 1, 2, 3, 4]);
    expect([...short.series.filled]).toEqual([0, 0, 0, 0, 1, 1, 0]);
    expect(short.covered).toBe(5);
    const longest = grid([
      [0, 1],
      [15, 1],
      [30, 1],
      [30 + (MAX_INTERPOLATED_STEPS + 1) * 15, 1 + MAX_INTERPOLATED_STEPS + 1],
    ]);
    const line = Array.from({ length: MAX_INTERPOLATED_STEPS + 1 }, (_, i) => 2 + i);
    expect([...longest.series.values]).toEqual([1, 1, 1, ...line]);
    const after = 45 + (MAX_INTERPOLATED_STEPS + 2) * 15;
    const long = grid([
      [0, 1],
      [15, 1],
      [30, 1],
      [45, 1],
      [after, 4],
    ]);
    expect([...long.series.values]).toEqual([1, 1, 1, 1, ...new Array(MAX_INTERPOLATED_STEPS + 1).fill(1), 4]);
  });

  it("is empty for no samples", () => {
    expect(grid([])).toEqual({ series: series([], { start: 0 }), real: 0, covered: 0 });
  });

  it("never makes a value outside the range of the samples, nor a hole", () => {
    const rows = fc.uniqueArray(
      fc.tuple(fc.double({ min: 0, max: 5000, noNaN: true }), fc.double({ min: 0, max: 9, noNaN: true })),
      { minLength: 1, maxLength: 80, selector: ([time]) => time },
    );
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 200 }), (list, step, points) => {
        const sorted = [...list].sort(([a], [b]) => a - b);
        const { series: made, real, covered } = grid(sorted, step, points);
        const all = sorted.map(([, value]) => value);
        expect(made.values.length).toBeLessThanOrEqual(points);
        expect(made.values.length).toBeGreaterThan(0);
        for (const value of made.values) {
          expect(value).toBeGreaterThanOrEqual(Math.min(...all) - 1e-9);
          expect(value).toBeLessThanOrEqual(Math.max(...all) + 1e-9);
        }
        expect(real).toBe(made.filled.filter((f) => f === 0).length);
        expect(covered).toBeGreaterThanOrEqual(real);
        expect(covered).toBeLessThanOrEqual(made.values.length);
        expect(made.start + (made.values.length - 1) * step).toBeCloseTo(sorted.at(-1)![0], 6);
      }),
    );
  });
});

describe("fillGaps", () => {
  it("holds the nearest value at the edges and leaves an empty grid alone", () => {
    const values = Float64Array.from([0, 0, 5, 0, 7, 0]);
    fillGaps(values, Uint8Array.from([1, 1, 0, 1, 0, 1]), 8, 0);
    expect([...values]).toEqual([5, 5, 5, 6, 7, 7]);
    const nothing = Float64Array.from([3, 3]);
    fillGaps(nothing, Uint8Array.from([1, 1]), 8, 0);
    expect([...nothing]).toEqual([3, 3]);
  });
});

describe("mask", () => {
  const burst = series([1, 1, 1, 9, 9, 1, 1, 1]);

  it("bridges what a rollout burnt and leaves the original alone", () => {
    const masked = mask(burst, [[45, 60]]);
    expect([...masked.values]).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
    expect([...masked.filled]).toEqual([0, 0, 0, 1, 1, 0, 0, 0]);
    expect(burst.values[3]).toBe(9);
  });

  it("keeps the burst when less than half would be left", () => {
    expect(mask(burst, [[0, 90]])).toBe(burst);
    expect(mask(burst, [[0, 60]])).toBe(burst);
    // half is enough
    expect([...mask(burst, [[0, 45]]).filled]).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
    expect(mask(burst, [])).toBe(burst);
    expect(mask(burst, [[1000, 2000]])).toBe(burst);
  });
});
