/** The whole forecaster: the cold start, seasons, quantiles and their honesty, trust, and bad inputs. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Window } from "../../../../job/core/forecast/forecasters/window.ts";
import { forecasterOf } from "../../../../job/core/forecast/method.ts";
import { detectSeason } from "../../../../job/core/forecast/seasons/detect.ts";
import type { Forecast, ForecastMethod } from "../../../../job/core/forecast/types.ts";
import { generator } from "../noise.ts";

const LEVELS = [0.05, 0.5, 0.6, 0.8, 0.9, 0.95, 0.98];
const auto = forecasterOf("auto");

const noise = (seed: number) => generator(seed).normal;

function ask(values: ArrayLike<number>, method: ForecastMethod = "auto", horizonSteps = 4, leadSteps = 6): Forecast {
  const y = Float64Array.from(values);
  const series = { start: 1_700_000_000, step: 15, values: y, filled: new Uint8Array(y.length) };
  return forecasterOf(method)({ series, horizonSteps, leadSteps, levels: LEVELS });
}

const noisy = (n: number, sd: number, seed: number, level: (i: number) => number) => {
  const z = noise(seed);
  return Array.from({ length: n }, (_, i) => level(i) + sd * z());
};
const sine = (n: number, period: number, sd: number, seed: number) =>
  noisy(n, sd, seed, (i) => 4 + 3 * Math.sin((2 * Math.PI * i) / period));

function expectSound(f: Forecast, steps: number, values: readonly number[] = []): void {
  const largest = Math.max(0, ...values);
  for (const path of [f.path, f.lower, f.upper]) {
    expect(path.length).toBe(steps);
    expect(path.every((v) => Number.isFinite(v) && v >= 0)).toBe(true);
  }
  for (const quantiles of [f.meanQuantiles, f.maxQuantiles]) {
    expect(quantiles.length).toBe(LEVELS.length);
    quantiles.forEach((q, i) => {
      expect(Number.isFinite(q) && q >= 0).toBe(true);
      // but for the rounding of the last bit, which is that of the largest value where such were added up and taken away again
      const rounding = 1e-12 * quantiles[i - 1]! + 1e-15 * largest;
      if (i > 0) expect(q).toBeGreaterThanOrEqual(quantiles[i - 1]! - rounding);
    });
  }
  for (const v of [f.mean, f.max]) expect(Number.isFinite(v) && v >= 0).toBe(true);
}

describe("every method", () => {
  it("answers soundly whatever the window holds", () => {
    const value = fc.oneof(
      fc.double({ min: 0, max: 1e3, noNaN: true }).map((v) => (v < 1e-12 ? 0 : v)),
      fc.constantFrom(0, 0, 1e-9, 1, 1e6),
    );
    fc.assert(
      fc.property(
        fc.constantFrom<ForecastMethod>("auto", "naive", "prophet", "original"),
        fc.array(value, { minLength: 2, maxLength: 140 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 24 }),
        (method, values, horizon, lead) =>
          expectSound(ask(values, method, horizon, lead), Math.max(horizon, lead), values),
      ),
      { numRuns: 150 },
    );
  });

  it.each<ForecastMethod>(["auto", "naive", "prophet", "original"])("%s gives the same bytes twice", (method) => {
    const values = sine(120, 40, 0.3, 7);
    expect(JSON.stringify(ask(values, method))).toBe(JSON.stringify(ask(values, method)));
  });
});

describe("the cold start", () => {
  it.each([
    [2, "the last value alone", [true, false, false]],
    [20, "a pool without seasons", [true, true, false]],
    [120, "the whole pool", [true, true, true]],
    [2000, "the whole pool", [true, true, true]],
  ] as const)("%i points: %s", (n, _, takePart) => {
    const f = ask(sine(n, 40, 0.3, n));
    expect(["last", "median15", "fourier"].map((model) => model in f.modelWeights)).toEqual(takePart);
    expectSound(f, 6);
  });
});

it("looks back from origins a minute of 15 s apart at most, the newest among them, in windows of any length", () => {
  for (let n = 10; n <= 2000; n += n < 60 ? 1 : 37) {
    const values = Float64Array.from(sine(n, 40, 0.3, n));
    const series = { start: 0, step: 15, values, filled: new Uint8Array(n) };
    const { origins, stride, y } = new Window({ series, horizonSteps: 1, leadSteps: 2, levels: [] }, {}).pass;
    expect(stride).toBeLessThanOrEqual(4);
    expect(y.length).toBe(Math.min(n, 1440));
    expect(origins.at(-1)).toBe(y.length);
    expect(origins.length).toBeLessThanOrEqual(361);
    expect(origins[0]!).toBeGreaterThanOrEqual(Math.min(4, n - 1));
    for (let o = 1; o < origins.length; o++) expect(origins[o]! - origins[o - 1]!).toBe(stride);
  }
});

describe("auto", () => {
  it.each([
    ["a wave", sine(120, 40, 0.3, 3)],
    ["noise", noisy(120, 0.5, 4, () => 2)],
    ["a level that jumped", noisy(120, 0.1, 5, (i) => (i < 117 ? 2 : 6))],
    ["a short window", sine(20, 10, 0.2, 6)],
  ] as const)("scales with the load to 1e-9: %s", (_name, values) => {
    for (const factor of [1000, 0.003]) {
      const [one, other] = [ask(values), ask(values.map((v) => factor * v))];
      const numbers = (f: typeof one) => [f.mean, f.max, ...f.path, ...f.meanQuantiles, ...f.maxQuantiles];
      const off = numbers(other).map((v, i) => Math.abs(v / factor - numbers(one)[i]!));
      expect(Math.max(...off)).toBeLessThan(1e-9);
      expect(other.skill).toBeCloseTo(one.skill, 9);
    }
  });

  it("never forecasts below zero where a load runs out", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const z = noise(seed);
      const n = 60 + seed;
      expectSound(ask(Array.from({ length: n }, (_, i) => Math.max(0, (n - i) / n + 0.003 * z()))), 6);
    }
  });

  it("says exactly the value of a flat load: no outcome of it lies above its quantiles by rounding", () => {
    for (let seed = 1; seed <= 30; seed++) {
      const { uniform } = generator(seed);
      const level = 9 * uniform();
      for (const values of [
        new Array(120).fill(level),
        Array.from({ length: 120 }, (_, i) => (i < 20 ? 2 * level : level)),
      ]) {
        const { mean, meanQuantiles, maxQuantiles } = ask(values);
        expect(mean).toBe(level);
        for (const q of [...meanQuantiles.slice(0, 4), ...maxQuantiles.slice(0, 4)]) expect(q).toBe(level);
      }
    }
  });

  it("keeps a constant and stays at zero", () => {
    expect(ask(new Array(120).fill(2.5)).maxQuantiles.every((q) => Math.abs(q - 2.5) < 1e-6)).toBe(true);
    expect(ask(new Array(120).fill(0)).maxQuantiles.every((q) => q < 1e-6)).toBe(true);
  });

  it("finds a wave of 10 minutes and beats the last value by far; says so", () => {
    const f = ask(sine(120, 40, 0.25, 11));
    expect(f.period! / 600).toBeCloseTo(1, 1);
    expect(f.skill).toBeLessThan(0.4);
  });

  it("claims no skill on a random walk", () => {
    const z = noise(5);
    let level = 50;
    const f = ask(Array.from({ length: 240 }, () => (level += 0.5 * z())));
    expect(f.skill).toBeGreaterThan(0.75);
    expect(f.skill).toBeLessThan(1.35);
  });

  it("covers about what it says on noisy waves and on noise", () => {
    let [inside, maxBelow, count] = [0, 0, 0];
    for (let seed = 1; seed <= 60; seed++) {
      const values = seed % 2 ? sine(126, 40, 0.5, seed) : sine(126, 1e9, 0.5, seed);
      const f = ask(values.slice(0, 120));
      const future = values.slice(120);
      const mean = future.slice(0, 4).reduce((a, b) => a + b, 0) / 4;
      count++;
      if (mean >= f.meanQuantiles[0]! && mean <= f.meanQuantiles[5]!) inside++;
      if (Math.max(...future) <= f.maxQuantiles[4]!) maxBelow++;
    }
    // 60 draws: 0.9 has a standard deviation of 0.04
    expect(inside / count).toBeGreaterThan(0.78);
    expect(maxBelow / count).toBeGreaterThan(0.78);
    expect(maxBelow / count).toBeLessThan(1);
  });
});

it("puts the median of the maximum where half of the outcomes lie below it", () => {
  let below = 0;
  for (let seed = 1; seed <= 120; seed++) {
    // every phase of the wave in turn
    const values = sine(126 + (seed % 38), seed % 2 ? 37.6 : 1e9, 0.6, seed).slice(seed % 38);
    if (Math.max(...values.slice(120)) <= ask(values.slice(0, 120)).max) below++;
  }
  // 120 draws: 0.5 has a standard deviation of 0.046; without the offset it was 0.15
  expect(below / 120).toBeGreaterThan(0.38);
  expect(below / 120).toBeLessThan(0.64);
});

describe("detectSeason", () => {
  it("claims none on a clean ramp", () => {
    expect(detectSeason(Float64Array.from({ length: 120 }, (_, i) => 1 + i / 100))).toBeNull();
  });

  it("finds 20, 30 and 40 steps under noise", () => {
    for (const period of [20, 30, 40]) {
      const season = detectSeason(Float64Array.from(sine(120, period, 0.4, period)));
      expect(season!.period).toBeGreaterThan(period * 0.93);
      expect(season!.period).toBeLessThan(period * 1.07);
    }
  });
});

describe("values that were filled in", () => {
  const askMarked = (values: Float64Array, filled: Uint8Array) =>
    auto({ series: { start: 0, step: 15, values, filled }, horizonSteps: 1, leadSteps: 6, levels: LEVELS });

  it("are no outcomes: a line over the gaps does not narrow the quantiles", () => {
    const widths = [1, 2, 3, 4, 5].map((seed) => {
      const z = noise(seed);
      const values = Float64Array.from({ length: 120 }, () => 5 + z());
      const filled = Uint8Array.from(values, (_, i) => (i > 10 && i < 110 && i % 20 < 10 ? 1 : 0));
      values.forEach((_, i) => {
        if (filled[i] === 1) values[i] = values[i - 1]! + (5 - values[i - 1]!) / 10;
      });
      const width = (f: Forecast) => f.meanQuantiles[4]! - f.meanQuantiles[0]!;
      return width(askMarked(values, filled)) / width(askMarked(values, new Uint8Array(120)));
    });
    expect(widths.reduce((a, b) => a * b) ** (1 / 5)).toBeGreaterThan(1.15);
  });

  it("leave a sound forecast wherever they lie, even everywhere", () => {
    const marks = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 12, maxLength: 130 });
    fc.assert(
      fc.property(fc.oneof(marks, fc.constant(new Array<number>(120).fill(1))), fc.integer(), (filled, seed) => {
        const z = noise(seed);
        const values = Float64Array.from(filled, () => Math.max(0, 2 + z()));
        expectSound(askMarked(values, Uint8Array.from(filled)), 6);
      }),
    );
  });
});

it("is the forecaster of the method auto", () => {
  const series = { start: 0, step: 15, values: Float64Array.of(1, 1), filled: new Uint8Array(2) };
  expect(auto({ series, horizonSteps: 1, leadSteps: 1, levels: [0.5] }).modelWeights).toEqual({ last: 1 });
});
