/** The picture of docs/architecture.md: rooms of job/ as boxes with chosen places, and their imports, read from the code, as lines. */
import { escapeXml, frame, label } from "../job/report/chart.ts";
import { LIGHT } from "../job/report/theme.ts";
import { imports, reduced } from "../test/rooms.ts";

interface Place {
  /** Of the middle of the box, in columns and rows; may lie between two. */
  readonly column: number;
  readonly row: number;
  readonly about: string;
}

const place = (column: number, row: number, about: string): Place => ({ column, row, about });

/** Each room that is drawn, by its name, with the middle of its box. A room stands above every room that it imports. */
export const PLACES: Readonly<Record<string, Place>> = {
  "kubectl-prophet": place(2, 0, "the plugin's entry"),
  main: place(1, 0, "entry; touches process"),
  compiled: place(0, 0, "V8's code of an earlier run"),
  cli: place(1, 1, "commands, flags, exit codes"),
  adapters: place(0, 2, "Prometheus and Kubernetes"),
  report: place(2, 2, "text, log, pictures, pages"),
  replay: place(2, 3, "the same run over the past"),
  config: place(0, 3.5, "settings: one table, checks"),
  run: place(2, 4, "one run, step by step"),
  ports: place(1, 4, "what a run asks of the world"),
  "core/tick": place(2, 5.25, "data in, decision out"),
  "core/policy": place(1.5, 6.25, "forecast to replicas, in stages"),
  "core/state": place(2, 7.25, "what is remembered"),
  "core/target": place(1, 7.25, "what a target is"),
  "core/forecast": place(1, 8.25, "models, backtest, quantiles"),
  "core/series": place(0.5, 9.25, "samples to an even grid"),
  "core/calendar": place(1.5, 9.25, "time zones, holidays"),
};

/** Rooms that are not drawn. Nearly all rooms import them and they import none, so their lines would hide the rest. */
export const EVERYWHERE = ["core/units", "core/result", "output", "in-parallel"] as const;

const [WIDTH, BOX, HEIGHT, ROW, TOP] = [830, 232, 52, 86, 96];
const x = (column: number): number => 150 + column * 265;
const y = (row: number): number => TOP + row * ROW;

/** The lines of the picture as pairs: the importing room, the imported room. An import that follows from two others is left out. */
export function drawnImports(): readonly (readonly [string, string])[] {
  const hidden = new Set<string>(EVERYWHERE);
  const graph = [...imports()].flatMap(([room, list]) =>
    hidden.has(room) ? [] : [[room, list.filter((to) => !hidden.has(to))] as const],
  );
  return reduced(new Map(graph));
}

function box(room: string): string {
  const { column, row, about } = PLACES[room]!;
  const [left, top] = [x(column) - BOX / 2, y(row)];
  const colour = room.startsWith("core/") ? LIGHT.forecast : LIGHT.pods;
  return [
    `<rect x="${left}" y="${top}" width="${BOX}" height="${HEIGHT}" rx="8" fill="${LIGHT.paper}" stroke="${colour}" stroke-width="2"/>`,
    `<text x="${x(column)}" y="${top + 22}" text-anchor="middle" font-weight="600" fill="${LIGHT.ink}">${escapeXml(room.replace("core/", ""))}</text>`,
    `<text class="wide" x="${x(column)}" y="${top + 41}" text-anchor="middle" fill="${LIGHT.muted}">${escapeXml(about)}</text>`,
  ].join("\n");
}

/** A line from the lower edge of the one to the upper edge of the other. */
function line([from, to]: readonly [string, string]): string {
  const [a, b] = [PLACES[from]!, PLACES[to]!];
  // beside each other: from side to side
  if (a.row === b.row) {
    const side = Math.sign(b.column - a.column) * (BOX / 2);
    return `<path d="M${x(a.column) + side} ${y(a.row) + HEIGHT / 2}H${x(b.column) - side * 1.06}" ${STROKE}/>`;
  }
  const [x1, y1, x2, y2] = [x(a.column), y(a.row) + HEIGHT, x(b.column), y(b.row) - 7];
  const bend = Math.min(40, (y2 - y1) / 2);
  return `<path d="M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}" ${STROKE}/>`;
}

const STROKE = `fill="none" stroke="${LIGHT.muted}" stroke-width="1.6" marker-end="url(#to)"`;

/** Draws the rooms and their imports. Returns an SVG document, the same bytes for the same imports. */
export function architecturePicture(): string {
  const rooms = Object.keys(PLACES);
  const bottom = y(9.25) + HEIGHT;
  const core = y(5.25) - 34;
  return frame({
    width: WIDTH,
    height: bottom + 72,
    title: "The rooms of job/, and who imports whom",
    legend: [],
    body: [
      `<defs><marker id="to" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="${LIGHT.muted}"/></marker></defs>`,
      label(16, 54, "An arrow is an import. Those that follow from others are left out."),
      `<rect x="14" y="${core}" width="${WIDTH - 28}" height="${bottom - core + 16}" rx="12" fill="none" stroke="${LIGHT.grid}" stroke-width="2" stroke-dasharray="6 5"/>`,
      label(30, core + 26, "core: pure,"),
      label(30, core + 52, "no clock, no I/O"),
      ...drawnImports().map(line),
      ...rooms.map(box),
      label(
        16,
        bottom + 48,
        `Not drawn, nearly all import them: ${EVERYWHERE.map((room) => room.replace("core/", "")).join(", ")}`,
      ),
    ].join("\n"),
  });
}
