/** Columns of designs against Math.sin, naive sums, and a plain solution. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  dot,
  leastSquares,
  productsOf,
  residualOf,
  sinusoidOf,
  trendOf,
} from "../../../../job/core/forecast/linalg/columns.ts";
import { leftOver } from "../least-squares.ts";

test("a sinusoid that turns step by step stays within 1e-12 of Math.sin over six hours and a lead", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-4, max: 0.5, noNaN: true }), (frequency) => {
      const [sine, cosine] = sinusoidOf(1500, frequency);
      for (let t = 0; t < 1500; t++) {
        // Math.sin of a large angle is off by the angle's own rounding, at most 5e-13 here
        expect(Math.abs(sine[t]! - Math.sin(2 * Math.PI * frequency * t))).toBeLessThan(1e-12);
        expect(Math.abs(cosine[t]! - Math.cos(2 * Math.PI * frequency * t))).toBeLessThan(1e-12);
      }
    }),
    { numRuns: 30 },
  );
});

const column = (n: number) =>
  fc
    .array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: n, maxLength: n })
    .map((v) => Float64Array.from(v));
const columns = fc.integer({ min: 1, max: 20 }).chain((n) => fc.tuple(column(n), column(n), column(n)));

test("products of columns are plain sums, in the lower triangle", () => {
  fc.assert(
    fc.property(columns, (all) => {
      const A = productsOf(all);
      all.forEach((a, j) => {
        all.forEach((b, l) => {
          const sum = a.reduce((total, v, i) => total + v * b[i]!, 0);
          expect(A[3 * j + l]).toBeCloseTo(l <= j ? sum : 0, 9);
          expect(dot(a, b)).toBeCloseTo(sum, 9);
        });
      });
    }),
  );
});

test("least squares leaves what a plain solution leaves, and nothing of a sum of its columns", () => {
  const n = 40;
  const design = [...trendOf(n), ...sinusoidOf(n, 0.13)];
  fc.assert(
    fc.property(column(n), fc.tuple(...design.map(() => fc.double({ min: -3, max: 3, noNaN: true }))), (y, beta) => {
      const left = residualOf(y, design).reduce((sum, v) => sum + v * v, 0);
      expect(left).toBeCloseTo(
        leftOver(
          design.map((one) => [...one]),
          [...y],
        ),
        4,
      );
      const made = y.map((_, t) => design.reduce((sum, one, j) => sum + beta[j]! * one[t]!, 0));
      leastSquares(made, design).forEach((b, j) => {
        expect(b).toBeCloseTo(beta[j]!, 3);
      });
    }),
    { numRuns: 40 },
  );
});
