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
    ["sum(x) or 0 * up", "or 0 *"],
    ["sum(x) or (0*sum(up))", "or (0*"],
    ["sum(x) or -0.0 * up", "or -0.0 *"],
    ["sum(x) or y * 0.00", "or y * 0.00"],
    ["sum(x) or vector(0e0)", "or vector(0e0)"],
    ["sum(x) or vector(.0)", "or vector(.0)"],
    ["sum(x) or on() group_left() vector(0)", "or on() group_left() vector(0)"],
    ["sum(x) or sum by (a) (vector(0))", "or sum by (a) (vector(0)"],
    ["sum(x) or absent(x) - 1", "or absent(x) - 1"],
    ["sum(x) or clamp_max(absent(x), 0)", "or clamp_max(absent(x), 0"],
    ["sum(x) or (up - up)", "or (up - up"],
    // MetricsQL, of VictoriaMetrics
    ["sum(x) default 0", "default 0"],
    ["(sum(x) default (0))", "default (0"],
    ["sum(x) or 0", "or 0"],
    ['sum(x) or label_set(0, "a", "b")', "or label_set(0,"],
  ])("finds them in %j", (promql, words) => {
    expect(zeroForNothing(promql)).toBe(words);
  });

  it.each([
    "sum(rate(x[1m]))",
    "sum(x) or sum(y)",
    "sum(x) or vector(1)",
    "sum(x) or y * 0.5",
    "sum(x) or y * 05",
    "sum(x) or 0.5 * y",
    "sum(x) or y / 10",
    "sum(x) or y - 0",
    "sum(x) or y > 0",
    "sum(x) or up - up_total",
    "sum(x) or absent(x) - 10",
    "sum(x) or clamp_min(y, 0)",
    "sum(x) default 0.5",
    "sum(x) default y",
    "sum(default0)",
    "default_rollup(x)",
    "sum by (default) (x)",
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
