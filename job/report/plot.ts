/** The picture in a terminal: braille dots for the load, the forecast and its band to the right of the line that is now. */
import type { Picture } from "./picture.ts";
import { amount } from "./text.ts";

/** Braille bit of each dot of a cell, two columns of four rows, by Unicode's own numbering. */
const DOTS: readonly (readonly number[])[] = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
];
const BLUE = "\u001b[34m";
const RESET = "\u001b[0m";

export interface PlotOptions {
  /** Characters of a line. */
  readonly columns: number;
  readonly rows: number;
  readonly color: boolean;
}

interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly load: Uint8Array;
  readonly ahead: Uint8Array;
  readonly band: Uint8Array;
}

function dot(canvas: Canvas, layer: Uint8Array, x: number, y: number): void {
  const column = Math.min(canvas.width * 2 - 1, Math.max(0, Math.round(x)));
  const row = Math.min(canvas.height * 4 - 1, Math.max(0, Math.round(y)));
  const cell = (row >> 2) * canvas.width + (column >> 1);
  layer[cell] = layer[cell]! | DOTS[column & 1]![row & 3]!;
}

/** A round step for about `count` ticks up to `max`: 1, 2 or 5 times a power of ten. */
export function tickStep(max: number, count: number): number {
  const raw = max / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].map((m) => m * power).find((step) => step >= raw * 0.999)!;
}

function clock(t: number): string {
  return new Date(t * 1000).toISOString().slice(11, 16);
}

/** Draws. Always the same text for the same picture; an empty one when there is nothing to draw. */
export function terminalPlot(picture: Picture, options: PlotOptions): string {
  const first = picture.actual[0];
  if (first === undefined) return "";
  const values = [...picture.actual.map((p) => p.y), ...picture.future.map((p) => p.high), picture.cover?.y ?? 0];
  const top = Math.max(...values, 1e-9) * 1.05;
  const last = Math.max(picture.now, picture.future.at(-1)?.t ?? 0);
  const labelWidth = Math.max(...[0, top / 2, top].map((v) => amount(v, picture.unit).length), 9) + 1;
  const width = Math.max(20, options.columns - labelWidth - 1);
  const cells = width * options.rows;
  const canvas: Canvas = {
    width,
    height: options.rows,
    load: new Uint8Array(cells),
    ahead: new Uint8Array(cells),
    band: new Uint8Array(cells),
  };
  const x = (t: number) => ((t - first.t) / Math.max(1, last - first.t)) * (width * 2 - 1);
  const y = (v: number) => (1 - v / top) * (options.rows * 4 - 1);
  drawLoad(canvas, picture, x, y);
  drawFuture(canvas, picture, x, y);
  const nowColumn = Math.min(width - 1, Math.round(x(picture.now)) >> 1);
  const ticks = new Map<number, string>();
  const step = tickStep(top, 4);
  for (let v = 0; v <= top; v += step) ticks.set(Math.round(y(v)) >> 2, amount(v, picture.unit));
  const lines = Array.from({ length: options.rows }, (_, row) => {
    const label = (ticks.get(row) ?? "").padStart(labelWidth);
    return `${label} ${rowText(canvas, row, nowColumn, options.color)}`.trimEnd();
  });
  const axis = `${" ".repeat(labelWidth + 1)}${timeAxis(first.t, last, picture.now, width, nowColumn)}`;
  const key = `${" ".repeat(labelWidth + 1)}left of the line: ${picture.load} as measured; right: forecast, with its 90 % band (shaded). Times are UTC.`;
  return `${[...lines, axis, key].join("\n")}\n`;
}

/** Joins neighbours, but not across a gap of more than two usual steps: missing data must look missing. */
function drawLoad(canvas: Canvas, picture: Picture, x: (t: number) => number, y: (v: number) => number): void {
  const { actual } = picture;
  const gaps = actual.slice(1).map((p, i) => p.t - actual[i]!.t);
  const usual = gaps.toSorted((a, b) => a - b)[gaps.length >> 1] ?? 0;
  actual.forEach((p, i) => {
    const next = actual[i + 1];
    const joined = next !== undefined && next.t - p.t <= 2 * usual ? next : p;
    const steps = Math.max(1, Math.ceil(Math.max(x(joined.t) - x(p.t), Math.abs(y(joined.y) - y(p.y)))));
    for (let s = 0; s < steps; s++) {
      const share = s / steps;
      dot(canvas, canvas.load, x(p.t + share * (joined.t - p.t)), y(p.y + share * (joined.y - p.y)));
    }
  });
}

function drawFuture(canvas: Canvas, picture: Picture, x: (t: number) => number, y: (v: number) => number): void {
  const { future } = picture;
  future.forEach((p, k) => {
    const next = future[k + 1] ?? p;
    const steps = Math.max(1, Math.ceil(x(next.t) - x(p.t)));
    for (let s = 0; s < steps; s++) {
      const share = s / steps;
      const at = x(p.t) + s;
      dot(canvas, canvas.ahead, at, y(p.y + share * (next.y - p.y)));
      const low = y(p.low + share * (next.low - p.low));
      for (let row = y(p.high + share * (next.high - p.high)); row <= low; row++) dot(canvas, canvas.band, at, row);
    }
  });
}

function rowText(canvas: Canvas, row: number, nowColumn: number, color: boolean): string {
  let line = "";
  for (let c = 0; c < canvas.width; c++) {
    const cell = row * canvas.width + c;
    const load = canvas.load[cell]!;
    const ahead = canvas.ahead[cell]!;
    if (load !== 0) line += String.fromCodePoint(0x2800 + load);
    else if (ahead !== 0) line += paint(String.fromCodePoint(0x2800 + ahead), color);
    else if (canvas.band[cell] !== 0) line += paint("\u2591", color);
    else line += c === nowColumn ? "\u2502" : " ";
  }
  return line;
}

function paint(text: string, color: boolean): string {
  return color ? `${BLUE}${text}${RESET}` : text;
}

function timeAxis(first: number, last: number, now: number, width: number, nowColumn: number): string {
  const line = Array.from({ length: width }, () => " ");
  const put = (column: number, text: string) => {
    const from = Math.max(0, Math.min(width - text.length, column));
    [...text].forEach((char, i) => {
      line[from + i] = char;
    });
  };
  put(0, clock(first));
  const middle = Math.round(nowColumn / 2);
  put(middle - 2, clock(first + ((last - first) * middle) / width));
  put(nowColumn - 8, `now ${clock(now)}`);
  return line.join("").trimEnd();
}
