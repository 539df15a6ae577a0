/** Tests what designs are made and summed of against naive sums and Math.sin. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { dot, sinusoidOf } from "../../../../job/core/forecast/linalg/columns.ts";
import { addCross, addSquare, fittedAt } from "../../../../job/core/forecast/linalg/moments.ts";

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

test("moments fade, and are sums of products over the rows", () => {
  const value = fc.double({ min: -5, max: 5, noNaN: true });
  const row = fc.tuple(value, value, value, value);
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), fc.constantFrom(1, 0.9), (rows, keep) => {
      const X = Float64Array.from(rows.flatMap((all) => all.slice(0, 3)));
      const [A, b] = [new Float64Array(9), new Float64Array(3)];
      rows.forEach(([, , , y], i) => {
        addSquare(A, X, 3 * i, 3, keep);
        addCross(b, X, 3 * i, y, keep);
      });
      const sum = (of: (i: number) => number) => rows.reduce((s, _, i) => s + of(i) * keep ** (rows.length - 1 - i), 0);
      for (let j = 0; j < 3; j++) {
        expect(b[j]).toBeCloseTo(
          sum((i) => rows[i]![j]! * rows[i]![3]),
          9,
        );
        for (let l = 0; l <= j; l++) {
          expect(A[3 * j + l]).toBeCloseTo(
            sum((i) => rows[i]![j]! * rows[i]![l]!),
            9,
          );
        }
        for (let l = j + 1; l < 3; l++) expect(A[3 * j + l]).toBe(0);
      }
      rows.forEach((_, i) => {
        expect(fittedAt(X, b, i)).toBeCloseTo(dot(X.slice(3 * i, 3 * i + 3), b), 9);
      });
    }),
  );
});
