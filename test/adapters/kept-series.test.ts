/** What a process keeps of series from run to run: of those that are asked about, not too many, and its own. */
import { describe, expect, it } from "vitest";
import { keptSeries } from "../../job/adapters/kept-series.ts";
import type { Samples } from "../../job/core/series/types.ts";
import { START, STEP } from "../fakes/growing-source.ts";

/** The reach of the job's own query. */
const BUILT = { seconds: 60, fills: false };

describe("what is kept", () => {
  const series = (n: number, at: number = START): { samples: Samples; labels: string } => ({
    samples: { times: new Float64Array(n).map((_, i) => at + (i - n) * STEP), values: new Float64Array(n).fill(1) },
    labels: "",
  });
  const holes: typeof series = (n, at = START) => {
    const { samples, labels } = series(n, at);
    return { samples: { ...samples, times: samples.times.map((time, i) => (i % 7 === 3 ? time - 5 : time)) }, labels };
  };
  const run = (kept: ReturnType<typeof keptSeries>, keys: readonly string[], now: number, points = 100, of = series) =>
    keys.filter((key) => {
      const since = kept.since(key, now, BUILT);
      if (since === undefined) kept.keep(key, of(points, now), now);
      return since !== undefined;
    });
  const keys = (n: number) => Array.from({ length: n }, (_, i) => `k${i}`);

  it("forgets what no run asks about any more, and nothing else, however many the targets are", () => {
    for (const n of [1, 3, 500]) {
      const kept = keptSeries(60);
      run(kept, [...keys(n), "gone"], START);
      // in another order each time, as slices come
      for (let minute = 1; minute < 8; minute++) {
        const order = minute % 2 === 0 ? keys(n) : keys(n).reverse();
        expect(run(kept, order, START + 6 * minute)).toEqual(order);
      }
      expect(run(kept, ["gone"], START + 48)).toEqual([]);
    }
  });
  it("does not forget the few that are kept among many that give nothing", () => {
    const kept = keptSeries(60);
    run(kept, ["a"], START);
    for (let minute = 1; minute < 8; minute++) {
      for (const key of keys(400)) {
        kept.since(key, START + 6 * minute, BUILT);
        kept.keep(key, null, START + 6 * minute);
      }
      expect(run(kept, ["a"], START + 6 * minute)).toEqual(["a"]);
    }
  });
  // of a series with holes the times are kept as well
  it.each([
    [8, "whole", series],
    [4, "full of holes", holes],
  ])(
    "takes no more than 64 MiB, %i series that are %s: what does not fit is read whole, what is kept stays",
    (fit, _, of) => {
      const kept = keptSeries(60);
      const many = keys(9);
      run(kept, many, START, 1_000_000, of);
      expect(run(kept, many, START + 20, 1_000_000, of)).toEqual(many.slice(0, fit));
      expect(run(kept, many, START + 40, 1_000_000, of)).toEqual(many.slice(0, fit));
    },
  );
  it("is read whole once after a clock was set back, and then on as before", () => {
    const kept = keptSeries(60);
    run(kept, ["a"], START);
    run(kept, ["a"], START + 60);
    expect(run(kept, ["a"], START - 600)).toEqual([]);
    expect(run(kept, ["a"], START - 585)).toEqual(["a"]);
    expect(kept.since("a", START - 570, BUILT)).toBeGreaterThan(START - 900);
  });
  it("is joined only where the points that both have are the same, also those that are no number of their own", () => {
    const values = [1, 1 + 1e-12, 1.001, 0, -0, 1e300, NaN, Infinity, -Infinity];
    for (const before of values) {
      for (const after of values) {
        const kept = keptSeries(60);
        const [first, fresh] = [series(100), series(13, START + 60)];
        first.samples.values.fill(before);
        fresh.samples.values.fill(after);
        kept.since("a", START, BUILT);
        kept.keep("a", first, START);
        const since = kept.since("a", START + 60, BUILT)!;
        const joined = kept.join("a", { ...fresh, since, step: STEP, begin: START - 1000 }, START + 60);
        const near = Object.is(before, after) || Math.abs(before - after) < 1e-9;
        expect([before, after, joined !== undefined]).toEqual([before, after, near]);
      }
    }
  });
  it("is its own copy", () => {
    const kept = keptSeries(60);
    const [first, fresh] = [series(100), series(13, START + 60)];
    kept.since("a", START, BUILT);
    kept.keep("a", first, START);
    first.samples.values.fill(7);
    const since = kept.since("a", START + 60, BUILT)!;
    // a minute that has not settled, as the newest point is a step old, and one more to compare
    expect(since).toBeCloseTo(START - 15 - 60 - 60, 2);
    const joined = kept.join("a", { ...fresh, since, step: STEP, begin: START - 1000 }, START + 60);
    expect(joined?.values).toEqual(new Float64Array(joined!.values.length).fill(1));
  });
});
