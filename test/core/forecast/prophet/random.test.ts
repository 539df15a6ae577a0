/** The numbers under the simulated futures: generators, quantiles by selection, quantiles of the normal. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fillNormal, laplace, seededRandom } from "../../../../job/core/forecast/prophet/random.ts";
import { quantileInPlace } from "../../../../job/core/forecast/prophet/select.ts";
import { normalQuantile } from "../../../../job/core/forecast/prophet/uncertainty.ts";

describe("quantileInPlace", () => {
  it("is the quantile of the sorted values", () => {
    const lists = fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ noNaN: true, min: -1e3, max: 1e3 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(lists, fc.double({ min: 0, max: 1, noNaN: true }), (list, p) => {
        const sorted = [...list].sort((a, b) => a - b);
        const at = p * (list.length - 1);
        const low = sorted[Math.floor(at)]!;
        const expected = low + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - low);
        expect(quantileInPlace(Float64Array.from(list), p)).toBeCloseTo(expected, 9);
      }),
    );
  });
});

describe("random numbers", () => {
  it("have the moments they should have", () => {
    const random = seededRandom(3);
    const n = 40_000;
    const uniform = Array.from({ length: n }, random);
    const normal = new Float64Array(n);
    fillNormal(normal, random);
    const double = Array.from({ length: n }, () => laplace(2, random));
    const mean = (v: ArrayLike<number>) => Array.from(v).reduce((a, b) => a + b, 0) / n;
    const square = (v: ArrayLike<number>) => mean(Array.from(v, (x) => x * x));
    expect(mean(uniform)).toBeCloseTo(0.5, 1);
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...uniform)).toBeLessThan(1);
    expect(Math.abs(mean(normal))).toBeLessThan(0.03);
    expect(Math.abs(square(normal) - 1)).toBeLessThan(0.05);
    expect(Math.abs(mean(double))).toBeLessThan(0.1);
    expect(Math.abs(square(double) - 8)).toBeLessThan(0.6);
  });

  it("quantiles of the normal", () => {
    for (const [p, z] of [
      [0.9, 1.2815515655446],
      [0.975, 1.95996398454],
      [0.999, 3.09023230617],
    ] as const) {
      expect(normalQuantile(p)).toBeCloseTo(z, 9);
    }
  });
});
