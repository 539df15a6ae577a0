/** The reactive quantile against a naive oracle. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { persistenceQuantile } from "../../../job/core/policy/persistence.ts";
import { series } from "../../fakes/series.ts";

function oracle(values: readonly number[], from: number, to: number, level: number): number {
  const errors: number[] = [];
  for (let i = 0; i + to < values.length; i++)
    errors.push(Math.max(...values.slice(i + 1 + from, i + 1 + to)) - values[i]!);
  errors.sort((a, b) => a - b);
  const at = level * (errors.length - 1);
  const [low, high] = [errors[Math.floor(at)]!, errors[Math.ceil(at)]!];
  return Math.max(0, values.at(-1)! + low + (at - Math.floor(at)) * (high - low));
}

describe("persistenceQuantile", () => {
  it("agrees with the naive computation", () => {
    const values = fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: 20, maxLength: 60 });
    fc.assert(
      fc.property(
        values,
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 1, max: 4 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (list, from, length, level) => {
          const part = [from, from + length] as const;
          expect(persistenceQuantile(series(list), part, level)).toBeCloseTo(oracle(list, ...part, level), 9);
        },
      ),
    );
  });

  it("is the last value alone with fewer than 8 errors, and nothing for nothing", () => {
    expect(persistenceQuantile(series([1, 5, 1, 5, 3]), [0, 4], 0.9)).toBe(3);
    expect(persistenceQuantile(series([]), [0, 4], 0.9)).toBeNaN();
  });

  it("is never negative", () => {
    expect(persistenceQuantile(series([9, 8, 7, 6, 5, 4, 3, 2, 1, 0.1, 0]), [0, 1], 0.01)).toBe(0);
  });
});
