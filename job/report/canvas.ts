/** A canvas for terminals: layers of dots, four by two per character, drawn as braille or else as ASCII. */

/** Braille bit of each dot of a cell, two columns of four rows, by Unicode's own numbering. */
const DOTS: readonly (readonly number[])[] = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
];
const BLUE = "\u001b[34m";
const RESET = "\u001b[0m";

/** The capabilities of the reader's terminal. */
export interface Terminal {
  /** Characters of a line. */
  readonly columns: number;
  readonly color: boolean;
  /** Whether braille can be drawn; else ASCII. */
  readonly unicode: boolean;
}

/** The look of marks: the dots of a cell as one character, the band, the line for now, and the name of the dots in the key. */
export interface Marks {
  readonly load: (dots: number) => string;
  readonly ahead: (dots: number) => string;
  readonly band: string;
  readonly now: string;
  readonly key: string;
}

const braille = (dots: number) => String.fromCodePoint(0x2800 + dots);
const UNICODE: Marks = { load: braille, ahead: braille, band: "\u2591", now: "\u2502", key: "dots" };
const ASCII: Marks = { load: () => "*", ahead: () => "o", band: ":", now: "|", key: "*" };

/** The marks of a terminal. */
export function marksOf({ unicode }: Pick<Terminal, "unicode">): Marks {
  return unicode ? UNICODE : ASCII;
}

/** The dots of each layer, and the scales of times and values. The forecast is drawn over its band, the load over both. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly load: Uint8Array;
  readonly ahead: Uint8Array;
  readonly band: Uint8Array;
  readonly x: (t: number) => number;
  readonly y: (v: number) => number;
}

/** An empty canvas of `width` x `height` characters over the times and the values. */
export function canvasOf(
  width: number,
  height: number,
  [from, to]: readonly [number, number],
  [low, high]: readonly [number, number],
): Canvas {
  const layer = () => new Uint8Array(width * height);
  return {
    width,
    height,
    load: layer(),
    ahead: layer(),
    band: layer(),
    x: (t) => ((t - from) / (to - from || 1)) * (width * 2 - 1),
    y: (v) => (1 - (v - low) / (high - low || 1)) * (height * 4 - 1),
  };
}

/** One dot, moved to the edge if it is outside. */
export function addDot({ width, height }: Canvas, layer: Uint8Array, x: number, y: number): void {
  const column = Math.min(width * 2 - 1, Math.max(0, Math.round(x)));
  const row = Math.min(height * 4 - 1, Math.max(0, Math.round(y)));
  const cell = (row >> 2) * width + (column >> 1);
  layer[cell] = layer[cell]! | DOTS[column & 1]![row & 3]!;
}

/** Joins points by lines, but not over more than `most` seconds: missing data must look missing. */
export function drawLine(
  canvas: Canvas,
  layer: Uint8Array,
  points: readonly { readonly t: number; readonly y: number }[],
  most: number,
): void {
  const { x, y } = canvas;
  points.forEach((p, i) => {
    const next = points[i + 1];
    const joined = next !== undefined && next.t - p.t <= most ? next : p;
    const steps = Math.max(1, Math.ceil(Math.max(x(joined.t) - x(p.t), Math.abs(y(joined.y) - y(p.y)))));
    for (let s = 0; s < steps; s++) {
      const share = s / steps;
      addDot(canvas, layer, x(p.t + share * (joined.t - p.t)), y(p.y + share * (joined.y - p.y)));
    }
  });
}

/** One row as text. `now` is the column of the line for now, or null. */
export function rowText(canvas: Canvas, row: number, now: number | null, marks: Marks, color: boolean): string {
  let line = "";
  for (let c = 0; c < canvas.width; c++) {
    const cell = row * canvas.width + c;
    const [load, ahead] = [canvas.load[cell]!, canvas.ahead[cell]!];
    if (load !== 0) line += marks.load(load);
    else if (ahead !== 0) line += paint(marks.ahead(ahead), color);
    else if (canvas.band[cell] !== 0) line += paint(marks.band, color);
    else line += c === now ? marks.now : " ";
  }
  return line;
}

function paint(text: string, color: boolean): string {
  return color ? `${BLUE}${text}${RESET}` : text;
}

/** A line of names at their columns. A name that would touch the one before is left out. */
export function namesLine(width: number, names: readonly (readonly [column: number, name: string])[]): string {
  const line = Array.from({ length: width }, () => " ");
  for (const [column, name] of names) {
    const at = Math.max(0, Math.min(width - name.length, Math.round(column)));
    if (line.slice(Math.max(0, at - 1), at + name.length + 1).some((char) => char !== " ")) continue;
    [...name].slice(0, width).forEach((char, i) => {
      line[at + i] = char;
    });
  }
  return line.join("").trimEnd();
}
