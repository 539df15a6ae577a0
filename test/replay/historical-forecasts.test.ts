/** Simulated historical forecasts: each sees what was known at its origin and nothing later, and is what the forecaster says there. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { forecastNaive } from "../../job/core/forecast/forecasters/naive.ts";
import type { ForecastRequest } from "../../job/core/forecast/types.ts";
import { historicalForecasts } from "../../job/replay/historical-forecasts.ts";

const seriesOf = (values: readonly number[], filled: readonly number[] = values.map(() => 0)) => ({
  start: 1000,
  step: 15,
  values: Float64Array.from(values),
  filled: Uint8Array.from(filled),
});
const options = { leadSteps: 3, horizonSteps: 4, shown: 100, most: 100 };

describe("historicalForecasts", () => {
  it("says for a moment what the last value was one lead before it, if the last value is what forecasts", () => {
    const values = [5, 6, 7, 8, 9, 10, 11];
    const found = historicalForecasts(seriesOf(values), options, forecastNaive);
    expect(found.map(({ t, y }) => [t, y])).toEqual([
      [1000 + 15 * 4, 6],
      [1000 + 15 * 5, 7],
      [1000 + 15 * 6, 8],
    ]);
  });

  it("never sees a value less than one lead before its moment", () => {
    const load = fc.array(fc.double({ min: 0, max: 9, noNaN: true }), { minLength: 12, maxLength: 40 });
    fc.assert(
      fc.property(load, fc.integer({ min: 1, max: 5 }), fc.nat(30), (values, leadSteps, at) => {
        const from = Math.min(at, values.length - 1);
        const other = values.map((v, i) => (i >= from ? v + 1 : v));
        const asked = { ...options, leadSteps };
        const [a, b] = [values, other].map((v) => historicalForecasts(seriesOf(v), asked, forecastNaive));
        // a value changed at index `from` may first show in the forecast for the moment one lead after it
        const until = 1000 + 15 * (from + leadSteps - 1);
        expect(a!.filter((p) => p.t <= until)).toEqual(b!.filter((p) => p.t <= until));
        expect(a!.length).toBe(Math.max(0, values.length - leadSteps - 1));
      }),
    );
  });

  it("cuts the longer history at each origin", () => {
    const long = {
      start: 0,
      step: 100,
      values: Float64Array.from({ length: 40 }, (_, i) => i),
      filled: new Uint8Array(40),
    };
    const seen: (readonly number[])[] = [];
    const spy = (request: ForecastRequest) => {
      const { series, longHistory } = request;
      seen.push([
        series.start + 15 * (series.values.length - 1),
        longHistory!.start + 100 * (longHistory!.values.length - 1),
      ]);
      return forecastNaive(request);
    };
    historicalForecasts(seriesOf(Array.from({ length: 60 }, (_, i) => i)), { ...options, longHistory: long }, spy);
    expect(seen.length).toBeGreaterThan(50);
    for (const [now, newest] of seen) expect(now! - newest!).toBeGreaterThanOrEqual(0);
    for (const [now, newest] of seen) expect(now! - newest!).toBeLessThan(100);
  });

  it("has none where too little was measured, keeps to what is shown, and to about as many as it may", () => {
    expect(historicalForecasts(seriesOf([1, 2, 3, 4, 5, 6], [1, 1, 0, 1, 0, 0]), options, forecastNaive)).toEqual([]);
    const many = seriesOf(Array.from({ length: 500 }, (_, i) => i));
    const found = historicalForecasts(many, { ...options, shown: 120, most: 40 }, forecastNaive);
    expect(found).toHaveLength(40);
    expect(found[0]!.t).toBeGreaterThanOrEqual(1000 + 15 * 380);
  });
});
