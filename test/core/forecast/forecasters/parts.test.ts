/** Maxima over parts of the lead: the whole lead as a part is the lead, and each part's quantiles lie where its outcomes do. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { forecastAuto } from "../../../../job/core/forecast/forecasters/auto.ts";
import type { Forecast, LeadPart } from "../../../../job/core/forecast/types.ts";
import { generator } from "../noise.ts";

const LEVELS = [0.5, 0.7, 0.9];

function ask(values: ArrayLike<number>, parts?: readonly LeadPart[]): Forecast {
  const series = { start: 0, step: 15, values: Float64Array.from(values), filled: new Uint8Array(values.length) };
  return forecastAuto({ series, horizonSteps: 4, leadSteps: 10, levels: LEVELS, ...(parts && { parts }) });
}

/** A wave of 40 steps with noise. */
function wave(n: number, seed: number): number[] {
  const z = generator(seed).normal;
  return Array.from({ length: n }, (_, i) => 5 + 3 * Math.sin((2 * Math.PI * (i + seed)) / 40) + 0.3 * z());
}

describe("parts of the lead", () => {
  it("are answered in order, and the whole lead as a part is the lead itself", () => {
    const values = wave(150, 1);
    const f = ask(values, [
      [0, 10],
      [6, 10],
    ]);
    expect(f.parts).toHaveLength(2);
    expect(f.parts![0]).toEqual({ max: f.max, maxQuantiles: f.maxQuantiles });
    expect({ ...f, parts: undefined }).toEqual({ ...ask(values), parts: undefined });
    expect(ask(values)).not.toHaveProperty("parts");
  });

  it("tell the trough that is left from the crest that comes", () => {
    // 30 steps into a wave of 40: the trough is now, the next crest 20 steps ahead
    const values = Array.from({ length: 150 }, (_, i) => 5 + 3 * Math.sin((2 * Math.PI * i) / 40));
    const [near, late] = ask(values, [
      [0, 2],
      [8, 10],
    ]).parts!;
    expect(near!.max).toBeLessThan(values[149]! + 1);
    expect(late!.max).toBeGreaterThan(near!.max + 1);
  });

  it("lie where their outcomes do", () => {
    const below = [0, 0, 0];
    for (let seed = 1; seed <= 120; seed++) {
      const values = wave(130, seed);
      const [late] = ask(values.slice(0, 120), [[6, 10]]).parts!;
      const came = Math.max(...values.slice(126));
      LEVELS.forEach((_, l) => {
        if (came <= late!.maxQuantiles[l]!) below[l]! += 1;
      });
    }
    // 120 draws: 0.5 has a standard deviation of 0.046, 0.9 of 0.027
    LEVELS.forEach((level, l) => {
      expect(Math.abs(below[l]! / 120 - level)).toBeLessThan(0.13);
    });
  });

  it("are finite, not negative and in order for any series, from one value on", () => {
    const values = fc.array(fc.double({ min: 0, max: 50, noNaN: true }), { minLength: 1, maxLength: 130 });
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 9 }), (list, from) => {
        const { parts } = ask(list, [[from, 10]]);
        for (const { max, maxQuantiles } of parts ?? []) {
          expect([max, ...maxQuantiles].every((v) => Number.isFinite(v) && v >= 0)).toBe(true);
          expect([...maxQuantiles].sort((a, b) => a - b)).toEqual(maxQuantiles);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("rests a high quantile on six hours: a peak about once an hour is seen by 0.99, not by half an hour that had none", () => {
    const peaks = [60, 390, 570, 880, 1010, 1290];
    const values = Array.from({ length: 1440 }, (_, i) => (peaks.includes(i) ? 6 : 1) + 0.1 * Math.sin(i * i));
    const high = (n: number) => {
      const tail = Float64Array.from(values.slice(1440 - n));
      const series = { start: 0, step: 15, values: tail, filled: new Uint8Array(n) };
      return forecastAuto({ series, horizonSteps: 4, leadSteps: 6, levels: [0.99] }).maxQuantiles[0]!;
    };
    expect(high(1440)).toBeGreaterThan(3);
    expect(high(120)).toBeLessThan(2);
  });
});
