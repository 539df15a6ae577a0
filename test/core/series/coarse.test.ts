/** The coarser look at a series. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { coarse } from "../../../job/core/series/coarse.ts";

const samples = (times: readonly number[]) => ({ times: Float64Array.from(times), values: Float64Array.from(times) });

it("keeps the last sample of each step, and none outside the range", () => {
  const { times } = coarse(samples([10, 299, 300, 301, 599, 620, 900, 915]), 910, { range: 800, step: 300 });
  expect([...times]).toEqual([300, 599, 900]);
});

it("is ascending, at most one a step, and keeps the newest", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 5000 }), { minLength: 1 }), (unsorted) => {
      const times = unsorted.sort((a, b) => a - b);
      const kept = [...coarse(samples(times), 5000, { range: 6000, step: 300 }).times];
      expect(kept.at(-1)).toBe(times.at(-1));
      const steps = kept.map((t) => Math.ceil(t / 300));
      expect(new Set(steps).size).toBe(kept.length);
      expect(steps).toEqual([...new Set(times.map((t) => Math.ceil(t / 300)))]);
    }),
  );
});
