/** Draws a picture in a terminal of any width: past load over its earlier forecasts, and the forecast from now on. */
import {
  addDot,
  type Canvas,
  canvasOf,
  drawLine,
  type Marks,
  marksOf,
  namesLine,
  rowText,
  type Terminal,
} from "./canvas.ts";
import type { BandPoint, Picture, Point } from "./picture.ts";
import { shortAmount, shortNumber, wrap } from "./text.ts";
import { tickStep, timeLabels } from "./ticks.ts";

const ROWS = 14;
/** The past is so many times as long as the forecast, more on a wider line: the forecast must be wide enough to read. */
const [MIN_PAST, MAX_PAST, COLUMNS_A_PART] = [4, 10, 18];

/** The picture as text, no line longer than `columns`. The same picture gives the same text; empty where there is nothing to draw. */
export function terminalPlot(picture: Picture, terminal: Terminal): string {
  if (picture.actual.length === 0) return "";
  const end = Math.max(picture.now + picture.lead, picture.future.at(-1)?.t ?? 0);
  const parts = Math.min(MAX_PAST, Math.max(MIN_PAST, terminal.columns / COLUMNS_A_PART));
  const from = Math.max(picture.actual[0]!.t, picture.now - parts * (end - picture.now));
  const recent = <T extends Point>(points: readonly T[]) => points.filter((p) => p.t >= from);
  const [actual, before] = [recent(picture.actual), recent(picture.before)];
  const highs = [...before, ...picture.future].map((p) => p.high);
  const top = Math.max(...actual.map((p) => p.y), ...highs, picture.cover?.y ?? 0, 1e-9) * 1.05;
  const margin = Math.max(...[0, top / 2, top].map((v) => shortAmount(v, picture.unit).length)) + 1;
  const width = Math.max(10, terminal.columns - margin - 1);
  const canvas = canvasOf(width, ROWS, [from, end], [0, top]);
  drawBand(canvas, before, false);
  drawBand(canvas, picture.future, true);
  drawLine(canvas, canvas.load, actual, 2 * usualStep(actual));
  const marks = marksOf(terminal);
  const now = Math.min(width - 1, Math.round(canvas.x(picture.now)) >> 1);
  const ticks = new Map<number, string>();
  for (let v = 0, step = tickStep(top, 4); v <= top; v += step)
    ticks.set(Math.round(canvas.y(v)) >> 2, shortAmount(v, picture.unit));
  const lines = Array.from({ length: ROWS }, (_, row) => {
    const label = (ticks.get(row) ?? "").padStart(margin);
    return `${label} ${rowText(canvas, row, now, marks, terminal.color)}`.trimEnd();
  });
  const axis = " ".repeat(margin + 1) + timeAxis(from, picture.now, width, now);
  return `${[...lines, axis, ...keyLines(picture, marks, terminal.columns)].join("\n")}\n`;
}

/** A band, and the forecast itself in it if `line` is set: over past load, the dots of the load would hide the forecast. */
function drawBand(canvas: Canvas, points: readonly BandPoint[], line: boolean): void {
  const { x, y } = canvas;
  const most = 2 * usualStep(points);
  points.forEach((p, k) => {
    const after = points[k + 1];
    const next = after !== undefined && after.t - p.t <= most ? after : p;
    const steps = Math.max(1, Math.ceil(x(next.t) - x(p.t)));
    for (let s = 0; s < steps; s++) {
      const share = s / steps;
      const low = y(p.low + share * (next.low - p.low));
      for (let row = y(p.high + share * (next.high - p.high)); row <= low; row++)
        addDot(canvas, canvas.band, x(p.t) + s, row);
    }
  });
  if (line) drawLine(canvas, canvas.ahead, points, most);
}

function usualStep(points: readonly Point[]): number {
  const gaps = points.slice(1).map((p, i) => p.t - points[i]!.t);
  return gaps.sort((a, b) => a - b)[gaps.length >> 1] ?? 0;
}

/** Names of now and of the first moment, the date where that is another than now's. */
function timeAxis(from: number, now: number, width: number, nowColumn: number): string {
  const [first, last] = timeLabels([from, now].map((t) => new Date(t * 1000))).map((name) => name.split("\n"));
  const begin = last![1] === undefined ? first![0]! : first!.toReversed().join(" ");
  return namesLine(width, [
    [nowColumn - 8, `now ${last![0]}`],
    [0, begin],
  ]);
}

function keyLines({ lead, cover, load, unit }: Picture, { key, band, now }: Marks, columns: number): readonly string[] {
  const covered = cover === null ? "" : ` Replicas are to cover ${shortAmount(cover.y, unit)}.`;
  const text = `${key}: ${load} as measured. ${band}: 90 % band, left of ${now} as forecast ${shortNumber(lead)} s before, right of it from now on.${covered} Times are UTC.`;
  return wrap(text, columns);
}
