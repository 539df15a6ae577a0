/** What is taken of a recorded series, and what is left to the single query; against a plain reading of the rule. */
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { countsOf, recordedSeries } from "../../job/adapters/prometheus-recorded.ts";
import { recordSelector, unrecorded } from "../../job/adapters/prometheus-records.ts";
import type { Samples } from "../../job/core/series/types.ts";
import { config } from "../fakes/config.ts";
import { cpuOf, queryOf } from "../fakes/queries.ts";

const NOW = 1_700_000_007.5;
const of = (times: readonly number[]): Samples => ({
  times: Float64Array.from(times),
  values: Float64Array.from(times, (time) => time / 10),
});
/** Every 15 s, `phase` seconds before now. */
const steady = (count: number, phase = 3, every = 15) =>
  Array.from({ length: count }, (_, i) => NOW - phase - every * (count - 1 - i));
const wanted = (points: number, step = 15) => ({ now: NOW, step, points });

describe("recordedSeries", () => {
  it("takes one sample a step, counted back from the newest, at the time of its recording", () => {
    const times = steady(130);
    expect(recordedSeries([of(times)], wanted(120))).toEqual(of(times.slice(-120)));
    const quarter = times.filter((_, i) => (times.length - 1 - i) % 4 === 0).slice(-30);
    expect(recordedSeries([of(times)], wanted(30, 60))).toEqual(of(quarter));
    expect(recordedSeries([of(steady(800, 3, 5))], wanted(120))).toEqual(of(steady(120)));
  });

  it.each<[string, readonly Samples[] | undefined, string]>([
    ["nothing", undefined, "not recorded"],
    ["an empty series", [of([])], "not recorded"],
    ["two series", [of(steady(120)), of(steady(120))], "recorded more than once"],
    ["a dead rule", [of(steady(120, 46))], "its record ended 46 s ago"],
    ["a rule that begins late", [of(steady(115))], "does not cover the window yet"],
    ["a hole of five missing evaluations", [of(steady(120).filter((_, i) => i < 50 || i > 54))], "has a hole"],
    ["every second missing", [of(steady(60, 3, 30))], "coarser than its step"],
    ["times that go back", [of([...steady(60), ...steady(60)])], "not in order"],
    ["a time twice", [of([...steady(119), NOW - 3])], "not in order"],
  ])("%s: the single query", (_what, found, why) => {
    expect(recordedSeries(found, wanted(120))).toContain(why);
  });

  it("bears what the quality check of the core bears: three missing evaluations, a late start of a minute", () => {
    const times = steady(120, 45);
    expect(recordedSeries([of(times.filter((_, i) => i < 50 || i > 52))], wanted(120))).toMatchObject({
      times: { length: 117 },
    });
    expect(recordedSeries([of(times.slice(4))], wanted(120))).toMatchObject({ times: { length: 116 } });
  });

  test("whatever is taken is fresh, without holes, covers the window, and was recorded", () => {
    const spacings = fc.array(fc.constantFrom(1, 5, 15, 15, 15, 15, 30, 45, 61, 75), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(
        spacings,
        fc.nat(60),
        fc.constantFrom(15, 30, 60),
        fc.integer({ min: 1, max: 40 }),
        (gaps, age, step, points) => {
          const times: number[] = [NOW - age];
          for (const gap of gaps) times.unshift(times[0]! - gap);
          const found = recordedSeries([of(times)], { now: NOW, step, points });
          if (typeof found === "string") return;
          const kept = [...found.times];
          const hole = Math.max(60, 2 * step);
          expect(NOW - kept.at(-1)!).toBeLessThanOrEqual(45);
          expect(kept.at(-1)! - kept[0]!).toBeGreaterThanOrEqual((points - 1) * step - hole);
          kept.forEach((time, i) => {
            expect(times).toContain(time);
            expect(found.values[i]).toBe(time / 10);
            if (i > 0) expect(time - kept[i - 1]!).toBeLessThanOrEqual(hole);
          });
          expect(kept.length).toBeGreaterThanOrEqual(0.9 * points);
          expect(kept.length).toBeLessThanOrEqual(points);
        },
      ),
    );
  });
});

describe("countsOf", () => {
  const times = Float64Array.from(steady(120));
  it("gives the count at each of the newest times", () => {
    expect(countsOf([of(steady(130))], times, 300)).toEqual(of(steady(20)));
  });
  it.each<[string, readonly Samples[] | undefined]>([
    ["no series", undefined],
    ["two", [of(steady(130)), of(steady(130))]],
    ["one that lacks a time", [of(steady(130).filter((time) => time !== times[115]))]],
    ["one of other times", [of(steady(130, 4))]],
  ])("%s: not known, which is no zero", (_what, found) => {
    expect(countsOf(found, times, 300)).toContain("not recorded");
  });
});

describe("what is asked for", () => {
  it("names exactly these workloads, with the matchers", () => {
    expect(recordSelector("r", ["a/StatefulSet/b.c", "a/Deployment/d"], { cluster: 'e"u' }, 1830)).toBe(
      'r{scale_target=~"a/StatefulSet/b\\\\.c|a/Deployment/d",cluster="e\\"u"}[1830s]',
    );
  });

  it("is the built query of the default window alone", () => {
    const usual = { rateWindow: 60 };
    expect(unrecorded(usual, cpuOf())).toBeUndefined();
    expect(unrecorded({ rateWindow: 120 }, cpuOf())).toBe("rateWindow is 120s, and that of the rules 1m");
    expect(unrecorded({ ...usual, query: "up" }, cpuOf())).toBe("a query of its own");
    expect(unrecorded(usual, cpuOf({ query: "up" }))).toBe("a query of its own");
    const metrics = [{ name: "queue", query: "up", averageValue: 1 }];
    expect(unrecorded(usual, queryOf(config({ metrics }), "queue"))).toBe("a query of its own");
    const widget = { apiVersion: "example.com/v1", kind: "Widget", name: "web" };
    expect(unrecorded(usual, cpuOf({ scaleTargetRef: widget }))).toBe("a Widget");
  });
});
