/** Moves against plain loops, and their law: wider for longer leads and higher levels, never below the last value's own spread. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { evidenceOf, maximumByMoves, movesOf } from "../../../../job/core/forecast/combine/moves.ts";

const loads = fc.array(fc.tuple(fc.double({ min: 0, max: 9, noNaN: true }), fc.constantFrom(0, 0, 0, 1)), {
  minLength: 1,
  maxLength: 30,
});

it("are the mean of all moves over up to so many steps, with a tenth of the load worth two of them", () => {
  fc.assert(
    fc.property(loads, fc.integer({ min: 1, max: 12 }), (list, steps) => {
      const [y, filled] = [list.map(([v]) => v), list.map(([, f]) => f)];
      const sizes = movesOf(Float64Array.from(y), Uint8Array.from(filled), steps);
      for (let k = 1; k <= steps; k++) {
        const moves = y.flatMap((a, i) =>
          y.flatMap((b, j) => (j > i && j - i <= k && !filled[i] && !filled[j] ? [Math.abs(a - b)] : [])),
        );
        const prior = (0.1 * y.reduce((a, b) => a + b)) / y.length;
        const want = (moves.reduce((a, b) => a + b, 0) + 2 * prior) / (moves.length + 2);
        expect(sizes[k - 1]).toBeCloseTo(want, 9);
      }
    }),
  );
});

it("give half below the last value, and 0.91 what Laplace's law does", () => {
  const moves = Float64Array.of(2, 3);
  expect(maximumByMoves(5, moves, [0, 1], 0.5)).toBe(5);
  expect(maximumByMoves(5, moves, [1, 2], 0.91)).toBeCloseTo(5 - 3 * Math.log(0.18), 12);
  expect(maximumByMoves(9, moves, [1, 2], 0.09)).toBeCloseTo(9 + 3 * Math.log(0.18), 12);
  expect(maximumByMoves(1, moves, [1, 2], 0.01)).toBe(0);
});

it("count each step of noise as a chance of its own, and a walk's hardly", () => {
  const noise = new Float64Array(16).fill(1);
  expect(maximumByMoves(5, noise, [0, 16], 0.91)).toBeCloseTo(5 - Math.log(2 * (1 - 0.91 ** (1 / 16))), 12);
  const walk = Float64Array.from({ length: 16 }, (_, k) => Math.sqrt(k + 1));
  expect(maximumByMoves(5, walk, [0, 16], 0.91)).toBeCloseTo(
    5 - 4 * Math.log(2 * (1 - 0.91 ** (1 / (1 + 15 / 16)))),
    12,
  );
});

it("yield to the errors with eight outcomes, or as many as the lead has steps", () => {
  expect([0, 4, 8, 20].map((known) => evidenceOf(known, 3))).toEqual([0, 0.5, 1, 1]);
  expect(evidenceOf(10, 40)).toBe(0.25);
});
