/** A choice by the ablation's tables never sees the series that it is judged on, nor those made from it. */
import { expect, it } from "vitest";
import { chosenWithout } from "../../bench/ablation/left-out.ts";
import type { Scored } from "../../bench/ablation/page.ts";
import { AS_IT_IS } from "../../bench/ablation/variants.ts";

/** A series on which the variant `a` has `loss` times the loss of the forecaster as it is, and `b` a tenth more. */
const row = (name: string, loss: number): Scored => {
  const of = (point: number) => ({ point, "part at 0.7": point, "part at 0.91": point });
  return { set: "known", name, losses: { [AS_IT_IS.name]: of(1), a: of(loss), b: of(1.1) } };
};

it("takes what is best on the others", () => {
  // without x and its reversal `a` loses, so nothing is changed for them; without y `a` wins by x
  const rows = [row("x", 0.5), row("x, reversed", 0.5), row("y", 1.3)];
  expect(chosenWithout(rows, "point")).toEqual([0, 0, 100 * Math.log(1.3)]);
});

it("lets other rows choose for those that may not, and leaves an unknown loss out of the choice", () => {
  const known = [row("x", 0.9), row("y", 0.9), row("z", Number.NaN)];
  const [value, unknown] = chosenWithout([row("held", 2), row("none", Number.NaN)], "part at 0.7", known);
  expect(value).toBeCloseTo(100 * Math.log(2), 9);
  expect(unknown).toBeNaN();
});
