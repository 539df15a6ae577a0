/** Answers of Prometheus' API: what is taken, and everything else refused by name; against JSON that servers and proxies send. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  errorText,
  parseInstant,
  parseRange,
  parseVector,
  rangeOfData,
  sampleValue,
} from "../../job/adapters/prometheus-answer.ts";

const ok = (data: unknown, more = {}) => JSON.stringify({ status: "success", data, ...more });
const matrix = (values: unknown, more = {}) =>
  ok({ resultType: "matrix", result: [{ metric: { a: "b" }, values }] }, more);
const ASKED = { start: 1000, end: 1060, step: 15, points: 5 };
const rows = (times: readonly number[]) => times.map((time) => [time, "2"]);

describe("a range", () => {
  test("is its first series, with its labels and how many there were", () => {
    const series = {
      metric: { a: "b" },
      values: [
        [1000, "1.5"],
        [1015, "2e3"],
      ],
    };
    const { samples, labels, seriesCount, partial, warnings } = parseRange(
      ok({ resultType: "matrix", result: [series, series] }),
      ASKED,
    );
    expect([[...samples.times], [...samples.values]]).toEqual([
      [1000, 1015],
      [1.5, 2000],
    ]);
    expect([labels, seriesCount, partial, warnings]).toEqual([{ a: "b" }, 2, false, []]);
    const empty = parseRange(ok({ resultType: "matrix", result: [] }));
    expect([empty.samples.times.length, empty.labels, empty.seriesCount]).toEqual([0, {}, 0]);
    expect(rangeOfData({ resultType: "matrix", result: [series] }).samples).toEqual(samples);
  });

  test("holds one sample more than was asked for at most", () => {
    const times = [1000, 1015, 1030, 1045, 1060, 1075];
    expect(parseRange(matrix(rows(times)), ASKED).samples.times).toHaveLength(6);
    expect(() => parseRange(matrix(rows([...times, 1075])), ASKED)).toThrow("at most 6 samples, got 7");
  });

  test("lies within its own length of what was asked for", () => {
    // 60 s and a step of slack
    for (const time of [925, 1135])
      expect(parseRange(matrix(rows([time])), ASKED).samples.times).toEqual(Float64Array.of(time));
    for (const time of [924.9, 1135.1, 1.7e9])
      expect(() => parseRange(matrix(rows([time])), ASKED)).toThrow(
        `sample 0 is at ${time}, outside the requested 1000 to 1060`,
      );
    const today = { ...ASKED, start: 1_790_000_000, end: 1_790_001_800 };
    for (const [perSecond, unit] of [
      [1e3, "milliseconds"],
      [1e-3, "thousands of seconds"],
      [1 / 60, "minutes"],
    ] as const)
      expect(() => parseRange(matrix(rows([today.end, today.end * perSecond])), today)).toThrow(
        `1790001800 (seconds since 1970): are these ${unit}?`,
      );
    expect(() => parseRange(matrix(rows([today.end + 1e5])), today)).toThrow(/\(seconds since 1970\)$/);
    expect(parseRange(matrix(rows([0, 1e15]))).samples.times).toEqual(Float64Array.of(0, 1e15));
  });

  test("is partial by any warning that is no advice, and by the words of VictoriaMetrics", () => {
    const partial = (more: object) => parseRange(matrix(rows([1000]), more), ASKED).partial;
    expect(partial({})).toBe(false);
    for (const more of [
      { isPartial: true },
      { partial: true },
      { warnings: ["a store is down"] },
      { warnings: "x" },
      { warnings: [{ a: 1 }] },
    ])
      expect(partial(more)).toBe(true);
    for (const more of [
      { isPartial: false },
      { isPartial: "no" },
      { warnings: [] },
      { warnings: null },
      { warnings: [" PromQL info: metric might not be a counter"] },
    ])
      expect(partial(more)).toBe(false);
    expect(partial({ warnings: ["PromQL info: x", "a store is down"] })).toBe(true);
    expect(parseRange(matrix(rows([1000]), { warnings: [{ a: 1 }, "b"] }), ASKED).warnings).toEqual(['{"a":1}', "b"]);
  });

  test.each<[string, string, RegExp]>([
    ["a page of a proxy", "<html>busy</html>", /^17 characters that are not JSON \(.*\): <html>busy<\/html>$/],
    ["no status", "{}", /has no "status"; it begins \{\}/],
    ["null", "null", /has no "status"/],
    [
      "an error",
      JSON.stringify({ status: "error", errorType: "bad_data", error: "parse error" }),
      /^status is "error": bad_data: parse error$/,
    ],
    ["no data", ok(null), /there is no data/],
    ["data that is a text", ok("x"), /there is no data/],
    ["a vector", ok({ resultType: "vector", result: [] }), /resultType must be "matrix", got "vector"/],
    ["a result that is no list", ok({ resultType: "matrix", result: {} }), /data.result must be a list/],
    ["a series of null", ok({ resultType: "matrix", result: [null] }), /a series has no values/],
    ["histograms", ok({ resultType: "matrix", result: [{ histograms: [] }] }), /native histograms/],
    ["a sample that is not a pair", matrix([[1000, "1"], 5]), /sample 1 is not a pair/],
    ["a time of null", matrix([[null, "1"]]), /the time of sample 0 must be a number, got null/],
    ["a missing time", matrix([[]]), /the time of sample 0 must be a number, got nothing/],
    ["too many lists", matrix(Array(20_500).fill([])), /the answer holds more than 20020 lists and objects/],
  ])("that is %s is refused by name", (_, body, words) => {
    expect(() => parseRange(body, ASKED)).toThrow(words);
  });
});

test("a value is a decimal, or one of the words of the API", () => {
  expect(["NaN", "+Inf", "Inf", "-Inf", " 1.5 ", "-2e-3", "7"].map(sampleValue)).toEqual([
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    1.5,
    -0.002,
    7,
  ]);
  expect(sampleValue(3.5)).toBe(3.5);
  for (const bad of ["", " ", "0x10", "0b1", "Infinity", "-", "1.2.3", "nan", null, undefined, {}, [1], true])
    expect(() => sampleValue(bad)).toThrow(/^a value must be a number, got /);
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(sampleValue(String(value))).toBe(Number(String(value)));
    }),
  );
});

describe("an instant value", () => {
  const instant = (resultType: string, result: unknown) => parseInstant(ok({ resultType, result }));

  test("is that of a scalar or of the first row, and null where there is no row", () => {
    expect(instant("scalar", [10.5, "3"])).toEqual({ at: 10.5, value: 3 });
    expect(instant("vector", [{ value: [10, "3"] }, { value: [10, "4"] }])).toEqual({ at: 10, value: 3 });
    expect(instant("vector", [])).toBeNull();
  });

  test.each([
    ["vector", [{}]],
    ["vector", [null]],
    ["vector", {}],
    ["scalar", []],
    ["scalar", ["10", "3"]],
    ["scalar", 5],
    ["string", "x"],
  ])("is none of %s %j", (type, result) => {
    expect(() => instant(type, result)).toThrow(`resultType ${JSON.stringify(type)} without a value`);
  });
});

describe("a vector", () => {
  const vector = (result: unknown, resultType = "vector") => parseVector(ok({ resultType, result }));

  test("is its rows, with labels as texts", () => {
    expect(vector([{ metric: { pod: "a", n: 5 }, value: [1, "2"] }, { value: [1, "NaN"] }])).toEqual([
      { labels: { pod: "a", n: "5" }, value: 2 },
      { labels: {}, value: Number.NaN },
    ]);
  });

  test("is nothing else", () => {
    expect(() => vector([], "matrix")).toThrow(/resultType must be "vector", got "matrix"/);
    expect(() => vector({})).toThrow(/^data.result must be a list, got /);
    for (const row of [null, {}, { value: "x" }]) expect(() => vector([row])).toThrow("a row has no value");
  });
});

test("the words of an error are the server's, and of anything else its beginning", () => {
  expect(errorText(JSON.stringify({ errorType: "timeout", error: "slow" }))).toBe("timeout: slow");
  expect(errorText(JSON.stringify({ error: "slow" }))).toBe("error: slow");
  for (const other of ["busy", "null", '{"error":5}', "[1]"]) expect(errorText(other)).toBe(other);
});
