/** The backtest's origins and figures, against counts made by hand from its own rows. */
import { describe, expect, it } from "vitest";
import { forecastNaive } from "../../job/core/forecast/forecasters/naive.ts";
import type { ForecastRequest } from "../../job/core/forecast/types.ts";
import { backtest, originsOf } from "../../job/replay/backtest.ts";

const values = Float64Array.from(
  { length: 300 },
  (_, i) => 3 + 2 * Math.sin((2 * Math.PI * i) / 40) + 0.3 * Math.sin(i * i),
);
const series = { start: 0, step: 15, values, filled: new Uint8Array(300) };

describe("originsOf", () => {
  it("takes every index from window to n - h where there are few", () => {
    expect(originsOf(130, 120, 4, 150)).toEqual([120, 121, 122, 123, 124, 125, 126]);
  });

  it("spaces them evenly and rounds down where there are many", () => {
    const naive = Array.from({ length: 150 }, (_, i) => Math.floor(120 + (i * (1000 - 4 - 120)) / 149));
    expect(originsOf(1000, 120, 4, 150)).toEqual(naive);
  });
});

describe("backtest", async () => {
  const result = await backtest(series, { window: 120, horizon: 60, origins: 12, methods: ["auto", "naive"] });

  it("sees horizons of at least one step", async () => {
    expect([result.step, result.window, result.horizonSteps, result.origins]).toEqual([15, 120, 4, 12]);
    const short = await backtest(series, { window: 120, horizon: 5, origins: 2, methods: ["naive"] });
    expect(short.horizonSteps).toBe(1);
  });

  it("knows what came", () => {
    for (const row of result.rows) {
      const future = [...values.slice(row.origin, row.origin + 4)];
      expect(row.actualMax).toBeCloseTo(Math.max(...future), 12);
      expect(row.actualMean).toBeCloseTo(future.reduce((a, b) => a + b, 0) / 4, 12);
      if (row.method === "naive") expect(row.mean).toBeCloseTo(values[row.origin - 1]!, 12);
    }
  });

  it("adds its rows up to its figures", () => {
    for (const method of ["auto", "naive"] as const) {
      const rows = result.rows.filter((r) => r.method === method);
      const mean = (f: (r: (typeof rows)[number]) => number) => rows.reduce((s, r) => s + f(r), 0) / rows.length;
      const figures = result.methods[method]!;
      expect(figures.mae).toBeCloseTo(
        mean((r) => Math.abs(r.mean - r.actualMean)),
        12,
      );
      expect(figures.maxPinball["0.9"]).toBeCloseTo(
        mean((r) => Math.max(0.9 * (r.actualMax - r.maxq90), -0.1 * (r.actualMax - r.maxq90))),
        12,
      );
    }
    expect(result.methods.naive!.relMae).toBe(1);
    expect(result.methods.auto!.relMae).toBeCloseTo(result.methods.auto!.mae / result.methods.naive!.mae, 12);
    expect(result.methods.auto!.relMae).toBeLessThan(0.7);
  });

  it("gives each forecast the longer history before its origin, and none after it", async () => {
    const day = Float64Array.from({ length: 3000 }, (_, i) => i);
    const seen: (readonly number[])[] = [];
    const options = { window: 120, horizon: 60, origins: 3, methods: ["auto"] as const };
    const spy = (request: ForecastRequest) => {
      const long = request.longHistory;
      if (long !== undefined) seen.push([long.step, long.values[0]!, long.values.at(-1)!]);
      return forecastNaive(request);
    };
    const gap = { start: 0, step: 60, values: day, filled: new Uint8Array(3000) };
    await backtest(gap, options, { forecasters: () => spy });
    expect(seen).toEqual([]);
    await backtest(gap, { ...options, longHistory: { range: 86_400, step: 300 } }, { forecasters: () => spy });
    // values are minutes: the newest is the minute before the origin, the oldest a day before it or the first
    const origins = originsOf(3000, 120, 1, 3);
    expect(seen.map(([step]) => step)).toEqual([300, 300, 300]);
    expect(seen.map(([, , newest]) => newest)).toEqual(origins.map((o) => o - 1));
    seen.forEach(([, oldest], i) => {
      expect(Math.abs(oldest! - Math.max(0, origins[i]! - 1440))).toBeLessThanOrEqual(5);
    });
  });
});
