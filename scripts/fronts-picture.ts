/** The picture of README: cost against time with too few pods, from the tables of docs/policy.md. */
import { axisX, axisY, dot, gridX, gridY, line, text } from "@observablehq/plot";
import { bodyTop, frame, type LegendEntry, label, panel, sign } from "../job/report/chart.ts";
import { LIGHT } from "../job/report/theme.ts";

/** One row of a table of the page, as ratios to HPA at 70 %. */
interface Point {
  readonly whose: "ours" | "hpa";
  readonly name: string;
  readonly cost: number;
  readonly under: number;
}

/** Rows of the page that are drawn, and how they are called. */
const ROWS: Readonly<Record<string, Pick<Point, "whose" | "name">>> = {
  auto: { whose: "ours", name: "default" },
  "auto, slo 0.3 %": { whose: "ours", name: "0.3 %" },
  "auto, slo 1 %": { whose: "ours", name: "1 %" },
  "auto, slo 3 %": { whose: "ours", name: "3 %" },
  hpa: { whose: "hpa", name: "70 %" },
  "hpa at 90 %": { whose: "hpa", name: "90 %" },
};

/**
 * The points of one table of docs/policy.md. `start` is the heading of a start-up time, `set` that of a set of series. Throws where the
 * page lacks a row.
 */
export function pointsOf(page: string, start: string, set: string): readonly Point[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(start)) ?? "";
  const table = section.split(/^### /m).find((part) => part.startsWith(set)) ?? "";
  return Object.entries(ROWS).map(([row, drawn]) => {
    const cells = table
      .split("\n")
      .map((entry) => entry.split("|").map((cell) => cell.trim()))
      .find(([, name]) => name === row);
    if (cells === undefined) throw new Error(`docs/policy.md: no row ${row} under "${start}", "${set}"`);
    return { ...drawn, cost: Number(cells[2]), under: Number(cells[3]) };
  });
}

const START = "Pods that need 30 s to start";
const SETS = [
  { set: "11 public traces", title: "11 traces that chose the defaults" },
  { set: "19 held back", title: "19 held back from every choice" },
] as const;

const [WIDTH, PLOT, AXIS, LEFT] = [830, 300, 62, 68];
const PANEL = WIDTH / 2;
const COLOURS = { ours: LIGHT.forecast, hpa: LIGHT.pods } as const;
const TICKS = [0.25, 0.5, 1, 2, 4];

/** Draws the README's picture from the text of docs/policy.md. Returns an SVG document. Throws where the page lacks a row. */
export function frontsPicture(page: string): string {
  const legend: readonly LegendEntry[] = [
    { sign: sign.line(COLOURS.ours, 2.5) + sign.dot(COLOURS.ours, 5), label: "ours, by slo" },
    { sign: sign.line(COLOURS.hpa, 2.5) + square, label: "HPA, by target" },
  ];
  const top = bodyTop(legend.length) + 64;
  const all = SETS.map(({ set }) => pointsOf(page, START, set));
  const panels = SETS.map(({ title }, i) => {
    const points = all[i]!;
    const marks = (["ours", "hpa"] as const).flatMap((whose) => {
      const own = points.filter((point) => point.whose === whose);
      const bySetting = own.filter(({ name }) => name !== "default");
      const [at, stroke] = [{ x: "cost", y: "under" } as const, COLOURS[whose]];
      return [
        // the default has no slo: it stands beside the line
        line(bySetting, { ...at, sort: "cost", stroke, strokeWidth: 2.5 }),
        dot(own, { ...at, fill: stroke, r: 5, symbol: whose === "ours" ? "circle" : "square" }),
        text(bySetting, { ...at, text: "name", dx: 8, dy: -9, textAnchor: "start", fill: stroke }),
        // below the line, where no other name stands
        text(
          own.filter(({ name }) => name === "default"),
          { ...at, text: "name", dx: -8, dy: 14, textAnchor: "end", fill: stroke },
        ),
      ];
    });
    return [
      label(i * PANEL + 16, top - 40, title),
      panel({
        left: i * PANEL,
        top: top - 8,
        width: PANEL,
        height: PLOT + AXIS + 8,
        marginLeft: LEFT,
        marginRight: 24,
        marginTop: 8,
        marginBottom: AXIS,
        // the same scales, so that the two can be compared
        x: { label: null, domain: [0.75, 1.1] },
        y: { label: null, type: "log", domain: [0.2, 6.5] },
        marks: [
          gridX({ stroke: LIGHT.grid, strokeOpacity: 1, ticks: 4 }),
          gridY({ stroke: LIGHT.grid, strokeOpacity: 1, ticks: TICKS }),
          axisX({ ticks: 4 }),
          axisY({ ticks: TICKS, tickFormat: (v: number) => String(v) }),
          ...marks,
        ],
      }),
    ].join("\n");
  });
  return frame({
    width: WIDTH,
    height: top + PLOT + AXIS + 14,
    title: "Lower left is better: cost and time with too few pods",
    legend,
    body: [
      ...panels,
      label(16, top - 14, "time with too few pods, HPA at 70 % = 1"),
      label(WIDTH - 24, top + PLOT + AXIS - 2, "pod-hours, HPA at 70 % = 1", 'text-anchor="end"'),
    ].join("\n"),
  });
}

const square = `<rect x="8" y="2" width="8" height="8" fill="${COLOURS.hpa}"/>`;
