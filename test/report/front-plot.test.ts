/** The plot of settings: every mark at its place, nothing outside of the width, nothing where there is nothing to tell. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { frontPlot } from "../../job/report/front-plot.ts";

const marks = [
  { mark: "a", cost: 100, under: 0.1 },
  { mark: "b", cost: 150, under: 0.001 },
  { mark: "c", cost: 200, under: 0 },
];

describe("frontPlot", () => {
  it("has the cheapest at the left, the most time below the demand at the top, zero at the bottom", () => {
    const lines = frontPlot(marks, 60);
    const at = (mark: string) => lines.findIndex((line) => line.includes(mark));
    expect([at("a"), at("b"), at("c")]).toEqual([0, 6, 9]);
    expect(lines[0]).toBe("    10 % |a");
    expect(lines[6]!.indexOf("b")).toBe(Math.round((10 + 59) / 2));
    expect(lines[9]).toBe(`     0 % |${" ".repeat(49)}c`);
    expect(lines.at(-1)).toBe(`${" ".repeat(10)}100${"200".padStart(47)}`);
  });

  it("is as wide as asked at most, whatever the scores", () => {
    const score = fc.record({
      mark: fc.constantFrom("x", "y"),
      cost: fc.double({ min: 0, max: 1e6, noNaN: true }),
      under: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(score, { maxLength: 30 }), fc.integer({ min: 1, max: 200 }), (some, width) => {
        const lines = frontPlot(some, width);
        expect(lines.every((line) => line.length <= Math.min(width, 72))).toBe(true);
        expect([0, 12]).toContain(lines.length);
      }),
    );
  });

  it.each([
    ["no room", marks, 39],
    ["one price", marks.map((one) => ({ ...one, cost: 5 })), 80],
    ["never below the demand", marks.map((one) => ({ ...one, under: 0 })), 80],
    ["nothing", [], 80],
  ])("is left out: %s", (_, some, width) => expect(frontPlot(some, width)).toEqual([]));
});
