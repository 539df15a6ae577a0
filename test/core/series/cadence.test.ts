/** How often a source has a new value: stairs of every width and phase, and what only looks like them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cadenceOf, standstill, withoutRepeats } from "../../../job/core/series/cadence.ts";
import type { Samples } from "../../../job/core/series/types.ts";
import { NOW } from "../../fakes/config.ts";
import { samplesOf } from "../../fakes/series.ts";
import { generator } from "../forecast/noise.ts";

/** A load with noise, at any time. */
const load = (t: number) => 3 + Math.sin(t / 400) + 0.2 * Math.sin(t * 12.9898) + 0.1 * Math.sin(t * 78.233);

/** Asked every `step` seconds, scraped every `scrape`: the newest scrape's value. */
function stairs(scrape: number, step: number, seconds = 1800, phase = 3): Samples {
  const points = Math.floor(seconds / step);
  const at = (i: number) => load(Math.floor((i * step - phase) / scrape) * scrape);
  return samplesOf(at, { end: points * step, step, points });
}

const cadence = ({ times, values }: Samples) => cadenceOf(times, values);

describe("cadenceOf", () => {
  it.each([
    [60, 15],
    [30, 15],
    [50, 15],
    [15, 1],
    [20, 5],
    [300, 15, 7200],
  ])("finds a scrape of %d s read every %d s", (scrape, step, seconds = 1800) => {
    expect(Math.abs(cadence(stairs(scrape, step, seconds)) - scrape)).toBeLessThan(0.05 * scrape);
  });

  it.each([
    [15, 15],
    [10, 15],
    [15, 30],
  ])("sees no repeats where a scrape of %d s is read every %d s", (scrape, step) => {
    expect(cadence(stairs(scrape, step))).toBe(step);
  });

  it("finds any scrape of two steps and more, at any phase", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }), fc.nat(59), (steps, phase) => {
        expect(cadence(stairs(15 * steps, 15, 7200, phase))).toBeCloseTo(15 * steps, 0);
      }),
    );
  });

  it("is the distance of the samples where a load stands still, changes rarely, or is whole numbers", () => {
    const of = (value: (i: number) => number) => cadence(samplesOf(value, { end: 0, points: 480 }));
    expect(of(() => 2)).toBe(15);
    expect(of((i) => (i % 100 < 3 ? 7 + i : 2))).toBe(15);
    expect(of((i) => Math.round(load(15 * i) * 2))).toBe(15);
  });

  it("is not misled by a hole, a value that came twice, or a pod that came between two scrapes", () => {
    const whole = stairs(60, 15, 3600);
    const without = (from: number, to: number): Samples => {
      const keep = [...whole.times.keys()].filter((i) => i < from || i >= to);
      return {
        times: Float64Array.from(keep, (i) => whole.times[i]!),
        values: Float64Array.from(keep, (i) => whole.values[i]!),
      };
    };
    expect(cadence(without(80, 97))).toBeCloseTo(60, 0);
    const twice = { ...whole, values: whole.values.map((v, i) => (i >= 81 && i < 89 ? whole.values[81]! : v)) };
    expect(cadence(twice)).toBeCloseTo(60, 0);
    const early = { ...whole, values: whole.values.map((v, i) => (i > 102 ? v + 1 : v)) };
    expect(cadence(early)).toBeCloseTo(60, 0);
  });

  it("looks at the part it is told of: the scrape was changed an hour ago", () => {
    const fine = samplesOf((i) => load(15 * i), { end: -3600, points: 240 });
    const coarse = stairs(60, 15, 3600);
    const shifted = coarse.times.map((t) => t - 3600);
    const times = Float64Array.of(...fine.times, ...shifted);
    const values = Float64Array.of(...fine.values, ...coarse.values);
    expect(cadenceOf(times, values, -1800)).toBe(60);
    expect(cadenceOf(times, values)).toBe(15);
  });

  it("is the median distance of the samples where the values tell nothing, wherever the holes are", () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(gaps, (list) => {
        const times = [0];
        for (const gap of list) times.push(times.at(-1)! + gap);
        const median = [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]!;
        expect(cadenceOf(Float64Array.from(times), new Float64Array(times.length).fill(2))).toBe(median);
      }),
    );
  });

  /** Samples every 15 s that have a new value after each of these numbers of steps. */
  const changesAfter = (steps: readonly number[]) => {
    const values = [1, 2];
    for (const [i, count] of steps.entries()) values.push(...new Array(count - 1).fill(i + 2), i + 3);
    return cadence(samplesOf((i) => values[i]!, { end: 0, points: values.length }));
  };
  const often = (count: number, steps: number): number[] => new Array(count).fill(steps);

  it("is known from eight distances between changes on", () => {
    expect(changesAfter(often(7, 4))).toBe(15);
    expect(changesAfter(often(8, 4))).toBe(60);
  });

  it("allows for a tenth of changes that come early, and not for more", () => {
    expect(changesAfter([...often(18, 4), 1, 1])).toBe(60);
    expect(changesAfter([...often(17, 4), 1, 1])).toBe(15);
    expect(changesAfter([...often(9, 4), 1])).toBe(60);
  });

  it("is the mean of the distances about the shortest usual one: a scrape that is no whole number of steps", () => {
    expect(changesAfter([3, 3, 4, 3, 3, 4, 3, 3, 4])).toBeCloseTo(50, 9);
    expect(changesAfter([4, 4, 4, 4, 4, 4, 4, 4, 8])).toBe(60);
  });

  it("knows nothing of less than two samples", () => {
    expect([
      cadence(samplesOf(() => 1, { end: 0, points: 0 })),
      cadence(samplesOf(() => 1, { end: 0, points: 1 })),
    ]).toEqual([0, 0]);
  });
});

describe("withoutRepeats", () => {
  it("keeps each new value, and one a cadence of a value that stays", () => {
    const { times, values } = samplesOf((i) => [5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7][i]!, { end: 180, points: 13 });
    expect([...withoutRepeats(times, values, 60)]).toEqual([0, 4, 8, 12]);
  });

  it("keeps everything that changes, whatever the cadence, and takes rounding for no change", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 60 }), (list) => {
        const { times, values } = samplesOf((i) => list[i]! * (1 + 1e-13 * i), { end: 0, points: list.length });
        const kept = [...withoutRepeats(times, values, 1e9)];
        const changes = list.flatMap((value, i) => (i > 0 && value !== list[i - 1] ? [i] : []));
        expect(kept).toEqual([0, ...changes]);
      }),
    );
  });
});

it("finds none in an idle load that changes now and then, at any distance", () => {
  let found = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const { uniform } = generator(seed * 101);
    let value = 1;
    const values = Float64Array.from({ length: 120 }, () => {
      if (uniform() < 0.12) value = 0.2 + uniform();
      return value;
    });
    if (
      cadenceOf(
        Float64Array.from(values, (_, i) => 15 * i),
        values,
      ) > 15
    )
      found++;
  }
  // by the shortest tenth alone 40 % of these windows had one
  expect(found / 60).toBeLessThanOrEqual(0.05);
});

describe("standstill", () => {
  const lively = (i: number) => 2 + 0.1 * Math.sin(i * i);
  /** Samples every 15 s, the last `repeats` of them as the one before. */
  const stopped = (value: (i: number) => number, repeats: number, points = 120) =>
    samplesOf((i) => value(Math.min(i, points - 1 - repeats)), { end: NOW, points });
  const still = ({ times, values }: ReturnType<typeof samplesOf>, cadence = 15) => standstill(times, values, cadence);

  it.each<[string, ReturnType<typeof samplesOf>, number]>([
    ["each value is new", stopped(lively, 0), 0],
    ["it stopped a minute ago", stopped(lively, 4), 60],
    ["it stopped four minutes ago", stopped(lively, 16), 240],
    ["one in twelve came twice before", stopped((i) => lively(i % 12 === 0 ? i - 1 : i), 16), 240],
    ["one in four came twice before: it is idle now and then", stopped((i) => lively(i % 4 === 0 ? i - 1 : i), 16), 0],
    ["it never changes", stopped(() => 2, 0), 0],
    ["it changed seven times only", stopped(lively, 16, 24), 0],
    ["it changed eight times", stopped(lively, 16, 25), 240],
    ["no sample", samplesOf(() => 1, { end: NOW, points: 0 }), 0],
  ])("%s", (_, samples, seconds) => {
    expect(still(samples)).toBe(seconds);
  });

  it("takes a scrape of a minute, read every 15 s, as it is", () => {
    const stairs = (end: number) =>
      samplesOf((i) => lively(Math.floor(Math.min(i, end) / 4)), { end: NOW, points: 120 });
    expect(still(stairs(119), 60)).toBe(45);
    expect(still(stairs(103), 60)).toBe(285);
  });
});

it("takes rounding for no change, however large or small the numbers are", () => {
  fc.assert(
    fc.property(fc.integer({ min: -9, max: 15 }), (exponent) => {
      const scale = 10 ** exponent;
      const { times, values } = samplesOf((i) => scale * (1 + 1e-12 * (i % 3)), { end: 0, points: 9 });
      expect([...withoutRepeats(times, values, 1e9)]).toEqual([0]);
      const rising = values.map((value, i) => value * (1 + 1e-6 * i));
      expect(withoutRepeats(times, rising, 1e9)).toHaveLength(9);
    }),
  );
});
