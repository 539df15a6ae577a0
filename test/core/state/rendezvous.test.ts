/** Rendezvous hashing: always a place, the same each time, evenly, and another number of places moves no more than its share. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { placeOf } from "../../../job/core/state/rendezvous.ts";

const keys = fc.uniqueArray(fc.string({ unit: "binary" }), { maxLength: 200 });
const places = fc.integer({ min: 1, max: 64 });

test("every key has one place, and one place more takes keys only to itself", () => {
  fc.assert(
    fc.property(keys, places, (all, count) => {
      for (const key of all) {
        const before = placeOf(key, count);
        expect(before).toBeGreaterThanOrEqual(0);
        expect(before).toBeLessThan(count);
        const after = placeOf(key, count + 1);
        expect([before, count]).toContain(after);
      }
    }),
  );
});

test.each([2, 3, 5, 10, 16])(
  "10,000 names of workloads are spread evenly over %i, and one more takes its share",
  (count) => {
    const names = Array.from({ length: 10_000 }, (_, i) => `team-${i % 37}/web-${i}`);
    const sizes = new Array<number>(count).fill(0);
    let moved = 0;
    for (const name of names) {
      sizes[placeOf(name, count)]! += 1;
      if (placeOf(name, count + 1) !== placeOf(name, count)) moved += 1;
    }
    // five standard deviations of a binomial of 1 in `count`
    const spread = (share: number) => 5 * Math.sqrt(10_000 * share * (1 - share));
    for (const size of sizes) expect(Math.abs(size - 10_000 / count)).toBeLessThan(spread(1 / count));
    expect(Math.abs(moved - 10_000 / (count + 1))).toBeLessThan(spread(1 / (count + 1)));
  },
);
