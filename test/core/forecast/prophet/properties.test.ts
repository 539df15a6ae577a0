/** What holds of every series: scaling, moving in time, finite answers. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fit as fitProphet } from "../../../../job/core/forecast/prophet/fit.ts";
import type { ProphetOptions } from "../../../../job/core/forecast/prophet/options.ts";
import { predict } from "../../../../job/core/forecast/prophet/predict.ts";
import { originalProphet, seasonalProphet } from "../../../../job/core/forecast/prophet/presets.ts";
import { must, testRandom } from "./support.ts";

const START = 1_767_225_600;
const ds = Array.from({ length: 120 }, (_, i) => START + 15 * i);
const ahead = Array.from({ length: 20 }, (_, i) => START + 15 * (120 + i));

function load(seed: number): number[] {
  const random = testRandom(seed);
  return ds.map((t, i) => 4 + Math.sin((2 * Math.PI * t) / 300) + 0.02 * Math.max(0, i - 60) + 0.3 * random());
}

describe("properties", () => {
  const options = fc.constantFrom<ProphetOptions>(
    {},
    originalProphet(),
    { growth: "flat" },
    { ...seasonalProphet(300, 2), seasonality_mode: "multiplicative" },
  );
  const point = (o: ProphetOptions, times: number[], y: number[], future: number[]) =>
    must(predict(must(fitProphet({ ds: times, y }, o)), { ds: future }, { intervals: "none" })).yhat;

  it("the forecast of c y is c times the forecast of y", () => {
    fc.assert(
      fc.property(
        options,
        fc.integer({ min: 0, max: 1e6 }),
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        (o, seed, c) => {
          const y = load(seed);
          const plain = point(o, ds, y, ahead);
          const scaled = point(
            o,
            ds,
            y.map((v) => c * v),
            ahead,
          );
          for (let i = 0; i < ahead.length; i++) expect(scaled[i]! / c).toBeCloseTo(plain[i]!, 4);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("moving all times by whole periods changes nothing", () => {
    fc.assert(
      fc.property(
        options,
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: -1000, max: 1000 }),
        (o, seed, periods) => {
          const y = load(seed);
          const move = (t: number) => t + 300 * periods;
          const moved = point(o, ds.map(move), y, ahead.map(move));
          const plain = point(o, ds, y, ahead);
          for (let i = 0; i < ahead.length; i++) expect(moved[i]).toBeCloseTo(plain[i]!, 4);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("any finite series gives a finite forecast and an ordered band", () => {
    const series = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(options, series, (o, y) => {
        const model = must(fitProphet({ ds: ds.slice(0, y.length), y }, { ...o, uncertainty_samples: 50 }));
        const out = must(predict(model, { ds: ahead }));
        for (let i = 0; i < ahead.length; i++) {
          expect(Number.isFinite(out.yhat[i])).toBe(true);
          expect(out.yhat_lower[i]).toBeLessThanOrEqual(out.yhat_upper[i]!);
        }
      }),
    );
  });
});
