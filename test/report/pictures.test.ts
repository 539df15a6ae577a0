/** The picture of a decision in a terminal and as SVG: what it shows, that it stands alone and never changes by itself. */
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { forecastAuto } from "../../job/core/forecast/forecasters/auto.ts";
import type { ProphetSettings } from "../../job/core/forecast/prophet/settings.ts";
import { escapeXml } from "../../job/report/chart.ts";
import { componentsOf } from "../../job/report/components.ts";
import { pictureOf } from "../../job/report/picture.ts";
import { terminalPlot } from "../../job/report/plot.ts";
import { terminalComponents } from "../../job/report/plot-components.ts";
import { forecastSvg } from "../../job/report/svg.ts";
import { tickStep, timeLabels, timeTicks } from "../../job/report/ticks.ts";
import { SAMPLE_START, SAMPLE_TARGET, sampleRecord } from "./sample.ts";

const record = sampleRecord();
const metric = record.metrics[0]!;
const picture = pictureOf(SAMPLE_TARGET, record, forecastAuto)!;
const terminal = { columns: 80, color: false, unicode: true };

describe("pictureOf", () => {
  it("draws measured points only, and the future after them", () => {
    expect(picture.actual).toHaveLength(58);
    expect(picture.actual.some((p) => p.t === SAMPLE_START + 150)).toBe(false);
    expect(picture.future[0]?.t).toBe(SAMPLE_START + 60 * 15);
    expect(picture.future[0]!.high - picture.future[0]!.low).toBeCloseTo(0.1, 12);
    expect(picture.capacity).toEqual({ before: 6 * 0.05, after: 10 * 0.05, from: 6, to: 10 });
    expect(picture.cover).toEqual({ y: 0.47, level: 0.9, from: record.now + 45, until: record.now + 105 });
  });

  it("has what was forecast for the past, one lead before, and nothing where that cannot be", () => {
    // 105 s are 7 steps, and an origin needs two values before it: the first moment is the ninth
    expect(picture.before[0]?.t).toBe(SAMPLE_START + 8 * 15);
    expect(picture.before.at(-1)?.t).toBe(SAMPLE_START + 59 * 15);
    for (const p of picture.before) expect(p.low <= p.high).toBe(true);
  });

  it("asks for few forecasts of the past where each is a fit of Prophet to a year", () => {
    const year = {
      start: SAMPLE_START - 8784 * 3600,
      step: 3600,
      values: new Float64Array(8784).fill(1),
      filled: new Uint8Array(8784),
    };
    const prophet: ProphetSettings = { timeZone: "UTC", growth: "flat", seasonalities: [], holidays: [] };
    const asked = (told: boolean, method: "auto" | "prophet") => {
      let count = 0;
      const of = { ...metric.metric, ...(told && { prophet }) };
      pictureOf({ ...SAMPLE_TARGET, method }, sampleRecord({ metric: of, longHistory: year }), (request) => {
        count++;
        return forecastAuto({ ...request, levels: [0.5] });
      });
      return count;
    };
    expect(asked(false, "auto")).toBe(52);
    for (const few of [asked(true, "auto"), asked(false, "prophet"), asked(true, "prophet")])
      expect(few).toBeLessThan(8);
  });

  it("is nothing without data, and only the points without a forecast", () => {
    expect(pictureOf(SAMPLE_TARGET, sampleRecord({ series: null }), forecastAuto)).toBeNull();
    const bare = pictureOf(SAMPLE_TARGET, sampleRecord({ forecast: null, quantile: Number.NaN }), forecastAuto)!;
    expect([bare.future, bare.before, bare.cover]).toEqual([[], [], null]);
    expect(forecastSvg(bare)).toContain("</svg>");
  });
});

describe("terminalPlot", () => {
  it.each([30, 40, 80, 200])("keeps to %d characters, with braille and without", (columns) => {
    for (const unicode of [true, false]) {
      const plot = terminalPlot(picture, { columns, color: false, unicode });
      for (const line of plot.split("\n")) expect([...line].length).toBeLessThanOrEqual(columns);
    }
  });

  it.each([40, 80, 200])("gives the forecast at least a tenth of %d characters", (columns) => {
    const rows = terminalPlot(picture, { ...terminal, columns })
      .split("\n")
      .slice(0, 14);
    const now = Math.max(...rows.map((row) => [...row].indexOf("\u2502")));
    expect(columns - now).toBeGreaterThan(columns / 12);
    expect(
      rows.some((row) =>
        [...row]
          .slice(now + 1)
          .join("")
          .includes("\u2591"),
      ),
    ).toBe(true);
  });

  it("draws ASCII where the terminal has no more", () => {
    expect(terminalPlot(picture, { ...terminal, unicode: false })).toMatch(/^[\x20-\x7e\n]+$/);
  });

  it("colours only when asked", () => {
    expect(terminalPlot(picture, terminal)).not.toContain("\u001b");
    expect(terminalPlot(picture, { ...terminal, color: true })).toContain("\u001b[34m");
  });

  it("is empty without points, and draws a flat zero", () => {
    expect(terminalPlot({ ...picture, actual: [] }, terminal)).toBe("");
    const flat = { actual: picture.actual.map((p) => ({ ...p, y: 0 })), before: [], future: [], cover: null };
    expect(terminalPlot({ ...picture, ...flat }, terminal)).toMatch(/[\u2801-\u28ff]/);
  });
});

describe("axes", () => {
  it.each([
    [1, 4, 0.5],
    [0.43, 4, 0.2],
    [900, 4, 500],
  ])("step up to %d", (max, count, step) => expect(tickStep(max, count)).toBeCloseTo(step, 12));

  it("name the date at the first tick and where a day passes", () => {
    const from = Date.UTC(2026, 1, 27, 21) / 1000;
    expect(timeLabels(timeTicks(from, from + 6 * 3600, 7))).toEqual([
      "21:00\nFeb 27",
      "22:00",
      "23:00",
      "00:00\nFeb 28",
      "01:00",
      "02:00",
      "03:00",
    ]);
    expect(timeLabels(timeTicks(from, from + 3 * 86_400, 4))).toEqual(["Feb 28", "Mar 1", "Mar 2"]);
  });
});

describe("forecastSvg", () => {
  const svg = forecastSvg(picture);

  it("is the same for the same picture, and well-formed enough to be read again", () => {
    expect(forecastSvg(pictureOf(SAMPLE_TARGET, record, forecastAuto)!)).toBe(svg);
    const { document } = parseHTML(svg);
    // 58 points, the sign in the legend, and those of the last lead once more beside the future
    expect(document.querySelectorAll("circle").length).toBe(58 + 1 + 7);
    for (const word of ["CPU as measured", "105 s before", "from now", "quantile 0.9", "6, then 10 pods", "now"]) {
      expect(document.documentElement.textContent).toContain(word);
    }
    expect(document.documentElement.textContent).toMatch(/milli-cores.*time \(UTC\).*seconds from now/s);
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

describe("components", () => {
  const found = componentsOf(metric, "auto");

  it("are Prophet's trend and the season that was found, and add up to its fit", () => {
    expect(found).toHaveLength(1);
    const [season] = found[0]!.seasons;
    expect([season!.name, season!.period, season!.points.length]).toEqual(["season", 300, 201]);
    // the wave of the sample: 0.3 cores and 0.2 around it
    expect(Math.max(...season!.points.map((p) => p.y))).toBeCloseTo(0.2, 2);
    for (const p of found[0]!.trend) expect(p.y).toBeCloseTo(0.3, 1);
  });

  it("are none of the last value, and Prophet's own for Prophet", () => {
    expect(componentsOf(metric, "naive")).toEqual([]);
    // a quarter of an hour has no day and no week: Prophet sees a trend alone
    expect(componentsOf(metric, "prophet").map(({ seasons }) => seasons)).toEqual([[]]);
    expect(componentsOf(metric, "original")[0]!.seasons.map(({ period }) => period)).toEqual([300]);
  });

  it("of a week have Prophet's days and hours", () => {
    const values = Float64Array.from({ length: 2016 }, (_, i) => 3 + Math.sin((2 * Math.PI * i) / 288));
    const week = { start: SAMPLE_START, step: 300, values, filled: new Uint8Array(2016) };
    const parts = componentsOf({ ...metric, longHistory: week }, "auto");
    expect(parts[1]!.seasons.map(({ name }) => name)).toEqual(["daily"]);
    const svg = forecastSvg(picture, parts);
    for (const word of ["trend, milli-cores", "season, milli-cores", "daily, milli-cores", "time of day (UTC)"]) {
      expect(svg).toContain(word);
    }
  });

  it("of a year with events have a panel of them, by the target's settings, with the width of its band", () => {
    const hours = 330 * 24;
    // announced days at three times the load, conditional seasons in local time, a year
    const sale = ["2023-03-01", "2023-08-10", "2023-08-11"];
    const dayOf = (t: number) => new Date(t * 1000).toISOString().slice(0, 10);
    const values = Float64Array.from({ length: hours }, (_, i) =>
      sale.includes(dayOf(SAMPLE_START + (i - hours) * 3600)) ? 9 : 3,
    );
    const year = { start: SAMPLE_START - hours * 3600, step: 3600, values, filled: new Uint8Array(hours) };
    const prophet: ProphetSettings = {
      timeZone: "UTC",
      growth: "flat",
      yearly_seasonality: true,
      interval_width: 0.95,
      seasonalities: [{ name: "monday", period: 1, fourier_order: 2, condition: { days: [1] } }],
      holidays: [{ holiday: "sale", ds: { dates: sale, calendars: [] }, lower_window: 0, upper_window: 0 }],
    };
    const record = { ...metric, metric: { ...metric.metric, prophet }, longHistory: year };
    for (const method of ["auto", "prophet"] as const) {
      const made = componentsOf(record, method).at(-1)!;
      expect(made.seasons.map(({ name }) => name).sort()).toEqual(["daily", "monday", "weekly", "yearly"]);
      // drawn as on the days on which it counts
      const monday = made.seasons.find(({ name }) => name === "monday")!.points.map(({ y }) => y);
      expect(monday.filter((y) => y !== 0).length).toBeGreaterThan(190);
      // a step up at each midnight and down at the next, and flat between: the two neighbouring days are one step
      const high = made.holidays!.points.filter(({ y }) => y > 5);
      expect([...new Set(high.map(({ t }) => dayOf(t)))]).toEqual(sale);
      for (const { y } of high) expect(y).toBeCloseTo(6, 0);
      expect(made.holidays!.points.length).toBeLessThan(15);
      const svg = forecastSvg(picture, [made]);
      for (const word of ["trend, cores, 95 % band", ">holidays, cores<", "month of the year"])
        expect(svg).toContain(word);
      const text = terminalComponents([made], { columns: 80, color: false, unicode: true });
      expect(text).toContain("holidays: time (UTC)");
    }
    expect(componentsOf(metric, "prophet")[0]!.holidays).toBeNull();
  });

  it.each([40, 80, 200])("fit %d characters in a terminal", (columns) => {
    const text = terminalComponents(found, { columns, color: false, unicode: true });
    expect(text).toContain("season: seconds into the season");
    for (const line of text.split("\n")) expect([...line].length).toBeLessThanOrEqual(columns);
  });
});
