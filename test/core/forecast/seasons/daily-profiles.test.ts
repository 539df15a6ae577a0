/** The longer history: which profiles it gives, and what they are worth. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pinball } from "../../../../job/core/forecast/combine/losses.ts";
import { forecastAuto } from "../../../../job/core/forecast/forecasters/auto.ts";
import { lastValue } from "../../../../job/core/forecast/models/level.ts";
import { besideProfile, canMultiply } from "../../../../job/core/forecast/models/profile-pool.ts";
import { dailyProfilesOf } from "../../../../job/core/forecast/seasons/daily-profiles.ts";
import type { Series } from "../../../../job/core/series/types.ts";
import { generator } from "../noise.ts";

const DAY = 86_400;
const T0 = 1_767_225_600;
const LEVELS = [0.05, 0.9, 0.95];

/** A load as a function of time, on a grid of n steps. */
function grid(of: (time: number) => number, start: number, step: number, n: number): Series {
  return {
    start,
    step,
    values: Float64Array.from({ length: n }, (_, i) => of(start + i * step)),
    filled: new Uint8Array(n),
  };
}

const weekBefore = (of: (time: number) => number, end: number, days = 7.5) =>
  grid(of, end - days * DAY, 300, days * 288);

describe("profiles", () => {
  const at = T0 + 8 * DAY + 12_345;
  const span = { start: at, step: 15, length: 130 };
  const line = (t: number) => (t - T0) / 1000;

  it("are the same time yesterday, a week ago and the mean of the days, between its points by a line", () => {
    const profiles = dailyProfilesOf(weekBefore(line, at + 600), span);
    expect(profiles.map((c) => c.name)).toEqual(["day", "week", "typical"]);
    const [day, week, typical] = profiles.map((c) => c.values);
    for (const i of [0, 1, 64, 129]) {
      const time = at + 15 * i;
      expect(day![i]).toBeCloseTo(line(time - DAY), 9);
      expect(week![i]).toBeCloseTo(line(time - 7 * DAY), 9);
      expect(typical![i]).toBeCloseTo(line(time - 4 * DAY), 9);
    }
  });

  it.each([
    [0.9, []],
    [1.5, ["day"]],
    [2.5, ["day", "typical"]],
    [6.5, ["day", "typical"]],
    [7.5, ["day", "week", "typical"]],
  ])("of %f days", (days, names) => {
    expect(dailyProfilesOf(weekBefore(line, at + 600, days), span).map((c) => c.name)).toEqual(names);
  });

  it("leave out a day of which more than a tenth was not measured", () => {
    const withGap = (points: number) => {
      const long = weekBefore(line, at);
      const yesterday = Math.round((at - DAY - long.start) / 300);
      long.filled.fill(1, yesterday, yesterday + points);
      return dailyProfilesOf(long, span).map((c) => c.name);
    };
    expect(withGap(0)).toContain("day");
    expect(withGap(4)).toEqual(["week", "typical"]);
  });

  it("read nothing newer than a day before each step", () => {
    const long = weekBefore(line, at + 600);
    const before = dailyProfilesOf(long, span);
    const known = Math.ceil((at + 129 * 15 - DAY - long.start) / 300) + 1;
    long.values.fill(1e6, known);
    expect(dailyProfilesOf(long, span)).toEqual(before);
  });

  it("are none for a span longer than a day", () => {
    expect(dailyProfilesOf(weekBefore(line, at), { start: at, step: 60, length: 1441 })).toEqual([]);
  });
});

describe("a model on a profile", () => {
  const profile = Float64Array.from({ length: 46 }, (_, i) => 2 + Math.sin(i / 5));
  const predicted = (y: Float64Array, relation: "+" | "*") => {
    const out = new Float64Array(6);
    besideProfile(lastValue, profile, relation).run({ y, origins: Int32Array.of(40), steps: 6 }, out);
    return out;
  };

  it("is exact where the load follows the profile by the same amount, or by the same factor", () => {
    const [plus, times] = [profile.map((v) => v + 3), profile.map((v) => 2.5 * v)];
    for (let k = 0; k < 6; k++) {
      expect(predicted(plus.slice(0, 40), "+")[k]).toBeCloseTo(plus[40 + k]!, 12);
      expect(predicted(times.slice(0, 40), "*")[k]).toBeCloseTo(times[40 + k]!, 12);
    }
  });

  it("takes no factor of a profile that comes near zero", () => {
    expect(canMultiply(profile)).toBe(true);
    expect(canMultiply(profile.map((v, i) => (i === 7 ? 0 : v)))).toBe(false);
    expect(canMultiply(new Float64Array(5))).toBe(false);
  });
});

/** Errors with and without the longer history, over origins spread over a day. */
function compare(load: (time: number) => number, leadSteps: number) {
  const sums = { point: [0, 0], max: [0, 0] };
  for (let i = 0; i < 48; i++) {
    const end = T0 + 9 * DAY + i * 1800 + 600;
    const series = grid(load, end - 119 * 15, 15, 120);
    const future = Array.from({ length: leadSteps }, (_, k) => load(end + 15 * (k + 1)));
    const mean = future.slice(0, 4).reduce((s, v) => s + v / 4, 0);
    [{}, { longHistory: weekBefore(load, end) }].forEach((long, j) => {
      const f = forecastAuto({ series, horizonSteps: 4, leadSteps, levels: LEVELS, ...long });
      sums.point[j]! += Math.abs(f.mean - mean);
      sums.max[j]! += pinball(Math.max(...future) - f.maxQuantiles[1]!, 0.9);
    });
  }
  return { point: sums.point[1]! / sums.point[0]!, max: sums.max[1]! / sums.max[0]! };
}

/** Noise that is a function of time, so that history and window agree. */
const noiseAt = (sd: number) => {
  const known = new Map<number, number>();
  const { normal } = generator(71);
  return (t: number) => {
    if (!known.has(t)) known.set(t, sd * normal());
    return known.get(t)!;
  };
};

describe("auto with a longer history", () => {
  it("knows the day's peaks before they come", () => {
    const noise = noiseAt(0.1);
    const peaks = [3, 8, 9.5, 13, 17, 21];
    const load = (t: number) =>
      3 + peaks.reduce((s, h) => s + 3 * Math.exp(-0.5 * (((t % DAY) / 3600 - h) / 0.2) ** 2), 0) + noise(t);
    const { max, point } = compare(load, 24);
    expect(max).toBeLessThan(0.8);
    expect(point).toBeLessThan(1);
  });

  it("loses next to nothing where history does not repeat", () => {
    const noise = noiseAt(0.4);
    const { max, point } = compare((t) => 6 + 2 * Math.sin(t / 7919) + noise(t), 8);
    expect(max).toBeLessThan(1.05);
    expect(point).toBeLessThan(1.03);
  });

  it("names what it took, from ten values on", () => {
    const load = (t: number) => 5 + 2 * Math.sin((2 * Math.PI * t) / DAY) + noiseAt(0.05)(t);
    const end = T0 + 9 * DAY;
    for (const n of [2, 20, 120, 2000]) {
      const series = grid(load, end - (n - 1) * 15, 15, n);
      const request = { series, horizonSteps: 4, leadSteps: 8, levels: LEVELS, longHistory: weekBefore(load, end) };
      const f = forecastAuto(request);
      expect("day+" in f.modelWeights).toBe(n >= 20);
      expect(f.maxQuantiles.every((q) => Number.isFinite(q) && q >= 0)).toBe(true);
    }
  });

  it("is as it was without when the history is too short, and sound whatever it holds", () => {
    const series = grid((t) => 3 + Math.sin(t / 300), T0 + 9 * DAY, 15, 120);
    const request = { series, horizonSteps: 4, leadSteps: 8, levels: LEVELS };
    const short = grid(() => 7, T0 + 9 * DAY - 40_000, 300, 100);
    expect(forecastAuto({ ...request, longHistory: short })).toEqual(forecastAuto(request));
    const value = fc.oneof(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.constantFrom(0, 1e-9, 1e9));
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 0, max: 700 }),
        (values, points) => {
          const n = points * 4;
          const long = grid((t) => values[Math.floor(t / 300) % values.length]!, T0 + 9 * DAY - n * 300, 300, n);
          const f = forecastAuto({ ...request, longHistory: long });
          for (const v of [f.mean, f.max, ...f.path, ...f.upper, ...f.maxQuantiles])
            expect(Number.isFinite(v) && v >= 0).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
});
