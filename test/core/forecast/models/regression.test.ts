/** The regression that a pass solves at its anchors, against a plain ridge regression on the pairs known there. */
import { expect, it } from "vitest";
import { anchorOf, fittedAt, solvedAtAnchors } from "../../../../job/core/forecast/models/regression.ts";
import { ridgeOf } from "../least-squares.ts";
import { generator } from "../noise.ts";

const N = 60;
const WIDTH = 3;
const FIRST = 2;
const RIDGE = [0.01, 0.2, 0.05];

/** Rows of a constant and two features, and two regressands known after one step and after four. */
function made(seed: number) {
  const { normal } = generator(seed);
  const rows = Array.from({ length: N + 1 }, () => [1, normal(), 3 * normal()]);
  const regressands = [1, 4].map((to) => ({ to, values: Float64Array.from({ length: N }, () => normal()) }));
  return { rows, X: Float64Array.from(rows.flat()), regressands };
}

it.each([1, 0.95])("at each anchor knows the pairs that end before it, faded by %f a step", (memory) => {
  const { rows, X, regressands } = made(5);
  const origins = Int32Array.from({ length: 50 }, (_, o) => N - 49 + o);
  const design = { X, width: WIDTH, first: FIRST, memory, ridge: Float64Array.from(RIDGE) };
  const solved = solvedAtAnchors(design, regressands, origins);
  regressands.forEach(({ to, values }, i) => {
    for (const anchor of new Set(origins.map(anchorOf))) {
      const known = [...Array(anchor - to + 1).keys()].slice(FIRST);
      const weights = known.map((s) => memory ** (anchor - to - s));
      const total = weights.reduce((a, b) => a + b, 0);
      const beta = solved[i]!.get(anchor);
      if (total < WIDTH + 2) {
        expect(beta).toBeUndefined();
        continue;
      }
      const square = (j: number) => known.reduce((sum, s, w) => sum + weights[w]! * rows[s]![j]! ** 2, 0);
      const size = (square(1) + square(2)) / 2;
      const penalties = RIDGE.map((ridge, j) => ridge * (j === 0 ? total : size));
      const want = ridgeOf(
        known.map((s) => rows[s]!),
        known.map((s) => values[s]!),
        weights,
        penalties,
      );
      want.forEach((b, j) => {
        expect(beta![j], `anchor ${anchor}`).toBeCloseTo(b, 7);
      });
      const fitted = rows[anchor]!.reduce((sum, x, j) => sum + x * beta![j]!, 0);
      expect(fittedAt(X, beta!, anchor)).toBeCloseTo(fitted, 12);
    }
  });
});

it("solves at multiples of three, and more seldom on long windows", () => {
  expect([3, 4, 5, 6, 95, 130].map(anchorOf)).toEqual([3, 3, 3, 6, 93, 128]);
});
