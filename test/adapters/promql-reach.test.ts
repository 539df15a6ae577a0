/** How far back a query's points look, by its text alone; what the text does not tell is never guessed. */
import { expect, it } from "vitest";
import { reachOf } from "../../job/adapters/promql-reach.ts";

/** Without any range: Prometheus' five minutes, and one in which the series of a source come. */
const OWN = 360;

it.each<[string, number]>([
  ["sum(queue)", OWN],
  ["sum(rate(x[1m]))", 60 + OWN],
  ["sum(last_over_time(x[15m]))", 900 + OWN],
  ["sum(last_over_time(x[1h30m500ms]))", 5400.5 + OWN],
  ["sum(last_over_time(x[ 90 ]))", 90 + OWN],
  ["max_over_time(sum(rate(x[2m]))[30m:1m])", 120 + 1800 + 60 + OWN],
  ["max_over_time(sum(rate(x[2m]))[30m:])", 120 + 1800 + OWN],
  ["rate(x[1m] offset 5m) + sum(y OFFSET 1d)", 60 + 300 + 86_400 + OWN],
  ['rate(x{path=~"[a-z]+", team="offset 5m [1y]"}[1m])', 60 + OWN],
  ["rate(x{a='it\\'s [9h]', b=`\"[9h]`}[1m])", 60 + OWN],
  ["rate(x[1m]) # don't [9h]\n + rate(y[2m])", 60 + 120 + OWN],
  ["rate(x[1m]) # a `quote\n + rate(y[2m]) # another `", 60 + 120 + OWN],
])("%s: %d s", (query, seconds) => {
  expect(reachOf(query)).toEqual({ seconds, fills: false });
});

it.each([
  "sum(x) or vector(0)",
  "sum(x) OR on() y",
  "x unless y",
  "absent(x)",
  "absent_over_time(x[5m])",
  "scalar(x)",
  "x * time()",
  "hour( )",
  "sum(x) default 0",
])("%s: may have points without a sample", (query) => {
  expect(reachOf(query)?.fills).toBe(true);
});

it.each([
  "x @ start()",
  "x @ 1700000000",
  "x offset -5m",
  "x OFFSET  -5m",
  "sum(x) / range()",
  "rate(x[5m] smoothed)",
  // MetricsQL: over the whole range, or by what comes after
  "range_max(x)",
  "running_sum(x)",
  "interpolate(x)",
  "keep_next_value(x)",
  // no plain durations
  "rate(x[1m + 30s])",
  "rate(x[step()])",
  "rate(x[5i])",
  "rate(x[$range])",
  "x offset (1m * 2)",
  "x offset",
])("%s: is not told by its text", (query) => {
  expect(reachOf(query)).toBeUndefined();
});

it("words in strings and in names are no such words", () => {
  expect(reachOf('vectors{a="x or vector(0)", origin="b"} / order_total')).toEqual({ seconds: OWN, fills: false });
});
