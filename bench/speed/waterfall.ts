/** The waterfall of a run as SVG: a row per phase, solid while computing, thin while waiting. */
import { bodyTop, escapeXml, frame, label } from "../../job/report/chart.ts";
import { LIGHT } from "../../job/report/theme.ts";
import type { PhaseRow, PhaseSpan } from "./phases.ts";

/** Left and right of the bars is room for the names and the last number in the type of a phone. */
const [WIDTH, LEFT, RIGHT] = [960, 206, 96];
const [ROW, BAR] = [30, 14];
const LEGEND = 2;

/** The time that a row covers, from its first bar's start to its last one's end. 0 to 0 where it has no bar. */
export function extent({ busy, waits }: PhaseRow): PhaseSpan {
  const all = [...busy, ...waits];
  if (all.length === 0) return { from: 0, to: 0 };
  return { from: Math.min(...all.map(({ from }) => from)), to: Math.max(...all.map(({ to }) => to)) };
}

/** The milliseconds in which the process computes in a row. */
export function busyMs({ busy }: PhaseRow): number {
  return busy.reduce((sum, { from, to }) => sum + to - from, 0);
}

const TITLE = "A live run, cold: from the start of the process to its end";

/** Draws the rows. Returns an SVG document, the same bytes for the same rows. */
export function waterfallSvg(rows: readonly PhaseRow[], title = TITLE): string {
  const end = Math.max(...rows.map((row) => extent(row).to));
  const x = (ms: number) => LEFT + (ms / end) * (WIDTH - LEFT - RIGHT);
  const top = bodyTop(LEGEND);
  const bottom = top + rows.length * ROW;
  const ticks = Array.from({ length: Math.floor(end / tickOf(end)) + 1 }, (_, i) => i * tickOf(end));
  const grid = ticks.map((t) => {
    const at = x(t).toFixed(1);
    const text = label(Number(at), bottom + 22, t === 0 ? "0 ms" : String(t), 'text-anchor="middle"');
    return `<path d="M${at} ${top}V${bottom}" stroke="${LIGHT.grid}"/>${text}`;
  });
  return frame({
    width: WIDTH,
    height: bottom + 40,
    title,
    legend: [
      { sign: computes({ from: 0, to: 24 }, -1, (units) => units), label: "the process computes" },
      { sign: waits({ from: 0, to: 24 }, -1, (units) => units), label: "it waits for a server" },
    ],
    body: [...grid, ...rows.map((row, i) => drawRow(row, top + i * ROW + (ROW - BAR) / 2, x))].join("\n"),
  });
}

type Scale = (ms: number) => number;

function computes(span: PhaseSpan, y: number, x: Scale): string {
  return bar(span, y, BAR, x, LIGHT.ink);
}

/** Lighter and lower than what is computed. */
function waits(span: PhaseSpan, y: number, x: Scale): string {
  return bar(span, y + BAR / 4, BAR / 2, x, LIGHT.muted);
}

function bar(span: PhaseSpan, y: number, height: number, x: Scale, colour: string): string {
  const width = Math.max(1, x(span.to) - x(span.from)).toFixed(1);
  return `<rect x="${x(span.from).toFixed(1)}" y="${y}" width="${width}" height="${height}" fill="${colour}"/>`;
}

function drawRow(row: PhaseRow, y: number, x: Scale): string {
  const ms = row.waits.length > 0 ? extent(row).to - extent(row).from : busyMs(row);
  const end = x(extent(row).to) + 6;
  return [
    `<text x="${LEFT - 12}" y="${y + 12}" text-anchor="end" fill="${LIGHT.ink}">${escapeXml(row.phase)}</text>`,
    ...row.waits.map((span) => waits(span, y, x)),
    ...row.busy.map((span) => computes(span, y, x)),
    // an edge of the paper's colour, so that no line of the grid crosses the number
    label(
      Number(end.toFixed(1)),
      y + 12,
      `${ms.toFixed(0)} ms`,
      `stroke="${LIGHT.paper}" stroke-width="4" paint-order="stroke"`,
    ),
  ].join("");
}

/** 4 to 7 ticks: more are too near to each other on a phone. */
function tickOf(end: number): number {
  return [5, 10, 20, 50, 100, 200, 500].find((step) => end / step <= 7) ?? 1000;
}
