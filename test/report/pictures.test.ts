/** Text, terminal plot, SVG and replay page: what they show, and that they stand alone and never change by themselves. */
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import type { ReplayResult, ReplayRow } from "../../job/replay/types.ts";
import { pictureOf } from "../../job/report/picture.ts";
import { terminalPlot, tickStep } from "../../job/report/plot.ts";
import { replayHtml, thin } from "../../job/report/replay-html.ts";
import { collectingReporter } from "../../job/report/reporter.ts";
import { escapeXml, forecastSvg } from "../../job/report/svg.ts";
import { columns, cpu, decisionText, number } from "../../job/report/text.ts";
import { OUTCOME, START, sampleRecord, TARGET } from "./sample.ts";

const picture = pictureOf(TARGET, sampleRecord())!;

describe("pictureOf", () => {
  it("draws measured points only, and the future after them", () => {
    expect(picture.actual).toHaveLength(58);
    expect(picture.actual.some((p) => p.t === START + 150)).toBe(false);
    expect(picture.future[0]?.t).toBe(START + 60 * 15);
    expect(picture.future[0]!.high - picture.future[0]!.low).toBeCloseTo(0.1, 12);
    expect(picture.capacity).toEqual({ before: 6 * 0.05, after: 10 * 0.05, from: 6, to: 10 });
  });

  it("is nothing without data, and only the points without a forecast", () => {
    expect(pictureOf(TARGET, sampleRecord({ series: null }))).toBeNull();
    const bare = pictureOf(TARGET, sampleRecord({ forecast: null, quantile: Number.NaN }))!;
    expect([bare.future, bare.fitted, bare.cover]).toEqual([[], [], null]);
    expect(forecastSvg(bare)).toContain("</svg>");
  });
});

describe("terminalPlot", () => {
  const lines = (width: number) => terminalPlot(picture, { columns: width, rows: 12, color: false }).split("\n");

  it("keeps to its width and height", () => {
    for (const width of [60, 80, 100]) {
      expect(lines(width)).toHaveLength(12 + 3);
      for (const line of lines(width).slice(0, 13)) expect([...line].length).toBeLessThanOrEqual(width);
    }
  });

  it("has the load on the left of the line that is now, the band on the right", () => {
    const rows = lines(100).slice(0, 12);
    const now = Math.max(...rows.map((r) => [...r].indexOf("\u2502")));
    expect(now).toBeGreaterThan(70);
    for (const row of rows) {
      expect([...row].slice(0, now - 1)).not.toContain("\u2591");
    }
    expect(rows.some((r) => [...r].slice(now).includes("\u2591"))).toBe(true);
  });

  it("colours only when asked", () => {
    expect(terminalPlot(picture, { columns: 80, rows: 12, color: false })).not.toContain("\u001b");
    expect(terminalPlot(picture, { columns: 80, rows: 12, color: true })).toContain("\u001b[34m");
  });

  it("is empty without points, and draws a flat zero", () => {
    expect(terminalPlot({ ...picture, actual: [] }, { columns: 80, rows: 12, color: false })).toBe("");
    const zero = { ...picture, actual: picture.actual.map((p) => ({ ...p, y: 0 })), future: [], cover: null };
    expect(terminalPlot(zero, { columns: 80, rows: 6, color: false })).toMatch(/[\u2801-\u28ff]/);
  });

  it.each([
    [1, 4, 0.5],
    [0.43, 4, 0.2],
    [900, 4, 500],
  ])("steps of the axis up to %d", (max, count, step) => expect(tickStep(max, count)).toBeCloseTo(step, 12));
});

describe("forecastSvg", () => {
  const svg = forecastSvg(picture);

  it("is the same for the same picture, and well-formed enough to be read again", () => {
    expect(forecastSvg(pictureOf(TARGET, sampleRecord())!)).toBe(svg);
    const { document } = parseHTML(svg);
    expect(document.querySelectorAll("circle").length).toBe(58 + 1);
    for (const word of ["CPU as measured", "forecast", "90 % band", "0.9 quantile", "6 to 10 pods", "now"]) {
      expect(document.documentElement.textContent).toContain(word);
    }
  });

  it("stands alone: no script, nothing fetched", () => {
    expect(svg).not.toMatch(/<script|href=|url\(|@import/);
    expect(svg.match(/https?:[^"]*/g)?.every((u) => u.startsWith("http://www.w3.org/"))).toBe(true);
  });

  it("escapes names", () => {
    expect(forecastSvg({ ...picture, title: '<b>&"x' })).not.toContain("<b>");
    expect(escapeXml(`<&>"'a`)).toBe("&#60;&#38;&#62;&#34;&#39;a");
  });

  it("refuses a picture of nothing", () => {
    expect(() => forecastSvg({ ...picture, actual: [] })).toThrow(RangeError);
  });
});

describe("text", () => {
  it("names what was done, why, and every stage", () => {
    const text = decisionText(TARGET, sampleRecord(), OUTCOME, false);
    expect(text).toMatch(/^shop\/web: scaled 6 -> 10 \(ForecastQuantile\)/);
    expect(text).toMatch(/to cover +470m = 0\.9 quantile of the maximum 45 to 105 s ahead/);
    expect(text).toMatch(/models +fourier 70 %, last 28 %$/m);
    expect(text).toMatch(/forecast {2}6 -> 10 {2}ForecastQuantile/);
    expect(decisionText(TARGET, null, OUTCOME, true)).toContain("would scale 6 -> 10");
    const failed = { ...OUTCOME, action: "failed", from: null, to: null, trail: [] } as const;
    expect(decisionText(TARGET, null, failed, false)).toMatch(/^shop\/web: FAILED \(/);
  });

  it.each([
    [0.05, "50m"],
    [0.0826, "82.6m"],
    [1.5, "1.5 cores"],
    [0, "0m"],
    [Number.NaN, "-"],
  ])("writes %d cores as %s", (value, text) => expect(cpu(value)).toBe(text));

  it("keeps three digits and aligns columns", () => {
    expect([number(0.123456), number(1234.5), number(0), number(Number.POSITIVE_INFINITY)]).toEqual([
      "0.123",
      "1235",
      "0",
      "-",
    ]);
    expect(
      columns([
        ["a", "bb", "c"],
        ["aaa", "b", ""],
      ]),
    ).toEqual(["a    bb  c", "aaa  b   "]);
  });
});

describe("replayHtml", () => {
  const rows = ["auto", "hpa"].flatMap((policy) =>
    Array.from(
      { length: 40 },
      (_, i): ReplayRow => ({
        policy,
        t: START + 15 * i,
        demand: 1 + (i % 7),
        ready: 4,
        replicas: 4 + (i % 2),
        decision: i % 4 === 0 ? 4 : null,
        reason: "DesiredWithinRange",
      }),
    ),
  );
  const score = { podHours: 2, under: 0.1, unserved: 0.05, actions: 3 };
  const result: ReplayResult = {
    startup: 30,
    steps: 40,
    planned: 40,
    policies: { auto: { ...score, podHours: 1 }, hpa: score },
    rows,
  };
  const options = {
    warmup: 0,
    startup: 30,
    request: 1,
    targetCpu: 0.9,
    hpaTarget: 0.7,
    every: 60,
    min: 1,
    max: 9,
    metricLag: 0,
  };

  it("shows the scores, their ratio to the HPA, and a chart for each policy", () => {
    const html = replayHtml({ file: "a<b>.csv", options, result });
    const { document } = parseHTML(html);
    expect(document.querySelectorAll("tbody tr")).toHaveLength(2);
    expect(document.querySelector("tbody tr")?.textContent).toContain("1 (0.50)");
    expect(document.querySelectorAll("svg")).toHaveLength(3);
    expect(document.querySelector("h1")?.textContent).toBe("Replay of a<b>.csv");
    expect(html).not.toMatch(/<script/);
  });

  it("thins by what matters: the highest demand and the fewest ready pods stay", () => {
    const own = rows.filter((r) => r.policy === "auto");
    const few = thin(own, 5);
    expect(few.length).toBeLessThanOrEqual(5);
    expect(Math.max(...few.map((b) => b.demand))).toBe(Math.max(...own.map((r) => r.demand)));
    expect(thin(own, 100)).toHaveLength(40);
    expect(thin([], 5)).toEqual([]);
  });
});

describe("collectingReporter", () => {
  it("keeps every tick and never throws, even when the log does", () => {
    const reporter = collectingReporter(() => {
      throw new Error("disk full");
    }, false);
    expect(() => reporter.tick(TARGET, sampleRecord(), OUTCOME)).not.toThrow();
    expect(reporter.all).toHaveLength(1);
  });
});
