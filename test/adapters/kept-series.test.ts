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
  const run = (kept: ReturnType<typeof keptSeries>, keys: readonly string[], now: number, points = 100) =>
    keys.filter((key) => {
      const since = kept.since(key, now, BUILT);
      if (since === undefined) kept.keep(key, series(points, now), now);
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
  it("takes no more than 64 MiB: what does not fit is read whole, what is kept stays", () => {
    const kept = keptSeries(60);
    const many = keys(9);
    run(kept, many, START, 1_000_000);
    expect(run(kept, many, START + 20, 1_000_000)).toEqual(many.slice(0, 8));
    expect(run(kept, many, START + 40, 1_000_000)).toEqual(many.slice(0, 8));
  });
  it("is its own copy", () => {
    const kept = keptSeries(60);
    const [first, news] = [series(100), series(13, START + 60)];
    kept.since("a", START, BUILT);
    kept.keep("a", first, START);
    first.samples.values.fill(7);
    const since = kept.since("a", START + 60, BUILT)!;
    // a minute that has not settled, as the newest point is a step old, and one more to compare
    expect(since).toBeCloseTo(START - 15 - 60 - 60, 2);
    const joined = kept.join("a", { ...news, since, step: STEP, begin: START - 1000 }, START + 60);
    expect(joined?.values).toEqual(new Float64Array(joined!.values.length).fill(1));
  });
});
