/** Cleaning of samples: order, duplicates, and what is refused. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clean } from "../../../job/core/series/clean.ts";
import { pairs } from "../../fakes/series.ts";

const LIMITS = { latest: 1000, ceiling: Number.POSITIVE_INFINITY, zero: true };
const anyValue = fc.oneof(
  fc.double({ min: 0, max: 50, noNaN: true }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -3, -1e-12, 1e9),
);
const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 1200 }), anyValue), { maxLength: 60 });

describe("clean", () => {
  it("sorts, keeps the larger of two samples with one time, and counts what it refuses", () => {
    const samples = pairs([
      [30, 3],
      [10, 1],
      [30, 4],
      [20, Number.NaN],
      [40, -2],
      [50, 99],
      [2000, 1],
      [Number.NaN, 1],
    ]);
    const cleaned = clean(samples, { latest: 1000, ceiling: 10, zero: true });
    expect([...cleaned.times]).toEqual([10, 30]);
    expect([...cleaned.values]).toEqual([1, 4]);
    expect(cleaned).toMatchObject({
      refused: 3,
      future: 2,
      newestBad: 50,
      newestBadReason: "AboveCapacity",
    });
  });

  it("takes no zero where something runs", () => {
    const cleaned = clean(
      pairs([
        [1, 2],
        [2, 0],
        [3, -1e-12],
        [4, 1e-8],
      ]),
      { ...LIMITS, zero: false },
    );
    expect([...cleaned.times]).toEqual([1, 4]);
    expect(cleaned).toMatchObject({ refused: 2, newestBad: 3, newestBadReason: "ZeroUsage" });
  });

  it("takes rounding noise below zero as zero", () => {
    expect([...clean(pairs([[1, -1e-12]]), LIMITS).values]).toEqual([0]);
  });

  it("takes what is just possible: the ceiling itself, and a nanosecond of work a second", () => {
    const rows = pairs([
      [1, 10],
      [2, 1e-9],
      [3, 10.001],
      [4, 0.9e-9],
    ]);
    const cleaned = clean(rows, { latest: 1000, ceiling: 10, zero: false });
    expect([...cleaned.values]).toEqual([10, 1e-9]);
    expect([cleaned.refused, cleaned.newestBad, cleaned.newestBadReason]).toEqual([2, 4, "ZeroUsage"]);
    expect([...clean(pairs([[1, -1e-9]]), LIMITS).values]).toEqual([0]);
    expect(clean(pairs([[1, -1.1e-9]]), LIMITS).newestBadReason).toBe("NegativeData");
  });

  it("agrees with a naive oracle on any samples", () => {
    fc.assert(
      fc.property(rows, (list) => {
        const cleaned = clean(pairs(list), { latest: 1000, ceiling: 100, zero: true });
        const largest = new Map<number, number>();
        for (const [time, value] of list) {
          if (time > 1000 || !Number.isFinite(value) || value < -1e-9 || value > 100) continue;
          largest.set(time, Math.max(largest.get(time) ?? 0, value));
        }
        const expected = [...largest].sort(([a], [b]) => a - b);
        expect([...cleaned.times].map((time, i) => [time, cleaned.values[i]])).toEqual(expected);
      }),
    );
  });

  it("does not depend on the order of the samples", () => {
    fc.assert(
      fc.property(rows, (list) => {
        expect(clean(pairs([...list].reverse()), LIMITS).values).toEqual(clean(pairs(list), LIMITS).values);
      }),
    );
  });
});
