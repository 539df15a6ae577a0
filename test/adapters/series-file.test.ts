/** Series files in every form that is unambiguous, and what is said of every other, by line. */
import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSeries, parseSeriesFile } from "../../job/adapters/series-file.ts";
import { matrix } from "../fault/server.ts";

const START = 1_790_000_000;

/** Rows of CSV, every 15 s from START; `time` changes the time of one. */
function rows(count: number, time: (i: number) => number | string = (i) => START + 15 * i): string {
  return `timestamp,value\n${Array.from({ length: count }, (_, i) => `${time(i)},${i}`).join("\n")}\n`;
}

describe("CSV", () => {
  test("with gaps, Windows line ends and a byte order mark", () => {
    const { samples, seriesCount } = parseSeries("\uFEFFtimestamp,value\r\n15,0.5\r\n30,\r\n45,NaN\r\n60,1e-3\r\n");
    expect([...samples.times]).toEqual([15, 30, 45, 60]);
    expect([...samples.values]).toEqual([0.5, Number.NaN, Number.NaN, 0.001]);
    expect(seriesCount).toBe(1);
  });
  test.each([
    ["quoted", '"timestamp","value"\n"15","0.5"\n"30","1.5"\n'],
    ["semicolons and decimal commas", "timestamp;value\n15;0,5\n30;1,5\n"],
    ["tabs", "timestamp\tvalue\n15\t0.5\n30\t1.5\n"],
    ["spaces about", "Timestamp , Value\n 15 , 0.5 \n 30 , 1.5\n"],
    ["without a header", "15,0.5\n30,1.5\n"],
    ["the header of its program", "time,cpu\n15,0.5\n30,1.5\n"],
    ["dates with a zone", "ds,y\n1970-01-01T00:00:15Z,0.5\n1970-01-01 01:00:30+01:00,1.5\n"],
    ["carriage returns alone", "timestamp,value\r15,0.5\r30,1.5\r"],
  ])("%s", (_, text) => {
    const { samples, notes } = parseSeries(text);
    expect([...samples.times]).toEqual([15, 30]);
    expect([...samples.values]).toEqual([0.5, 1.5]);
    expect(notes).toEqual([]);
  });
  test.each([
    ["", /^it is empty$/],
    ["\uFEFF \n\n", /^it is empty$/],
    ["timestamp,value\n1,2\nx,3\n", /line 3 must be unix seconds and a number, got "x,3"/],
    ["timestamp,value\n1,2,3\n", /line 2 must be .*, got "1,2,3"/],
    ["timestamp,value\n1,many\n", /line 2.*"many"/],
    ["timestamp,value\n1,0,5\n", /line 2 must be .*, got "1,0,5"/],
    ["pod,time,value\n", /which has 3 columns; keep two, as `cut -d, -f1,3` does$/],
    ["time,cpu,pod\n", /which has 3 columns; keep two, as `cut -d, -f1,2` does$/],
    ["timestamp,value\n2026-02-01 12:00,1\n", /line 2: the time 2026-02-01 12:00 has no zone/],
    ["timestamp,value\n2026-02-31 12:00:00 Z,1\n", /line 2: the time .* is on a day that no calendar has/],
    ["timestamp,value\n2026-13-41T12:00Z,1\n", /line 2: the time \S+ is on a day that no calendar has/],
  ])("%j is refused", (text, message) => {
    expect(() => parseSeries(text)).toThrow(message);
  });
});

describe("JSON", () => {
  const series = { metric: { pod: "web-0" }, values: [[15, "2"]] };
  const data = { resultType: "matrix", result: [series] };
  test.each([
    ["the body of query_range", JSON.parse(matrix([[15, "2"]]))],
    ["its data", data],
    ["an object that holds its data", { data }],
    ["its list of results, as promtool prints it", [series]],
    ["one series", series],
    ["a list of pairs", [[15, "2"]]],
  ])("%s", (_, json) => {
    const { samples, seriesCount } = parseSeries(JSON.stringify(json));
    expect([[...samples.times], [...samples.values], seriesCount]).toEqual([[15], [2], 1]);
  });
  test("an empty list of results is no series", () => {
    expect(parseSeries("[]").seriesCount).toBe(0);
  });
  test.each([
    ["{", /not JSON/],
    ["{}", /of another form; wanted is the answer of query_range/],
    ['{"foo":1}', /of another form/],
    ["[1,2]", /of another form/],
    ['{"resultType":"vector","result":[]}', /resultType must be "matrix", got "vector"/],
  ])("%j is refused", (text, message) => {
    expect(() => parseSeries(text)).toThrow(message);
  });
});

describe("bytes", () => {
  test("UTF-16 of Windows' programs, either order, with a mark or without", () => {
    const text = rows(30);
    const little = Buffer.from(text, "utf16le");
    const big = Buffer.from(little).swap16();
    const marked = [
      Buffer.concat([Buffer.from([0xff, 0xfe]), little]),
      Buffer.concat([Buffer.from([0xfe, 0xff]), big]),
    ];
    for (const bytes of [little, big, ...marked]) expect(parseSeriesFile(bytes).samples.times).toHaveLength(30);
  });
  test("what is compressed or no text is named", () => {
    expect(() => parseSeriesFile(Buffer.from([0x1f, 0x8b, 8]))).toThrow(/gunzip it first/);
    expect(() => parseSeriesFile(Buffer.from([0x89, 0x50, 0xff, 0xc0, 0x80, 0x41]))).toThrow(/not text in UTF-8/);
  });
  test("whatever the bytes are: samples or a sentence", () => {
    const texts = [rows(30), JSON.stringify([{ metric: {}, values: [[15, "2"]] }])];
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string().map((text) => Buffer.from(text)),
      fc.json().map((text) => Buffer.from(text)),
      // a good file with one byte changed
      fc.tuple(fc.constantFrom(...texts), fc.nat(), fc.nat(255)).map(([text, at, byte]) => {
        const changed = Buffer.from(text);
        changed[at % changed.length] = byte;
        return changed;
      }),
    );
    fc.assert(
      fc.property(bytes, (some) => {
        try {
          const { samples } = parseSeriesFile(some);
          expect(samples.times.length).toBe(samples.values.length);
        } catch (error) {
          expect(error).toMatchObject({ name: "AnswerError" });
        }
      }),
    );
  });
});

describe("times", () => {
  test.each([
    ["milliseconds", 1e3],
    ["microseconds", 1e6],
    ["nanoseconds", 1e9],
  ])("of %s are read as such, and it is told", (unit, perSecond) => {
    const { samples, notes } = parseSeries(rows(30, (i) => String(BigInt(START + 15 * i) * BigInt(perSecond))));
    expect([...samples.times.slice(0, 2)]).toEqual([START, START + 15]);
    expect(notes).toEqual([`the times are ${unit}, and read as such`]);
  });
  test.each([
    ["minutes", 1 / 60, "multiply them by 60"],
    ["thousands of seconds", 1 / 1000, "multiply them by 1000"],
    ["hours", 1 / 3600, "multiply them by 3600"],
    ["days", 1 / 86_400, "multiply them by 86400"],
    ["days of a spreadsheet", 1 / 86_400, "subtract 25569, then multiply them by 86400"],
  ])("of %s are named, with how to convert them", (unit, factor, how) => {
    const first = unit === "days of a spreadsheet" ? 25_569 : 0;
    for (const step of [1, 15, 60, 300])
      for (const start of [1_000_000_000, START, 2_500_000_000])
        expect(() => parseSeries(rows(30, (i) => first + (start + step * i) * factor))).toThrow(
          `the times look like ${unit}, not seconds: ${how}`,
        );
  });
  test("of seconds since the beginning of something are read as they are, wherever they begin in the first month", () => {
    const from = fc.integer({ min: 0, max: 31 * 86_400 });
    fc.assert(
      fc.property(from, fc.integer({ min: 15, max: 3600 }), (begin, step) => {
        const { samples } = parseSeries(rows(30, (i) => begin + step * i));
        expect([samples.times[0], samples.times[29]]).toEqual([begin, begin + 29 * step]);
      }),
    );
  });
  test.each([0, 1, 13, 28, 29])("one mistyped time, of row %i of 30, is left out and named", (at) => {
    for (const wrong of [17_900_000_000, 179_000_000, 0, START - 40 * 86_400, START + 40 * 86_400]) {
      const { samples, notes } = parseSeries(rows(30, (i) => (i === at ? wrong : START + 15 * i)));
      expect(samples.times).toHaveLength(29);
      expect(notes).toEqual([`left out, for its time cannot be right: line ${at + 2} (time ${wrong})`]);
    }
  });
  test("many are another kind of trouble", () => {
    const far = (i: number) => (i % 20 === 10 ? 1 : START + 15 * i);
    expect(() => parseSeries(rows(200, far))).toThrow(/10 times lie far from those around them, the first in line 12/);
  });
  test("holes, jitter, neighbours in each other's place and rows without order are left as they are", () => {
    const shuffled = (i: number) => START + 15 * ((i * 7919) % 200);
    const swapped = (i: number) => START + 15 * (i === 50 ? 51 : i === 51 ? 50 : i);
    const hole = (i: number) => START + 15 * i + (i > 100 ? 20 * 86_400 : 0);
    for (const time of [shuffled, swapped, hole]) {
      const { samples, notes } = parseSeries(rows(200, time));
      expect([samples.times.length, notes]).toEqual([200, []]);
    }
  });
});

/** What became of each of the small inputs that fell short: samples, series, the first time, notes. */
const CASES = {
  "01-ms.csv": [1440, 1, ["the times are milliseconds, and read as such"]],
  "10-promtool-json.json": [1440, 1, []],
  "11-jq-data.json": [1440, 1, []],
  "12-two-series.json": [1440, 3, []],
  "16-crlf-quoted.csv": [1440, 1, []],
  "27-ms-time.json": [1440, 1, ["the times are milliseconds, and read as such"]],
  "43-hole.csv": [1440, 1, []],
  "86-two-points.csv": [2, 1, []],
} as const;

test.each(Object.entries(CASES))("the shared case %s", (name, [count, series, notes]) => {
  const path = `../shared/cases/${name}`;
  if (!existsSync(path)) {
    console.log(`skipped: ${path} is not there`);
    return;
  }
  const found = parseSeriesFile(readFileSync(path));
  expect([found.samples.times.length, found.seriesCount, found.notes]).toEqual([count, series, notes]);
  expect(Math.abs(found.samples.times[0]! - START)).toBeLessThan(100);
});
