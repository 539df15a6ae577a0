/** The figure of the settings: cost across, time below the demand upwards on a log scale. Pointer or keys select a mark. */
import uPlot from "uplot";
import { FRONT_MARKS, type Glyph } from "../front-marks.ts";
import type { Front, FrontKind } from "../types.ts";
import { colourOf } from "./chart.ts";
import { element } from "./decision.ts";

/** Shares below this are drawn on the lowest line, zero. Each line above is ten times as much. */
const ZERO = 1e-4;
const HEIGHT = 320;
const KINDS = Object.keys(FRONT_MARKS) as FrontKind[];

/** Height of a share in the figure: 0 for zero, 1 for ZERO, 2 for ten times that. */
function heightOf(under: number): number {
  return under < ZERO ? 0 : 1 + Math.log10(under / ZERO);
}

/** Draws the figure into its section; the returned function draws it again and keeps the selected mark. */
export function createFront(host: HTMLElement, { points, slo }: Front): () => void {
  const place = host.querySelector<HTMLElement>(".plot")!;
  const details = host.querySelector<HTMLElement>(".selected")!;
  const first = KINDS.map((kind) => points.findIndex((point) => point.kind === kind)).find((i) => i >= 0) ?? 0;
  let [index, plot] = [first, undefined as uPlot | undefined];

  const select = (wanted: number): void => {
    index = Math.max(0, Math.min(points.length - 1, wanted));
    const { kind, label, text } = points[index]!;
    const headline = element(
      "p",
      "headline",
      label === FRONT_MARKS[kind].words ? label : `${label} (${FRONT_MARKS[kind].words})`,
    );
    details.replaceChildren(headline, element("p", "", text));
    place.setAttribute("aria-valuemax", String(points.length - 1));
    place.setAttribute("aria-valuenow", String(index));
    place.setAttribute("aria-valuetext", `${label}: ${text}`);
    plot?.redraw(false, false);
  };
  const at = (drawn: uPlot, i: number, canvas: boolean) => {
    const { cost, under } = points[i]!;
    return [drawn.valToPos(cost, "x", canvas), drawn.valToPos(heightOf(under), "y", canvas)] as const;
  };
  const nearest = (drawn: uPlot): void => {
    const { left = -1, top = -1 } = drawn.cursor;
    if (left < 0) return;
    const far = points.map((_, i) => {
      const [x, y] = at(drawn, i, false);
      return Math.hypot(x - left, y - top);
    });
    const found = far.indexOf(Math.min(...far));
    if (found !== index) select(found);
  };
  const draw = (drawn: uPlot): void => {
    drawLine(drawn, heightOf(slo));
    const order = points
      .map((_, i) => i)
      .sort((a, b) => KINDS.indexOf(points[b]!.kind) - KINDS.indexOf(points[a]!.kind));
    for (const i of order) drawMark(drawn.ctx, at(drawn, i, true), FRONT_MARKS[points[i]!.kind]);
    drawRing(drawn.ctx, at(drawn, index, true));
  };
  place.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const to = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: points.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    select(to);
  });
  return () => {
    plot?.destroy();
    plot = new uPlot(
      optionsOf(place.clientWidth, [...points.map(({ under }) => under), slo], { nearest, draw }),
      dataOf(points),
      place,
    );
    select(index);
  };
}

function dataOf(points: Front["points"]): uPlot.AlignedData {
  return [points.map(({ cost }) => cost), points.map(({ under }) => heightOf(under))];
}

function optionsOf(
  width: number,
  shares: readonly number[],
  { nearest, draw }: { readonly nearest: (plot: uPlot) => void; readonly draw: (plot: uPlot) => void },
): uPlot.Options {
  const look = { stroke: colourOf("ink"), font: "12px system-ui, sans-serif" };
  const lines = { grid: { stroke: colourOf("grid"), width: 1 }, ticks: { stroke: colourOf("grid"), width: 1 } };
  const top = Math.max(...shares.map(heightOf)) + 0.3;
  const named = [0, 1, 2, 3, 4, 5].filter((height) => height <= top);
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { show: false }, x: false, y: false },
    scales: {
      x: {
        time: false,
        range: (_, min, max) => [min - Math.max(0.04 * (max - min), 1e-3), max + Math.max(0.04 * (max - min), 1e-3)],
      },
      y: { range: [-0.3, top] },
    },
    axes: [
      { ...look, ...lines, size: 32, space: 60 },
      { ...look, ...lines, size: 60, splits: () => named, values: (_, splits) => splits.map(nameOf) },
    ],
    series: [{}, { stroke: "transparent", points: { show: false } }],
    hooks: { setCursor: [nearest], draw: [draw] },
  };
}

/** `0.1 %`, by the height. */
function nameOf(height: number): string {
  return height === 0 ? "0 %" : `${Number((100 * ZERO * 10 ** (height - 1)).toPrecision(2))} %`;
}

/** Draws the line of the allowed share. */
function drawLine({ ctx, bbox, valToPos }: uPlot, height: number): void {
  const y = valToPos(height, "y", true);
  ctx.save();
  ctx.strokeStyle = colourOf("muted");
  ctx.fillStyle = colourOf("muted");
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = "right";
  ctx.textBaseline = "bottom";
  ctx.fillText("allowed", bbox.left + bbox.width - 4 * devicePixelRatio, y - 2 * devicePixelRatio);
  ctx.restore();
}

function drawMark(
  ctx: CanvasRenderingContext2D,
  [x, y]: readonly [number, number],
  { role, glyph }: { readonly role: string; readonly glyph: Glyph },
): void {
  const r = (glyph === "\u25c6" ? 8 : 5) * devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  if (glyph === "\u25cf" || glyph === "\u25cb") ctx.arc(x, y, glyph === "\u25cb" ? 0.8 * r : r, 0, 2 * Math.PI);
  else {
    const corners = CORNERS[glyph];
    for (const [dx, dy] of corners) ctx.lineTo(x + r * dx, y + r * dy);
    ctx.closePath();
  }
  ctx.fillStyle = glyph === "\u25cb" ? colourOf("paper") : colourOf(role);
  ctx.strokeStyle = glyph === "\u25cb" ? colourOf(role) : colourOf("paper");
  ctx.lineWidth = (glyph === "\u25cb" ? 1.5 : 1) * devicePixelRatio;
  ctx.fill();
  ctx.stroke();
  ctx.restore();
}

/** In units of the mark's size, y downwards. */
const CORNERS = {
  "\u25c6": [
    [0, -1],
    [1, 0],
    [0, 1],
    [-1, 0],
  ],
  "\u25a0": [
    [-0.9, -0.9],
    [0.9, -0.9],
    [0.9, 0.9],
    [-0.9, 0.9],
  ],
  "\u25b2": [
    [0, -1.1],
    [1.1, 0.9],
    [-1.1, 0.9],
  ],
} as const;

/** Draws a ring around the selected mark. */
function drawRing(ctx: CanvasRenderingContext2D, [x, y]: readonly [number, number]): void {
  ctx.save();
  ctx.strokeStyle = colourOf("ink");
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.beginPath();
  ctx.arc(x, y, 11 * devicePixelRatio, 0, 2 * Math.PI);
  ctx.stroke();
  ctx.restore();
}
