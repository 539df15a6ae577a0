/** Self-contained SVG pictures: a frame with title and legend, and panels drawn by Observable Plot. */
import { type PlotOptions, plot } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { LIGHT, pictureStyle } from "./theme.ts";

/** One mark of the legend: its drawing in a box of 24 x 12, and its name. */
export interface LegendEntry {
  readonly sign: string;
  readonly label: string;
}

/** A whole picture. */
export interface PictureFrame {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly legend: readonly LegendEntry[];
  /** Entries beside each other. */
  readonly columns?: number;
  /** Font sizes: on a wide page, and on a phone. */
  readonly font?: number;
  readonly narrow?: number;
  /** SVG below the legend; its own 0 is the picture's. */
  readonly body: string;
}

const PAD = 16;
/** Distance of the legend's lines: room for a phone's font size. */
const LINE = 27;

/** Where the body of a picture begins, for so many legend entries in so many columns. */
export function bodyTop(entries: number, columns = 2): number {
  return 44 + Math.ceil(entries / columns) * LINE;
}

/** The picture as an SVG file: no script, nothing fetched, the same bytes for the same content. */
export function frame({
  width,
  height,
  title,
  legend,
  columns = 2,
  font = 14,
  narrow = 22,
  body,
}: PictureFrame): string {
  const column = (width - 2 * PAD) / columns;
  const entries = legend.map(({ sign, label }, i) => {
    const [x, y] = [PAD + (i % columns) * column, 60 + Math.floor(i / columns) * LINE];
    return `<g transform="translate(${x},${y})"><g transform="translate(0,-11)">${sign}</g><text x="32" fill="${LIGHT.ink}">${escapeXml(label)}</text></g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escapeXml(title)}</title><style>${pictureStyle(font, narrow)}</style>`,
    `<rect width="${width}" height="${height}" fill="${LIGHT.paper}"/>`,
    `<text class="title" x="${PAD}" y="28" fill="${LIGHT.ink}">${escapeXml(title)}</text>`,
    ...entries,
    `${body}</svg>\n`,
  ].join("\n");
}

/** The position of a panel in its picture, and its content. Font and colours are those of the picture. */
export interface Panel extends Omit<PlotOptions, "document" | "style"> {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A panel as a nested SVG. Coordinates are rounded to a tenth, so invisible differences do not change the file. */
export function panel({ left, top, ...options }: Panel): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const text = plot({ ...options, document, className: "plot" }).outerHTML;
  return text
    .replace(/<style>.*?<\/style>/s, "")
    .replace("<svg ", `<svg x="${left}" y="${top}" `)
    .replace(/(?<=[ "(,MLHVCZ-])\d+\.\d{3,}/g, (n: string) => String(Math.round(Number(n) * 10) / 10));
}

/** A text of the picture outside its panels. */
export function label(x: number, y: number, content: string, more = ""): string {
  return `<text x="${x}" y="${y}" fill="${LIGHT.muted}" ${more}>${escapeXml(content)}</text>`;
}

/** Signs of the legend. */
export const sign = {
  line: (colour: string, width: number, dash = ""): string =>
    `<path d="M0 6h24" fill="none" stroke="${colour}" stroke-width="${width}"${dash === "" ? "" : ` stroke-dasharray="${dash}"`}/>`,
  dot: (colour: string, r: number): string => `<circle cx="12" cy="6" r="${r}" fill="${colour}"/>`,
  band: (colour: string, opacity: number): string =>
    `<path d="M0 0h24v12h-24z" fill="${colour}" fill-opacity="${opacity}"/>`,
};

/** Escapes a text for XML. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
