/** The lasso and the Cholesky factor under it, against brute force over all sign patterns. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { choleskyInPlace, solveLower, solveLowerTransposed } from "../../../../job/core/forecast/linalg/cholesky.ts";
import { lassoWork, solveLasso } from "../../../../job/core/forecast/prophet/lasso.ts";
import { testRandom } from "./support.ts";

/** A A' + a little on the diagonal, row-major. */
function positiveDefinite(n: number, random: () => number): Float64Array {
  const a = Float64Array.from({ length: n * n }, () => 2 * random() - 1);
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      for (let p = 0; p < n; p++) out[i * n + j] = out[i * n + j]! + a[i * n + p]! * a[j * n + p]!;
      if (i === j) out[i * n + j] = out[i * n + j]! + 0.05;
    }
  return out;
}

function value(H: Float64Array, h: Float64Array, lambda: number, d: ArrayLike<number>): number {
  const n = h.length;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    sum += lambda * Math.abs(d[i]!) - h[i]! * d[i]!;
    for (let j = 0; j < n; j++) sum += (H[i * n + j]! * d[i]! * d[j]!) / 2;
  }
  return sum;
}

/** The best of all 3^n assumptions of signs that are met by their own solution. */
function bruteForce(H: Float64Array, h: Float64Array, lambda: number): number {
  const n = h.length;
  let best = 0;
  for (let code = 0; code < 3 ** n; code++) {
    const signs = Array.from({ length: n }, (_, j) => (Math.floor(code / 3 ** j) % 3) - 1);
    const active = signs.flatMap((s, j) => (s === 0 ? [] : [j]));
    const size = active.length;
    const L = Float64Array.from(active.flatMap((i) => active.map((j) => H[i * n + j]!)));
    const x = Float64Array.from(active.map((j) => h[j]! - lambda * signs[j]!));
    choleskyInPlace(L, size, size);
    solveLower(L, size, size, x);
    solveLowerTransposed(L, size, size, x);
    const d = new Float64Array(n);
    for (let a = 0; a < size; a++) d[active[a]!] = x[a]!;
    best = Math.min(best, value(H, h, lambda, d));
  }
  return best;
}

describe("choleskyInPlace", () => {
  it("solves what it factored", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 1e6 }), (n, seed) => {
        const random = testRandom(seed);
        const A = positiveDefinite(n, random);
        const x = Float64Array.from({ length: n }, () => random());
        const b = x.map((_, i) => x.reduce((sum, v, j) => sum + A[i * n + j]! * v, 0));
        const L = A.slice();
        choleskyInPlace(L, n, n);
        solveLower(L, n, n, b);
        solveLowerTransposed(L, n, n, b);
        for (let i = 0; i < n; i++) expect(b[i]).toBeCloseTo(x[i]!, 6);
      }),
    );
  });

  it("gives a column that repeats another no wild weight", () => {
    const L = Float64Array.from([1, 1, 1, 1]);
    choleskyInPlace(L, 2, 2);
    expect(L[3]).toBeGreaterThan(0);
    expect(L.every(Number.isFinite)).toBe(true);
  });
});

describe("solveLasso", () => {
  it("finds the minimum that trying every pattern of signs finds", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 1e6 }),
        fc.double({ min: 0.001, max: 2, noNaN: true }),
        (n, seed, lambda) => {
          const random = testRandom(seed);
          const H = positiveDefinite(n, random);
          const h = Float64Array.from({ length: n }, () => 4 * random() - 2);
          const d = new Float64Array(n);
          solveLasso(H, h, lambda, d, lassoWork(n));
          expect(value(H, h, lambda, d)).toBeCloseTo(bruteForce(H, h, lambda), 8);
        },
      ),
    );
  });

  it("reaches the same point from any start", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 20 }), fc.integer({ min: 0, max: 1e6 }), (n, seed) => {
        const random = testRandom(seed);
        const H = positiveDefinite(n, random);
        const h = Float64Array.from({ length: n }, () => 4 * random() - 2);
        const cold = new Float64Array(n);
        const warm = Float64Array.from({ length: n }, () => (random() < 0.5 ? 0 : 6 * random() - 3));
        solveLasso(H, h, 0.3, cold, lassoWork(n));
        solveLasso(H, h, 0.3, warm, lassoWork(n));
        for (let j = 0; j < n; j++) expect(warm[j]).toBeCloseTo(cold[j]!, 6);
      }),
    );
  });

  it("leaves everything at zero when the penalty outweighs every slope", () => {
    const d = new Float64Array(2);
    solveLasso(Float64Array.from([2, 0, 0, 2]), Float64Array.from([0.9, -0.9]), 1, d, lassoWork(2));
    expect(Array.from(d)).toEqual([0, 0]);
  });
});
