/** One chart by uPlot, with the page's colours, times in UTC, and a line at the selected decision. */
import uPlot from "uplot";
import { timeLabels } from "../../ticks.ts";
import { expand } from "../expand.ts";
import type { Chart, ChartLayer, Section } from "../types.ts";

/** Events of a chart when the reader moves. Times in epoch seconds. */
export interface ChartEvents {
  /** The pointer is over this moment. */
  readonly point: (t: number) => void;
  /** The time that is shown has changed. */
  readonly zoom: (from: number, to: number) => void;
}

/** A chart on the page. */
export interface DrawnChart {
  readonly plot: uPlot;
  /** Marks a moment. */
  readonly mark: (t: number) => void;
  readonly show: (visible: (layer: ChartLayer) => boolean) => void;
  readonly zoom: (from: number, to: number) => void;
}

/** Heights on a wide and on a narrow page. */
const [TALL, SHORT, NARROW] = [250, 200, 600];

/** The value of a theme colour. */
export function colourOf(role: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${role}`).trim();
}

/** Draws a chart into its element, over the element's full width. */
export function drawChart(host: HTMLElement, section: Section, chart: Chart, events: ChartEvents): DrawnChart {
  const times = Array.from({ length: section.steps }, (_, i) => section.start + i * section.step);
  const columns: (number | null)[][] = [];
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  const owner: ChartLayer[] = [];
  const put = (layer: ChartLayer, values: readonly (number | null)[], options: uPlot.Series) => {
    columns.push(expand(layer, values, section.steps));
    series.push(options);
    owner.push(layer);
  };
  for (const layer of chart.layers) {
    if (layer.low !== undefined && layer.high !== undefined) {
      const edge: uPlot.Series = { stroke: "transparent", width: 0, points: { show: false } };
      put(layer, layer.high, edge);
      put(layer, layer.low, edge);
      bands.push({ series: [series.length - 2, series.length - 1], fill: `${colourOf(layer.role)}33` });
    }
    put(layer, layer.values, seriesOf(layer));
  }
  let marked: number | null = null;
  let quiet = false;
  const width = host.clientWidth;
  const plot = new uPlot(
    {
      width,
      height: width < NARROW ? SHORT : TALL,
      tzDate: (t) => uPlot.tzDate(new Date(t * 1000), "Etc/UTC"),
      legend: { show: false },
      cursor: { sync: { key: section.name }, drag: { x: true, y: false }, points: { size: 7 } },
      scales: { y: { range: (_, __, max) => [0, Math.max(max ?? 0, 1e-3) * 1.06] } },
      axes: axesOf(chart),
      series,
      bands,
      hooks: {
        setCursor: [
          ({ cursor }) => {
            if (!quiet && cursor.idx !== null && cursor.idx !== undefined) events.point(times[cursor.idx]!);
          },
        ],
        setScale: [
          ({ scales }, key) => {
            if (key === "x" && !quiet) events.zoom(scales.x!.min!, scales.x!.max!);
          },
        ],
        draw: [(drawn) => drawMark(drawn, marked)],
      },
    },
    [times, ...columns] as uPlot.AlignedData,
    host,
  );
  const quietly = (work: () => void) => {
    quiet = true;
    plot.batch(work);
    quiet = false;
  };
  return {
    plot,
    mark: (t) => {
      marked = t;
      plot.redraw(false, false);
    },
    show: (visible) =>
      quietly(() => {
        for (const [i, layer] of owner.entries()) plot.setSeries(i + 1, { show: visible(layer) });
      }),
    zoom: (from, to) => quietly(() => plot.setScale("x", { min: from, max: to })),
  };
}

function seriesOf({ style, role, dashed, width = 2 }: ChartLayer): uPlot.Series {
  const stroke = colourOf(role);
  const stepped = uPlot.paths.stepped!({ align: 1 });
  if (style === "dots") return { stroke, paths: () => null, points: { show: true, size: 4, fill: stroke } };
  return {
    stroke,
    width: style === "fill" ? 1 : width,
    ...(dashed === true ? { dash: [6, 4] } : {}),
    ...(style === "line" ? {} : { paths: stepped }),
    ...(style === "fill" ? { fill: `${stroke}55` } : {}),
    points: { show: false },
  };
}

function axesOf({ unit }: Chart): uPlot.Axis[] {
  const look = { stroke: colourOf("ink"), font: "12px system-ui, sans-serif", labelFont: "12px system-ui, sans-serif" };
  const lines = { grid: { stroke: colourOf("grid"), width: 1 }, ticks: { stroke: colourOf("grid"), width: 1 } };
  const pods = unit === "pods" ? { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] } : {};
  return [
    { ...look, ...lines, size: 44, space: 70, values: (_, splits) => names(splits) },
    { ...look, ...lines, ...pods, size: 56 },
  ];
}

/** Times of day, with seconds where ticks are closer than a minute. */
function names(splits: readonly number[]): string[] {
  const close = splits.length > 1 && splits[1]! - splits[0]! < 60;
  if (close) return splits.map((t) => new Date(t * 1000).toISOString().slice(11, 19));
  return [...timeLabels(splits.map((t) => new Date(t * 1000)))];
}

function drawMark(plot: uPlot, t: number | null): void {
  if (t === null) return;
  const x = plot.valToPos(t, "x", true);
  const { left, top, width, height } = plot.bbox;
  if (x < left || x > left + width) return;
  const { ctx } = plot;
  ctx.save();
  ctx.strokeStyle = colourOf("muted");
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(x, top);
  ctx.lineTo(x, top + height);
  ctx.stroke();
  ctx.restore();
}
