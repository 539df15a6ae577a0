/** A surge: followed along its slope when it is beyond what the window has seen, and nothing else is one; against a plain count. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { surgeAhead } from "../../../job/core/policy/surge.ts";
import { series } from "../../fakes/series.ts";

/** A window whose two-step changes are all 1 or 0, then the given values. */
const calm = (...last: readonly number[]) => {
  const usual = Array.from({ length: 40 }, (_, i) => (i % 4 < 2 ? 2 : 3));
  return [...usual, ...last];
};
const ahead = (values: readonly number[], steps = 8, step = 15, filled: readonly number[] = []) => {
  const made = series(values, { step });
  for (const i of filled) made.filled[i < 0 ? values.length + i : i] = 1;
  return surgeAhead(made, steps);
};

describe("a surge", () => {
  it("is followed for a minute, at three quarters of its slope", () => {
    // 26.8 + 0.75 x 12.25 x 4
    expect(ahead(calm(2.3, 10, 26.8))).toBeCloseTo(26.8 + 36.75, 9);
    // no further than the lead
    expect(ahead(calm(2.3, 10, 26.8), 2)).toBeCloseTo(26.8 + 0.75 * 12.25 * 2, 9);
    // a minute is one step of 60 s and one and a half of 40 s: two
    expect(ahead(calm(2.3, 10, 26.8), 8, 60)).toBeCloseTo(26.8 + 0.75 * 12.25, 9);
    expect(ahead(calm(2.3, 10, 26.8), 8, 40)).toBeCloseTo(26.8 + 0.75 * 12.25 * 2, 9);
    expect(ahead(calm(2.3, 10, 26.8), 8, 20)).toBeCloseTo(26.8 + 0.75 * 12.25 * 3, 9);
  });

  it("is a rise of more than twice the usual one", () => {
    expect(ahead(calm(2, 2, 4))).toBe(0);
    expect(ahead(calm(2, 2, 4.01))).toBeGreaterThan(4.01);
    expect(ahead(calm(9, 5, 2))).toBe(0);
    expect(ahead(new Array(40).fill(2))).toBe(0);
  });

  it("is known from twenty points on, of which the three newest were measured", () => {
    const points = (count: number) => [...new Array(count - 1).fill(2), 9];
    expect([ahead(points(19)), ahead(points(20)) > 9]).toEqual([0, true]);
    for (const missing of [-1, -2, -3]) expect(ahead(points(30), 8, 15, [missing])).toBe(0);
    expect(ahead(points(30), 8, 15, [-4])).toBeGreaterThan(9);
    // nothing is usual where no change was measured
    expect(ahead(points(30), 8, 15, [...Array(27).keys()])).toBe(0);
    // one change is enough to know what is usual
    expect(ahead(points(30), 8, 15, [...Array(26).keys()])).toBeCloseTo(9 + 0.75 * 3.5 * 4, 9);
  });

  it("is found like a plain count finds it, whatever was measured", () => {
    const value = fc.integer({ min: 0, max: 12 });
    const measured = fc.constantFrom(0, 1, 2, 3).chain((holes) => fc.nat(3).map((drawn) => drawn >= holes));
    const points = fc.array(fc.tuple(value, measured), { minLength: 15, maxLength: 45 });
    fc.assert(
      fc.property(
        points,
        fc.tuple(value, value, value),
        fc.integer({ min: 1, max: 6 }),
        fc.nat(9),
        (before, last, steps, lost) => {
          const values = [...before.map(([v]) => v), ...last];
          const filled = before
            .flatMap(([, measured], i) => (measured ? [] : [i]))
            .concat(lost < 3 ? before.length + lost : []);
          const n = values.length;
          const changes = values
            .map((v, i) => [i, Math.abs(v - values[i - 2]!)] as const)
            .filter(([i]) => i >= 2 && i < n - 1 && !filled.includes(i) && !filled.includes(i - 2))
            .map(([, change]) => change)
            .sort((a, b) => a - b);
          // the smallest that at least 95 % of them do not exceed
          const usual = changes.find(
            (change) => changes.filter((other) => other <= change).length > 0.95 * changes.length,
          );
          const rise = values[n - 1]! - values[n - 3]!;
          const surges = n >= 20 && lost > 2 && usual !== undefined && rise > 2 * usual;
          const expected = surges ? values[n - 1]! + 0.75 * (rise / 2) * Math.min(steps, 4) : 0;
          expect(ahead(values, steps, 15, filled)).toBeCloseTo(expected, 9);
        },
      ),
    );
  });
});
