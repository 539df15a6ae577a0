/** The picture of docs/accuracy.md: outcome, forecast and 90 % interval of the next minute for each kind of generated load. */
import { areaY, axisX, axisY, dot, gridY, lineY } from "@observablehq/plot";
import { forecastAuto } from "../../job/core/forecast/forecasters/auto.ts";
import type { Series } from "../../job/core/series/types.ts";
import { outcome, windowBefore } from "../../job/replay/backtest.ts";
import { bodyTop, frame, type LegendEntry, label, panel, sign } from "../../job/report/chart.ts";
import { LIGHT } from "../../job/report/theme.ts";
import { generatedSeries } from "./generated.ts";

const [WIDTH, COLUMNS, EACH] = [830, 3, 152];
const EACH_WIDTH = (WIDTH - 12) / COLUMNS;
const WINDOW = 120;
const SHOWN = 110;

const LEGEND: readonly LegendEntry[] = [
  { sign: sign.dot(LIGHT.ink, 3), label: "as it came" },
  { sign: sign.band(LIGHT.forecast, 0.2) + sign.line(LIGHT.forecast, 2), label: "forecast, 90 % interval" },
];

/** One origin: minutes since the first, what came in the minute after it, and what was said. */
interface Row {
  readonly t: number;
  readonly came: number;
  readonly said: number;
  readonly low: number;
  readonly high: number;
}

/** Draws the 15 s series of all kinds, one small picture each. Returns an SVG document, the same bytes every time. */
export function kindsSvg(): string {
  const kinds = generatedSeries().filter(({ name }) => name.endsWith(", 15 s"));
  const top = bodyTop(LEGEND.length) + 4;
  const panels = kinds.map(({ kind, series }, i) => {
    const [x, y] = [(i % COLUMNS) * EACH_WIDTH, top + Math.floor(i / COLUMNS) * EACH];
    // the longest name is cut off on a phone
    return (
      label(x + 10, y + 18, kind.replace("plateaus of one or two", "plateaus, 1 or 2")) +
      drawn(rowsOf(series), x, y + 22)
    );
  });
  const last = top + EACH * Math.ceil(kinds.length / COLUMNS);
  const axes = label(WIDTH - 16, last + 8, "across: minutes, up: cores", 'text-anchor="end"');
  return frame({
    width: WIDTH,
    height: last + 22,
    title: "Mean CPU of the next minute, forecast and as it came",
    legend: LEGEND,
    narrow: 19,
    body: [...panels, axes].join("\n"),
  });
}

function rowsOf(series: Series): Row[] {
  const { step, values } = series;
  const ahead = Math.max(1, Math.round(60 / step));
  return Array.from({ length: SHOWN }, (_, i) => {
    const origin = 2 * WINDOW + i;
    const window = windowBefore(series, origin, WINDOW);
    const f = forecastAuto({ series: window, horizonSteps: ahead, leadSteps: ahead, levels: [0.05, 0.95] });
    const came = outcome(values, origin, ahead).actualMean;
    const round = (v: number) => Math.round(1000 * v) / 1000;
    const [low, high] = f.meanQuantiles.map(round) as [number, number];
    return { t: (i * step) / 60, came: round(came), said: round(f.mean), low, high };
  });
}

function drawn(rows: readonly Row[], left: number, top: number): string {
  return panel({
    left,
    top,
    width: EACH_WIDTH,
    height: EACH - 22,
    marginLeft: 54,
    marginRight: 8,
    marginTop: 6,
    marginBottom: 26,
    x: { label: null },
    y: { label: null, zero: true, nice: true },
    marks: [
      gridY({ stroke: LIGHT.grid, strokeOpacity: 1, ticks: 3 }),
      axisX({ ticks: 3, tickSize: 3 }),
      axisY({ ticks: 2, tickSize: 3 }),
      areaY(rows, { x: "t", y1: "low", y2: "high", fill: LIGHT.forecast, fillOpacity: 0.2 }),
      lineY(rows, { x: "t", y: "said", stroke: LIGHT.forecast, strokeWidth: 2 }),
      dot(rows, { x: "t", y: "came", r: 1.4, fill: LIGHT.ink }),
    ],
  });
}
