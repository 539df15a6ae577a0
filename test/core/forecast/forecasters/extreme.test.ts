/** One absurd sample: past, it moves no forecast; newest, it counts; and no load that was ever seen is taken for one. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { forecastAuto } from "../../../../job/core/forecast/forecasters/auto.ts";
import { withoutExtreme } from "../../../../job/core/forecast/forecasters/extreme.ts";
import { generator } from "../noise.ts";

const load = (n: number, seed: number) => {
  const { normal } = generator(seed);
  return Float64Array.from({ length: n }, () => Math.max(0.5, 4 + 0.4 * normal()));
};
const quantile = (values: Float64Array) =>
  forecastAuto({
    series: { start: 0, step: 15, values, filled: new Uint8Array(values.length) },
    horizonSteps: 4,
    leadSteps: 10,
    levels: [0.91],
  }).maxQuantiles[0]!;

describe("one absurd sample", () => {
  it("a step and more ago holds no quantile up, wherever it lay and however many rates it shows in", () => {
    const window = fc.constantFrom(120, 480);
    fc.assert(
      fc.property(window, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 5 }), (n, ago, shown) => {
        const values = load(n, 7 * ago + shown);
        const at = n - ago - shown;
        const spoilt = values.slice().map((v, i) => (i >= at && i < at + shown ? 1e6 * v : v));
        // the greatest value that was really measured stands in for it: at most a few of those
        expect(quantile(spoilt)).toBeLessThan(2 * quantile(values));
      }),
      { numRuns: 40 },
    );
  });

  it("counts as long as it is the newest", () => {
    const values = load(120, 3);
    values[119] = 4e6;
    expect(quantile(values)).toBeGreaterThan(3e6);
  });
});

it("cuts one run to the greatest other value, and leaves a long one, and two: a load that comes back", () => {
  const of = (...places: number[]) =>
    withoutExtreme(Float64Array.from({ length: 60 }, (_, i) => (places.includes(i) ? 5e3 : 1 + i / 60)));
  const most = (values: Float64Array) => Math.max(...values);
  expect(most(of(10))).toBeCloseTo(1 + 59 / 60, 12);
  expect(most(of(10, 11, 12, 13, 14, 15))).toBeLessThan(2);
  expect(most(of(10, 11, 12, 13, 14, 15, 16))).toBe(5e3);
  expect(most(of(10, 30))).toBe(5e3);
  expect(most(of(59))).toBe(5e3);
});

it("changes nothing that is less than a hundred times the rest, and no window of zeros", () => {
  const values = fc.array(fc.double({ min: 0.1, max: 9, noNaN: true }), { minLength: 1, maxLength: 80 });
  fc.assert(
    fc.property(values, (list) => {
      const load = Float64Array.from(list);
      expect(withoutExtreme(load)).toBe(load);
    }),
  );
  const idle = new Float64Array(30);
  idle[4] = 1;
  expect(withoutExtreme(idle)).toBe(idle);
  expect(withoutExtreme(new Float64Array(9))).toEqual(new Float64Array(9));
});
