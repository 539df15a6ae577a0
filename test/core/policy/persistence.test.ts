/** The reactive quantile against a naive oracle. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maximumByMoves, movesOf } from "../../../job/core/forecast/combine/moves.ts";
import type { LeadPart } from "../../../job/core/forecast/types.ts";
import { persistenceQuantile, persistenceQuantiles } from "../../../job/core/policy/persistence.ts";
import { series } from "../../fakes/series.ts";

/** Last value + type 7 quantile of the errors whose outcome was measured; undefined where none was. */
function learnt(values: readonly number[], filled: readonly number[], [from, to]: LeadPart, level: number) {
  const errors: number[] = [];
  for (let i = 0; i + to < values.length; i++) {
    if (filled.slice(i + 1, i + 1 + to).includes(1)) continue;
    errors.push(Math.max(...values.slice(i + 1 + from, i + 1 + to)) - values[i]!);
  }
  errors.sort((a, b) => a - b);
  const at = level * (errors.length - 1);
  const [low, high] = [errors[Math.floor(at)]!, errors[Math.ceil(at)]!];
  return { count: errors.length, value: Math.max(0, values.at(-1)! + low + (at - Math.floor(at)) * (high - low)) };
}

describe("persistenceQuantile", () => {
  it("agrees with the naive computation, gaps and all", () => {
    const value = fc.tuple(fc.double({ min: 0, max: 20, noNaN: true }), fc.constantFrom(...new Array(30).fill(0), 1));
    let [whole, partly] = [0, 0];
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 60, size: "max" }),
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 1, max: 4 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (list, from, length, level) => {
          const [values, filled] = [list.map(([v]) => v), list.map(([, f]) => f)];
          const part = [from, from + length] as const;
          const { count, value: own } = learnt(values, filled, part, level);
          const share = Math.min(1, count / Math.max(8, part[1]));
          const moves = movesOf(Float64Array.from(values), Uint8Array.from(filled), part[1]);
          const law = Math.max(values.at(-1)!, maximumByMoves(values.at(-1)!, moves, part, level));
          const want = count === 0 ? law : share * own + (1 - share) * law;
          if (share === 1) whole++;
          else if (share > 0) partly++;
          const asked = { ...series(values), filled: Uint8Array.from(filled) };
          expect(persistenceQuantile(asked, part, level)).toBeCloseTo(want, 9);
        },
      ),
      { numRuns: 300 },
    );
    expect(Math.min(whole, partly)).toBeGreaterThan(10);
  });

  it("is above the last value while hardly any outcome is known, and nothing for nothing", () => {
    expect(persistenceQuantile(series([3]), [0, 4], 0.9)).toBeGreaterThan(3.3);
    expect(persistenceQuantile(series([1, 5, 1, 5, 3]), [0, 4], 0.9)).toBeGreaterThan(5);
    expect(persistenceQuantile(series([]), [0, 4], 0.9)).toBeNaN();
  });

  it("is never negative", () => {
    expect(persistenceQuantile(series([9, 8, 7, 6, 5, 4, 3, 2, 1, 0.1, 0]), [0, 1], 0.01)).toBe(0);
  });

  it("is at several levels what it is at each, and rises with the level", () => {
    const values = fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { maxLength: 40 });
    const levels = fc.array(fc.double({ min: 0.01, max: 0.99, noNaN: true }), { maxLength: 5 });
    fc.assert(
      fc.property(values, levels, fc.integer({ min: 1, max: 6 }), (list, asked, to) => {
        const sorted = [...asked].sort((a, b) => a - b);
        const all = persistenceQuantiles(series(list), [0, to], sorted);
        expect(all).toEqual(sorted.map((level) => persistenceQuantile(series(list), [0, to], level)));
        if (list.length > 0)
          for (const [i, q] of all.entries()) expect(q).toBeGreaterThanOrEqual((all[i - 1] ?? 0) - 1e-9);
      }),
    );
  });
});
