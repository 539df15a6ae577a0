/** Which words of a query make zero of nothing measured, and which only look alike. */
import { describe, expect, it } from "vitest";
import { zeroForNothing } from "../../job/adapters/prometheus-checks.ts";

describe("zeroForNothing", () => {
  it.each([
    ["sum(x) or vector(0)", "or vector(0)"],
    ["(sum(rate(x[1m])) OR on() vector( 0.0 ))", "OR on() vector( 0.0 )"],
    ["sum(x) or (vector(0))", "or (vector(0)"],
    ['sum(x) or label_replace(vector(0), "a", "b", "", "")', "or label_replace(vector(0)"],
    ["sum(x)\n  or\n  vector(0)", "or\n  vector(0)"],
    ["sum(x) or absent(x) * 0", "or absent(x) * 0"],
    ["sum(x or up * 0)", "or up * 0"],
    ["sum(x) or on () (count(up)*0)", "or on () (count(up)*0"],
  ])("finds them in %j", (promql, words) => {
    expect(zeroForNothing(promql)).toBe(words);
  });

  it.each([
    "sum(rate(x[1m]))",
    "sum(x) or sum(y)",
    "sum(x) or vector(1)",
    "sum(x) or y * 0.5",
    "sum(x) or y * 05",
    "sum(floor(x) * 0)",
    'sum(x{a="or vector(0)"})',
    "sum(x{a=~'or vector(0)'})",
    "sum(x) # or vector(0)",
    "sum(vector(0))",
    "",
  ])("finds none in %j", (promql) => {
    expect(zeroForNothing(promql)).toBeUndefined();
  });
});
