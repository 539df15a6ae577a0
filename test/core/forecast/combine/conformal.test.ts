/** Conformal quantiles against the plain rule by a sort, and their tails. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deviation, overlapOf, quantilesOf, recencyWeights } from "../../../../job/core/forecast/combine/conformal.ts";
import { newRanking, rank } from "../../../../job/core/forecast/combine/rank.ts";

const LEVELS = [0.02, 0.05, 0.1, 0.25, 0.5, 0.6, 0.75, 0.9, 0.95, 0.98];

function ours(errors: Float64Array, weights: Float64Array, unseen: number, overlap = 0): Float64Array {
  const out = new Float64Array(LEVELS.length);
  const n = errors.length;
  quantilesOf(errors, rank(errors, n, newRanking(n)), n, weights, { unseen, overlap }, LEVELS, out);
  return out;
}

/** With n equal weights and one unseen error, the k-th smallest stands at k / (n + 1); linear between. NaN beyond the outermost. */
function bySorting(errors: Float64Array, level: number): number {
  const sorted = [...errors].sort((a, b) => a - b);
  const at = level * (sorted.length + 1) - 1;
  const low = Math.floor(at);
  if (at < 0 || at > sorted.length - 1) return Number.NaN;
  return low === at ? sorted[low]! : sorted[low]! + (at - low) * (sorted[low + 1]! - sorted[low]!);
}

const someErrors = fc
  .array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 130 })
  // on a grid of 1/1024, so that scaling and shifting neither make nor break ties
  .map((values) => Float64Array.from(values, (v) => Math.round(1024 * v) / 1024));

describe("quantilesOf", () => {
  it("is the k-th of n + 1 of the sorted errors where weights are equal", () => {
    let compared = 0;
    fc.assert(
      fc.property(someErrors, (errors) => {
        const got = ours(errors, new Float64Array(errors.length).fill(1), 1);
        LEVELS.forEach((level, l) => {
          const want = bySorting(errors, level);
          if (Number.isNaN(want)) return;
          compared++;
          expect(got[l]).toBeCloseTo(want, 9);
        });
      }),
    );
    expect(compared).toBeGreaterThan(300);
  });

  it("never falls as the level rises, with any weights", () => {
    fc.assert(
      fc.property(someErrors, fc.double({ min: 0.05, max: 3, noNaN: true }), (errors, unseen) => {
        const got = ours(errors, recencyWeights(errors.length, 1, 120), unseen);
        for (let l = 1; l < got.length; l++) expect(got[l]!).toBeGreaterThanOrEqual(got[l - 1]! - 1e-12);
      }),
    );
  });

  it("scales and shifts with the errors", () => {
    fc.assert(
      fc.property(someErrors, fc.double({ min: 0.01, max: 100, noNaN: true }), (errors, factor) => {
        const weights = recencyWeights(errors.length, 1, 120);
        const got = ours(
          errors.map((e) => 3 + factor * e),
          weights,
          0.5,
        );
        ours(errors, weights, 0.5).forEach((q, l) => {
          expect(Math.abs(got[l]! - (3 + factor * q))).toBeLessThan(1e-9 * (1 + 100 * factor));
        });
      }),
    );
  });

  it("goes on beyond the outermost error, exponentially, and not at all where the tail has no spread", () => {
    const errors = Float64Array.from({ length: 20 }, (_, i) => i);
    const got = ours(errors, new Float64Array(20).fill(1), 1);
    expect(got[9]!).toBeGreaterThan(19);
    expect(got[0]!).toBeLessThan(0);
    expect([...ours(new Float64Array(20).fill(2), new Float64Array(20).fill(1), 1)]).toEqual(LEVELS.map(() => 2));
    expect([...ours(new Float64Array(0), new Float64Array(0), 1)]).toEqual(LEVELS.map(() => 0));
  });
});

it("errors that overlap have a longer tail beyond the outermost, and the same quantiles within", () => {
  const errors = Float64Array.from({ length: 80 }, (_, i) => Math.sin(i / 13));
  const weights = new Float64Array(80).fill(1);
  const [apart, overlapping] = [ours(errors, weights, 6), ours(errors, weights, 6, 39)];
  // 0.98 lies beyond the outermost of 80 with 6 unseen; the scale is 39/80 of four deviations
  const scale = 4 * (39 / 80) * deviation(errors, 80, weights);
  expect(overlapping[9]).toBeCloseTo(Math.max(...errors) + scale * Math.log(3.5 / 86 / 0.02), 9);
  expect(overlapping[9]!).toBeGreaterThan(apart[9]! + 0.5);
  expect([...overlapping.slice(3, 7)]).toEqual([...apart.slice(3, 7)]);
});

it("recencyWeights halves what lies two fifths of the window back; the unseen weighs more the further ahead", () => {
  const weights = recencyWeights(120, 1, 120);
  expect(weights[119]).toBe(1);
  expect(weights[119 - 46]).toBeCloseTo(0.5, 1);
  expect(overlapOf(8, 1).unseen).toBeGreaterThan(overlapOf(4, 1).unseen);
  expect(overlapOf(8, 4).unseen).toBeLessThan(overlapOf(8, 1).unseen);
  expect(overlapOf(1, 1).overlap).toBe(0);
});
