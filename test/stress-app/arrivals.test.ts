/** Tests of the schedule: counts follow the integral of the rate, gaps have their law, seeds decide everything. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrivals, expectedCount } from "../../stress-app/arrivals.ts";
import { type Pattern, rateAt, SHAPES } from "../../stress-app/pattern.ts";

const pattern = fc.record<Pattern>({
  shape: fc.constantFrom(...SHAPES),
  period: fc.integer({ min: 10, max: 600 }),
  base: fc.integer({ min: 0, max: 20 }),
  amplitude: fc.integer({ min: 0, max: 20 }),
  noise: fc.constantFrom(0, 0.5, 3),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
});
const duration = fc.integer({ min: 1, max: 400 });

/** The integral by brute force on a ten times finer grid. */
function integral(p: Pattern, seconds: number): number {
  const step = 0.005;
  let sum = 0;
  for (let i = 0; i < seconds / step; i++) sum += rateAt(p, (i + 0.5) * step) * step;
  return sum;
}

describe("arrivals", () => {
  it("evenly spaced: as many as the rate integrates to", () => {
    fc.assert(
      fc.property(pattern, duration, (p, seconds) => {
        const count = [...arrivals(p, seconds, "even")].length;
        // One for the fraction. Only the jumps of mixed fall inside a piece of 0.05 s: half a piece of its total variation, 9.8 amplitudes.
        const jumps = p.shape === "mixed" ? 0.025 * 9.8 * p.amplitude * (seconds / p.period + 1) : 0;
        expect(Math.abs(count - integral(p, seconds))).toBeLessThan(1.5 + jumps);
      }),
      { numRuns: 40 },
    );
  });

  it("poisson: as many as the integral, within 6 standard deviations of a Poisson count", () => {
    fc.assert(
      fc.property(pattern, duration, (p, seconds) => {
        const expected = expectedCount(p, seconds);
        const count = [...arrivals(p, seconds, "poisson")].length;
        expect(Math.abs(count - expected)).toBeLessThan(6 * Math.sqrt(expected) + 6);
      }),
      { numRuns: 60 },
    );
  });

  it("ascends, ends before the duration, and keeps its beginning when it is asked for longer", () => {
    fc.assert(
      fc.property(pattern, duration, fc.constantFrom("even", "poisson"), (p, seconds, spacing) => {
        const times = [...arrivals(p, seconds, spacing)];
        expect(times.every((t, i) => t < seconds && t >= (times[i - 1] ?? 0))).toBe(true);
        const longer = [...arrivals(p, seconds + 50, spacing)];
        expect(longer.slice(0, times.length)).toEqual(times);
      }),
      { numRuns: 40 },
    );
  });

  it("same seed, same schedule; another seed, another", () => {
    const p: Pattern = { shape: "sine", period: 300, base: 5, amplitude: 4, noise: 0.5, seed: 7 };
    const once = [...arrivals(p, 300, "poisson")];
    expect([...arrivals(p, 300, "poisson")]).toEqual(once);
    expect([...arrivals({ ...p, seed: 8 }, 300, "poisson")]).not.toEqual(once);
  });

  it("poisson gaps at a constant rate are exponential: mean and spread both 1/rate", () => {
    const p: Pattern = { shape: "constant", period: 300, base: 10, amplitude: 0, noise: 0, seed: 3 };
    const times = [...arrivals(p, 2000, "poisson")];
    const gaps = times.map((t, i) => t - (times[i - 1] ?? 0));
    const mean = gaps.reduce((a, b) => a + b, 0) / gaps.length;
    const spread = Math.sqrt(gaps.reduce((a, b) => a + (b - mean) ** 2, 0) / gaps.length);
    // 20,000 gaps of 0.1 s: standard errors 0.0007 and 0.001.
    expect(Math.abs(mean - 0.1)).toBeLessThan(0.005);
    expect(Math.abs(spread - 0.1)).toBeLessThan(0.006);
  });

  it("even gaps at a constant rate are 1/rate exactly", () => {
    const p: Pattern = { shape: "constant", period: 300, base: 8, amplitude: 0, noise: 0, seed: 3 };
    const times = [...arrivals(p, 10, "even")];
    times.forEach((t, i) => {
      expect(t).toBeCloseTo((i + 1) / 8, 9);
    });
  });

  it("sends nothing at rate 0", () => {
    const p: Pattern = { shape: "constant", period: 300, base: 0, amplitude: 0, noise: 0, seed: 3 };
    expect([...arrivals(p, 1000, "poisson")]).toEqual([]);
  });
});
