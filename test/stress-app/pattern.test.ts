/** Tests of the rate patterns: bounds, periods, known values, and noise that depends on seed and time only. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { interpolate, NOISE_HOLD, type Pattern, rateAt, SHAPES, shapeAt, uniform } from "../../stress-app/pattern.ts";

const SINE: Pattern = { shape: "sine", period: 300, base: 5, amplitude: 4, noise: 0, seed: 1 };
const shape = fc.constantFrom(...SHAPES);
const phase = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("shapeAt", () => {
  it("stays within -1 and 1", () => {
    fc.assert(fc.property(shape, phase, (s, p) => Math.abs(shapeAt(s, p)) <= 1));
  });

  it.each([
    ["sine", 0.25, 1],
    ["sine", 0.75, -1],
    ["square", 0.49, 1],
    ["square", 0.5, -1],
    ["ramp", 0.75, 0.5],
    ["spikes", 0.05, 1],
    ["spikes", 0.5, -1],
    ["constant", 0.3, 0],
    ["mixed", 0.15, -0.2],
    ["mixed", 0.45, 0.6],
    ["mixed", 0.67, 1],
    ["mixed", 0.72, -0.6],
  ] as const)("%s at phase %d is %d", (s, p, value) => {
    expect(shapeAt(s, p)).toBeCloseTo(value, 12);
  });
});

describe("interpolate", () => {
  it("meets its points, is linear between, constant outside, and steps to the later of two", () => {
    const points = [
      [10, 1],
      [20, 3],
      [20, 7],
      [30, 7],
    ] as const;
    expect([0, 10, 15, 19.5, 20, 25, 30, 99].map((x) => interpolate(points, x))).toEqual([1, 1, 2, 2.9, 7, 7, 7, 7]);
  });
});

describe("rateAt", () => {
  it("is the classic 5 + 4 sin over 300 s", () => {
    expect([0, 75, 150, 225, 375].map((t) => rateAt(SINE, t))).toEqual(
      [0, 1, 0, -1, 1].map((s) => expect.closeTo(5 + 4 * s, 9)),
    );
  });

  it("begins at the phase it is told: a sine at 0.75 in its trough", () => {
    const late = { ...SINE, phase: 0.75 };
    for (const t of [0, 75, 150, 225, 300]) expect(rateAt(late, t)).toBeCloseTo(rateAt(SINE, t + 225), 9);
    expect(rateAt(late, 0)).toBeCloseTo(1, 9);
  });

  it("repeats after a period and never falls below 0", () => {
    fc.assert(
      fc.property(shape, fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 20 }), (s, t, amplitude) => {
        const pattern = { ...SINE, shape: s, amplitude };
        expect(rateAt(pattern, t)).toBeGreaterThanOrEqual(0);
        expect(rateAt(pattern, t + 300)).toBeCloseTo(rateAt(pattern, t), 6);
      }),
    );
  });

  it("repeats exactly at every second of every shape, its edges too", () => {
    for (const s of SHAPES)
      for (let t = 0; t < 300; t++)
        for (const periods of [1, 2, 7, 10])
          expect(rateAt({ ...SINE, shape: s }, t + 300 * periods)).toBe(rateAt({ ...SINE, shape: s }, t));
  });

  it("takes the plan in place of the shape", () => {
    const plan = {
      ...SINE,
      plan: [
        [0, 2],
        [100, 12],
      ] as const,
    };
    expect([0, 50, 100, 1000].map((t) => rateAt(plan, t))).toEqual([2, 7, 12, 12]);
  });

  it("adds noise of the asked spread, the same for the same seed in any order", () => {
    const noisy = { ...SINE, shape: "constant", base: 100, noise: 3 } as const;
    const times = Array.from({ length: 4000 }, (_, i) => i * NOISE_HOLD);
    const forwards = times.map((t) => rateAt(noisy, t));
    expect(
      times
        .toReversed()
        .map((t) => rateAt(noisy, t))
        .toReversed(),
    ).toEqual(forwards);
    const mean = forwards.reduce((a, b) => a + b, 0) / forwards.length;
    const deviation = Math.sqrt(forwards.reduce((a, b) => a + (b - mean) ** 2, 0) / forwards.length);
    // 4000 draws: the standard error of the mean is 0.05, of the deviation 0.034; 6 of them each.
    expect(Math.abs(mean - 100)).toBeLessThan(0.3);
    expect(Math.abs(deviation - 3)).toBeLessThan(0.21);
    expect(times.map((t) => rateAt({ ...noisy, seed: 2 }, t))).not.toEqual(forwards);
  });
});

describe("uniform", () => {
  it("fills ten bins evenly and lies strictly inside (0, 1)", () => {
    const bins = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) {
      const u = uniform(42, i);
      expect(u > 0 && u < 1).toBe(true);
      bins[Math.floor(u * 10)]! += 1;
    }
    // Binomial(1e5, 0.1): standard deviation 95; 6 of them.
    for (const count of bins) expect(Math.abs(count - 10_000)).toBeLessThan(570);
  });
});
