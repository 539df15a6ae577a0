/** The picture as SVG by Observable Plot: black points as measured, the blue forecast with its band, what the pods can carry. */
import { areaY, lineY, type Markish, plot, dot as plotDot, text as plotText, ruleX } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { Picture } from "./picture.ts";
import { amount, number } from "./text.ts";

const BLUE = "#1f6feb";
const INK = "#1b1f24";
const GREY = "#6e7781";
const ORANGE = "#bc4c00";

export interface SvgOptions {
  readonly width?: number;
  readonly height?: number;
}

const date = (t: number) => new Date(t * 1000);

function marks(picture: Picture, top: number): Markish[] {
  const { capacity, cover, future, now } = picture;
  const first = picture.actual[0]!;
  const end = Math.max(now, future.at(-1)?.t ?? now, cover?.until ?? now);
  // the curve is drawn through the newest point: the eye should not see a hole between past and forecast
  const newest = picture.fitted.at(-1) ?? picture.actual.at(-1)!;
  const joined = future.length === 0 ? [] : [{ ...newest, low: newest.y, high: newest.y }, ...future];
  const steps = [
    { t: first.t, y: capacity.before },
    { t: now, y: capacity.before },
    { t: now, y: capacity.after },
    { t: end, y: capacity.after },
  ];
  const shown = Math.max(capacity.before, capacity.after) <= top;
  return [
    areaY(joined, { x: (p) => date(p.t), y1: (p) => p.low, y2: (p) => p.high, fill: BLUE, fillOpacity: 0.18 }),
    ...(shown
      ? [lineY(steps, { x: (p) => date(p.t), y: (p) => p.y, stroke: ORANGE, strokeWidth: 1.5, strokeDasharray: "5 3" })]
      : []),
    lineY(picture.fitted, { x: (p) => date(p.t), y: (p) => p.y, stroke: BLUE, strokeWidth: 1.25, strokeOpacity: 0.75 }),
    lineY(joined, { x: (p) => date(p.t), y: (p) => p.y, stroke: BLUE, strokeWidth: 2.5 }),
    plotDot(picture.actual, { x: (p) => date(p.t), y: (p) => p.y, r: 1.8, fill: INK }),
    ...(cover === null
      ? []
      : [
          lineY([now, cover.until], {
            x: (t) => date(t),
            y: () => cover.y,
            stroke: BLUE,
            strokeWidth: 1.5,
            strokeDasharray: "2 2",
          }),
        ]),
    ruleX([date(now)], { stroke: GREY, strokeDasharray: "3 3" }),
    plotText([{ t: now }], {
      x: (p) => date(p.t),
      frameAnchor: "top",
      text: () => "now",
      textAnchor: "end",
      dx: -5,
      dy: 2,
      fill: GREY,
    }),
  ];
}

/** The legend, as SVG: drawn here so that the file stands alone. */
function legend(picture: Picture, x: number, y: number): string {
  const { capacity, cover } = picture;
  const pods = capacity.from === capacity.to ? `${capacity.to} pods` : `${capacity.from} to ${capacity.to} pods`;
  const items: readonly (readonly [string, string])[] = [
    [`<circle cx="9" cy="-4" r="2.2" fill="${INK}"/>`, `${picture.load} as measured`],
    [`<path d="M0-4h18" stroke="${BLUE}" stroke-width="2.5"/>`, "forecast"],
    [`<path d="M0-9h18v10h-18z" fill="${BLUE}" fill-opacity=".18"/>`, "90 % band"],
    ...(cover === null
      ? []
      : [
          [
            `<path d="M0-4h18" stroke="${BLUE}" stroke-width="1.5" stroke-dasharray="2 2"/>`,
            `to cover: ${amount(cover.y, picture.unit)} (${number(cover.level)} quantile)`,
          ] as const,
        ]),
    [
      `<path d="M0-4h18" stroke="${ORANGE}" stroke-width="1.5" stroke-dasharray="5 3"/>`,
      `carried at target by ${pods}`,
    ],
  ];
  let at = x;
  const parts = items.map(([sign, label]) => {
    const part = `<g transform="translate(${at},${y})">${sign}<text x="24" fill="${INK}">${escapeXml(label)}</text></g>`;
    // about 6.1 px a character at 11 px, and the sign
    at += 24 + label.length * 6.1 + 16;
    return part;
  });
  return parts.join("");
}

/** Escapes a text for XML. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** An SVG file of the picture: stands alone, light background, the same bytes for the same picture. Throws RangeError when there is nothing to draw. */
export function forecastSvg(picture: Picture, options: SvgOptions = {}): string {
  if (picture.actual.length === 0) throw new RangeError("a picture needs at least one measured point");
  const width = options.width ?? 920;
  const height = options.height ?? 380;
  const head = 58;
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const values = [...picture.actual.map((p) => p.y), ...picture.future.map((p) => p.high), picture.cover?.y ?? 0];
  const data = Math.max(...values, 1e-9);
  const capacity = Math.max(picture.capacity.before, picture.capacity.after);
  // capacity far above the load would press the load flat; the legend still names it
  const top = (capacity <= 2.5 * data ? Math.max(data, capacity) : data) * 1.06;
  const milli = picture.unit === "cores" && top < 2;
  const chart = plot({
    document,
    width,
    height: height - head,
    marginLeft: 56,
    marginRight: 24,
    marginTop: 14,
    marginBottom: 34,
    style: { fontFamily: "system-ui, sans-serif", fontSize: "11px", color: INK, background: "none" },
    x: { type: "utc", label: "time (UTC)", tickSize: 4, tickFormat: "%H:%M" },
    y: {
      domain: [0, top],
      label: null,
      grid: true,
      ticks: 6,
      tickFormat: (v: number) => (milli ? `${Math.round(v * 1000)}m` : number(v)),
    },
    marks: marks(picture, top),
  });
  const inner = chart.outerHTML.replace("<svg ", `<svg y="${head}" `);
  const unit = milli ? "milli-cores" : picture.unit;
  const title = `${picture.title}: ${picture.load}${unit === "" ? "" : ` (${unit})`}, forecast and replicas`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="11" role="img">`,
    `<title>${escapeXml(title)}</title><rect width="100%" height="100%" fill="#fff"/>`,
    `<text x="16" y="24" font-size="15" font-weight="600" fill="${INK}">${escapeXml(title)}</text>`,
    `<g>${legend(picture, 16, 46)}</g>${inner}</svg>\n`,
  ].join("");
}
