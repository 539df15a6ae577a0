/** What earlier departures from the last value say about the one forecast now. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pinball } from "../../../../job/core/forecast/combine/losses.ts";
import { drawnToLast, similarity, similarityAtLeast } from "../../../../job/core/forecast/combine/similarity.ts";

const even = (n: number) => new Float64Array(n).fill(1);

describe("similarity", () => {
  it("is whole for the same size, whatever the sign, and falls on both sides", () => {
    expect(similarity(-2, 2)).toBeCloseTo(1, 12);
    expect(similarity(2 * Math.exp(0.5), 2)).toBeCloseTo(0.25, 6);
    expect(similarity(2 / Math.exp(0.5), 2)).toBeCloseTo(0.25, 6);
    expect(similarity(0, 2)).toBeLessThan(1e-5);
  });

  it("takes a larger departure as a precedent in full", () => {
    expect(similarityAtLeast(40, 2)).toBe(1);
    expect(similarityAtLeast(2 / Math.exp(0.5), 2)).toBeCloseTo(0.25, 6);
  });
});

describe("drawnToLast", () => {
  /** 40 origins of noise where the blend wins by far, and `jumps` at which it was 5 off and the last value was right. */
  const history = (jumps: number) => {
    const blend = Float64Array.from({ length: 40 }, (_, o) => (o % 10 === 9 && o / 10 < jumps ? 5 : 0.1));
    const last = Float64Array.from({ length: 40 }, (_, o) => (o % 10 === 9 && o / 10 < jumps ? 0 : 1));
    return { blend, last };
  };

  it("takes the last value's quantile where it was right about departures of this size, the blend's where not", () => {
    const jump = drawnToLast({ ...history(4), blendNow: 3, lastNow: 8 }, 0.9, even(40));
    const noise = drawnToLast({ ...history(4), blendNow: 7.1, lastNow: 8 }, 0.9, even(40));
    expect(jump).toBeGreaterThan(7.5);
    expect(noise).toBeCloseTo(7.1, 1);
  });

  it("doubts a departure without precedent below the last value, never one above it", () => {
    const { blend, last } = history(0);
    expect(drawnToLast({ blend, last, blendNow: 3, lastNow: 23 }, 0.9, even(40))).toBeGreaterThan(10);
    expect(drawnToLast({ blend, last, blendNow: 23, lastNow: 3 }, 0.9, even(40))).toBe(23);
  });

  it("lies between the two, and is theirs where they agree", () => {
    const numbers = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(
        numbers,
        fc.double({ min: 0, max: 9, noNaN: true }),
        fc.double({ min: 0, max: 9, noNaN: true }),
        fc.double({ min: 0.02, max: 0.98, noNaN: true }),
        (errors, blendNow, lastNow, level) => {
          const blend = Float64Array.from(errors);
          const last = blend.map((e, i) => e * ((i % 3) - 1));
          const value = drawnToLast({ blend, last, blendNow, lastNow }, level, even(errors.length));
          expect(value).toBeGreaterThanOrEqual(Math.min(blendNow, lastNow) - 1e-9);
          expect(value).toBeLessThanOrEqual(Math.max(blendNow, lastNow) + 1e-9);
          expect(drawnToLast({ blend, last, blendNow, lastNow: blendNow }, level, even(errors.length))).toBe(blendNow);
        },
      ),
    );
  });
});

it("pinball loss weighs what is missed by the level, what is in excess by the rest", () => {
  expect(pinball(2, 0.9)).toBeCloseTo(1.8, 12);
  expect(pinball(-2, 0.9)).toBeCloseTo(0.2, 12);
});
