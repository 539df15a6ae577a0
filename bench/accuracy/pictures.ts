/** The picture of docs/accuracy.md: for each kind of generated load the next minute as it came, as it was forecast, and the 90 % interval. */
import { areaY, dot, lineY, plot } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { forecastAuto } from "../../job/core/forecast/forecasters/auto.ts";
import type { Series } from "../../job/core/series/types.ts";
import { outcome, windowBefore } from "../../job/replay/backtest.ts";
import { escapeXml } from "../../job/report/svg.ts";
import { generatedSeries } from "./generated.ts";

const [WIDTH, HEIGHT, COLUMNS] = [310, 150, 4];
const HEAD = 40;
const WINDOW = 120;
const SHOWN = 110;

/** One origin: minutes since the first, what came in the minute after it, and what was said. */
interface Row {
  readonly t: number;
  readonly came: number;
  readonly said: number;
  readonly low: number;
  readonly high: number;
}

/** All kinds (the series at 15 s of each) as one SVG of small pictures; the same bytes every time. */
export function kindsSvg(): string {
  const kinds = generatedSeries().filter(({ name }) => name.endsWith(", 15 s"));
  const panels = kinds.map(({ kind, series }, i) => {
    const [x, y] = [(i % COLUMNS) * WIDTH, HEAD + Math.floor(i / COLUMNS) * HEIGHT];
    const label = `<text x="${x + 34}" y="${y + 14}" font-weight="600">${escapeXml(kind)}</text>`;
    return label + panel(rowsOf(series)).replace("<svg ", `<svg x="${x}" y="${y}" `);
  });
  const [width, height] = [WIDTH * COLUMNS, HEAD + HEIGHT * Math.ceil(kinds.length / COLUMNS)];
  const title = "Mean CPU of the next minute, cores, over minutes: as it came (points), forecast (line), 90 % interval";
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="11" role="img">`,
    `<title>${title}</title><rect width="100%" height="100%" fill="#fff"/>`,
    `<text x="16" y="24" font-size="15" font-weight="600" fill="#1b1f24">${title}</text>${panels.join("\n")}</svg>\n`,
  ].join("\n");
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

function panel(rows: readonly Row[]): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const chart = plot({
    document,
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 34,
    marginTop: 22,
    marginBottom: 20,
    style: { background: "none", fontSize: "10px" },
    x: { label: null, ticks: 5 },
    y: { label: null, ticks: 4, grid: true, zero: true },
    marks: [
      areaY(rows, { x: "t", y1: "low", y2: "high", fill: "#1f6feb", fillOpacity: 0.18 }),
      lineY(rows, { x: "t", y: "said", stroke: "#1f6feb", strokeWidth: 1.5 }),
      dot(rows, { x: "t", y: "came", r: 1.2, fill: "#1b1f24" }),
    ],
  });
  return chart.outerHTML;
}
