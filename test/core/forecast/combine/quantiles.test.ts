/** Quantiles of errors against the plain rule by a sort; gaps, recency, and tails. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorQuantile, plainly, rankErrors } from "../../../../job/core/forecast/combine/quantiles.ts";

const LEVELS = [0.02, 0.05, 0.1, 0.25, 0.5, 0.6, 0.75, 0.9, 0.95, 0.98];
/** A window so long that all weights are equal. */
const FOREVER = 1e15;

/** The errors of outcomes over `to` steps, all measured unless told. */
function ranked(errors: Float64Array, to = 1, window = FOREVER, measured = new Uint8Array(errors.length).fill(1)) {
  return rankErrors(errors, { measured, to, stride: 1, window });
}

const ours = (errors: Float64Array, to = 1, window = FOREVER) => {
  const sorted = ranked(errors, to, window);
  return LEVELS.map((level) => errorQuantile(sorted, level));
};

/** The k-th smallest of n stands at (k - 1/2 + unseen / 2) / (n + unseen); linear between, NaN beyond the outermost. */
function bySorting(errors: Float64Array, level: number, unseen: number): number {
  const sorted = [...errors].sort((a, b) => a - b);
  const at = level * (sorted.length + unseen) - unseen / 2 - 0.5;
  const low = Math.floor(at);
  if (at < 0 || at > sorted.length - 1) return Number.NaN;
  return low === at ? sorted[low]! : sorted[low]! + (at - low) * (sorted[low + 1]! - sorted[low]!);
}

const someErrors = fc
  .array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 130 })
  // on a grid of 1/1024, so that scaling and shifting neither make nor break ties
  .map((values) => Float64Array.from(values, (v) => Math.round(1024 * v) / 1024));

describe("errorQuantile", () => {
  it("is the plain rule by a sort where weights are equal, with a third of an error unseen", () => {
    let compared = 0;
    fc.assert(
      fc.property(someErrors, (errors) => {
        const got = ours(errors);
        LEVELS.forEach((level, l) => {
          const want = bySorting(errors, level, 0.35);
          if (Number.isNaN(want)) return;
          compared++;
          expect(got[l]).toBeCloseTo(want, 6);
        });
      }),
    );
    expect(compared).toBeGreaterThan(300);
  });

  it("never falls with the level, also among equal errors, whose mean is rounded", () => {
    for (const error of [0.1, 1 / 3, 0.7])
      for (let n = 2; n < 130; n++) {
        const sorted = ranked(new Float64Array(n).fill(error), 4, n + 10);
        expect(Math.min(sorted.low, sorted.high), `${n} errors`).toBeGreaterThanOrEqual(0);
        const quantiles = Array.from({ length: 99 }, (_, i) => errorQuantile(sorted, (i + 1) / 100));
        expect(quantiles, `${n} errors`).toEqual(quantiles.toSorted((a, b) => a - b));
      }
  });

  it("is the order statistic of type 7 for plain errors", () => {
    fc.assert(
      fc.property(someErrors, fc.double({ min: 0, max: 1, noNaN: true }), (errors, level) => {
        const sorted = errors.slice().sort();
        const at = level * (sorted.length - 1);
        const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
        expect(errorQuantile(plainly(sorted), level)).toBeCloseTo(low + (at - Math.floor(at)) * (high - low), 6);
      }),
    );
    expect(errorQuantile(plainly(new Float64Array(0)), 0.5)).toBe(0);
  });

  it("never falls as the level rises, with any overlap and memory", () => {
    fc.assert(
      fc.property(someErrors, fc.integer({ min: 1, max: 40 }), (errors, to) => {
        const got = ours(errors, to, 120);
        for (let l = 1; l < got.length; l++) expect(got[l]!).toBeGreaterThanOrEqual(got[l - 1]! - 1e-12);
      }),
    );
  });

  it("scales and shifts with the errors", () => {
    fc.assert(
      fc.property(someErrors, fc.double({ min: 0.01, max: 100, noNaN: true }), (errors, factor) => {
        const moved = errors.map((e) => 3 + factor * e);
        const got = ours(moved, 4, 120);
        ours(errors, 4, 120).forEach((q, l) => {
          expect(Math.abs(got[l]! - (3 + factor * q))).toBeLessThan(1e-9 * (1 + 100 * factor));
        });
      }),
    );
  });

  it("goes on beyond the outermost error, and not at all where the tail has no spread", () => {
    const got = ours(Float64Array.from({ length: 20 }, (_, i) => i));
    expect(got[9]!).toBeGreaterThan(19);
    expect(got[0]!).toBeLessThan(0);
    expect(ours(new Float64Array(20).fill(2), 5)).toEqual(LEVELS.map(() => 2));
    expect(ours(new Float64Array(0))).toEqual(LEVELS.map(() => 0));
  });
});

it("errors of outcomes that nobody measured are none", () => {
  const errors = Float64Array.from({ length: 60 }, (_, i) => Math.sin(i * 7));
  const measured = Uint8Array.from(errors, (_, i) => (i % 3 === 0 ? 0 : 1));
  const other = errors.map((e, i) => (measured[i] === 0 ? 99 : e));
  expect(ranked(other, 2, 80, measured)).toEqual(ranked(errors, 2, 80, measured));
  expect(ranked(errors, 2, 80, measured).errors.length).toBe(40);
});

it("the newest error weighs most, one a window older e times less", () => {
  const { errors, weights } = ranked(
    Float64Array.from({ length: 101 }, (_, i) => i),
    1,
    100,
  );
  expect(errors[100]).toBe(100);
  expect(weights[100]).toBe(1);
  expect(weights[0]).toBeCloseTo(1 / Math.E, 2);
});

it("errors that overlap are spread about their median", () => {
  const errors = Float64Array.from({ length: 80 }, (_, i) => 2 + Math.sin(i / 13));
  const [apart, overlapping] = [ranked(errors), ranked(errors, 40)];
  const median = errorQuantile(apart, 0.5);
  const factor = 1 + (1.5 * 39) / 80;
  overlapping.errors.forEach((e, i) => {
    expect((e - median) / factor).toBeCloseTo(apart.errors[i]! - median, 9);
  });
  expect(overlapping.high).toBeCloseTo(factor * apart.high, 9);
  expect(overlapping.low).toBeCloseTo(factor * apart.low, 9);
});

it("a tail is as long as the outermost tenth lies beyond the error before it, on the mean", () => {
  const { low, high } = ranked(Float64Array.from({ length: 20 }, (_, i) => i ** 2));
  expect(high).toBeCloseTo((18 ** 2 + 19 ** 2) / 2 - 17 ** 2, 9);
  expect(low).toBeCloseTo(2 ** 2 - (0 + 1) / 2, 9);
  expect(ranked(Float64Array.of(5))).toMatchObject({ low: 0, high: 0 });
  expect(ranked(Float64Array.of(5, 7))).toMatchObject({ low: 2, high: 2 });
});
