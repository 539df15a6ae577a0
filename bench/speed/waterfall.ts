/** The waterfall of a run as SVG: a row for each phase, dark where the process computes, light where it waits for a server. */
import { escapeXml } from "../../job/report/chart.ts";
import type { PhaseRow, Span } from "./phases.ts";

const [WIDTH, LEFT, RIGHT] = [960, 130, 70];
const [TOP, ROW, BAR] = [64, 24, 14];
const [INK, GREY, BUSY, WAITS] = ["#1b1f24", "#6e7781", "#1f6feb", "#a8c7fa"];

/** Milliseconds that a row's bars cover: from the first one's start to the last one's end; 0 to 0 where there is none. */
export function extent({ busy, waits }: PhaseRow): Span {
  const all = [...busy, ...waits];
  if (all.length === 0) return { from: 0, to: 0 };
  return { from: Math.min(...all.map(({ from }) => from)), to: Math.max(...all.map(({ to }) => to)) };
}

/** What the process computes in a row, ms. */
export function busyMs({ busy }: PhaseRow): number {
  return busy.reduce((sum, { from, to }) => sum + to - from, 0);
}

const TITLE = "A live run, cold: from the start of the process to its end";

/** Draws the rows; the same rows give the same bytes. */
export function waterfallSvg(rows: readonly PhaseRow[], title = TITLE): string {
  const end = Math.max(...rows.map((row) => extent(row).to));
  const x = (ms: number) => LEFT + (ms / end) * (WIDTH - LEFT - RIGHT);
  const height = TOP + rows.length * ROW + 34;
  const bottom = TOP + rows.length * ROW;
  const ticks = Array.from({ length: Math.floor(end / tickOf(end)) + 1 }, (_, i) => i * tickOf(end));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img">`,
    `<title>${escapeXml(title)}</title><rect width="100%" height="100%" fill="#fff"/>`,
    `<text x="16" y="24" font-size="15" font-weight="600" fill="${INK}">${escapeXml(title)}</text>`,
    `${legend()}`,
    ...ticks.map(
      (t) =>
        `<path d="M${x(t).toFixed(1)} ${TOP - 6}V${bottom}" stroke="#d0d7de"/><text x="${x(t).toFixed(1)}" y="${bottom + 18}" text-anchor="middle" fill="${GREY}">${t}${t === 0 ? " ms" : ""}</text>`,
    ),
    ...rows.map((row, i) => drawRow(row, TOP + i * ROW, x)),
    "</svg>\n",
  ].join("\n");
}

function legend(): string {
  const entry = (at: number, color: string, text: string) =>
    `<rect x="${at}" y="36" width="${BAR}" height="${BAR}" rx="2" fill="${color}"/><text x="${at + 20}" y="47" fill="${GREY}">${text}</text>`;
  return `${entry(LEFT, BUSY, "the process computes")}${entry(LEFT + 170, WAITS, "it waits for a server")}`;
}

function drawRow(row: PhaseRow, y: number, x: (ms: number) => number): string {
  const bar = (color: string) => (span: Span) =>
    `<rect x="${x(span.from).toFixed(1)}" y="${y + 3}" width="${Math.max(1, x(span.to) - x(span.from)).toFixed(1)}" height="${BAR}" rx="2" fill="${color}"/>`;
  const ms = row.waits.length > 0 ? extent(row).to - extent(row).from : busyMs(row);
  return [
    `<text x="${LEFT - 12}" y="${y + 14}" text-anchor="end" fill="${INK}">${escapeXml(row.phase)}</text>`,
    ...row.waits.map(bar(WAITS)),
    ...row.busy.map(bar(BUSY)),
    // a white edge, so that no line of the grid crosses the number
    `<text x="${(x(extent(row).to) + 6).toFixed(1)}" y="${y + 14}" fill="${GREY}" stroke="#fff" stroke-width="4" paint-order="stroke">${ms.toFixed(0)} ms</text>`,
  ].join("");
}

/** 5 to 12 ticks. */
function tickOf(end: number): number {
  return [5, 10, 20, 25, 50, 100, 200, 250, 500].find((step) => end / step <= 12) ?? 1000;
}
