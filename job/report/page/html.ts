/** The report as one HTML file: texts as text, charts drawn by its one script from its own data. No network, no markup from data. */
import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import { escapeXml } from "../chart.ts";
import { DARK, LIGHT, type Role } from "../theme.ts";
import { FRONT_MARKS } from "./front-marks.ts";
import type { FrontKind, PageData, Section } from "./types.ts";

/** The texts of the page besides its charts. */
export interface Page {
  readonly title: string;
  /** The result in one sentence, which is read first. */
  readonly sentence: string;
  readonly notes: readonly string[];
  /** Head and rows; the first cell of a row may have a colour. */
  readonly scores: Scores | null;
  /** Settings against each other, drawn from `data.front`. */
  readonly front?: FrontText;
  /** Heading and notes of the scores and charts below the settings. */
  readonly between?: { readonly heading: string; readonly notes: readonly string[] } | null;
  readonly data: PageData;
  /** SVG to show at the end, by its heading. */
  readonly pictures: readonly (readonly [heading: string, svg: string])[];
}

/** A table of scores. */
export interface Scores {
  readonly head: readonly string[];
  readonly rows: readonly ScoreRow[];
}

/** The texts beside the figure of the settings. */
export interface FrontText {
  /** The YAML for the configuration file; null: nothing is advised. */
  readonly yaml: string | null;
  readonly tables: readonly (readonly [heading: string, table: Scores])[];
}

/** A row of the table of scores; `role` is the colour of its first cell. */
export interface ScoreRow {
  readonly role: Role | null;
  readonly cells: readonly string[];
}

/** Script and style of the page, as `npm run build` makes them. */
export interface Assets {
  readonly script: string;
  readonly style: string;
}

/** The whole file as text. */
export function pageHtml(page: Page, { script, style }: Assets): string {
  const css = `${palette()}${style}`;
  const code = script.replaceAll("</script", "<\\/script");
  // nothing may be fetched, and no script runs but this one, whatever a name or a message holds
  const policy = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-${sha(code)}'; base-uri 'none'; form-action 'none'`;
  const packed = deflateSync(JSON.stringify(page.data), { level: 9 }).toString("base64");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escapeXml(page.title)}</title><style>${css}</style></head>
<body><main><h1>${escapeXml(page.title)}</h1>
<p class="lead">${escapeXml(page.sentence)}</p>
${notesHtml(page.notes)}
${page.front === undefined ? "" : frontHtml(page.front, page.data)}
${page.between ? `<h2>${escapeXml(page.between.heading)}</h2>${notesHtml(page.between.notes)}` : ""}
${scoresHtml(page.scores, "Scores")}
<noscript><p>The charts need JavaScript; the figures above and the moments below do not.</p></noscript>
<p id="problem" role="alert"></p>
${page.data.sections.map((section, i) => sectionHtml(section, i, page.data.sections.length)).join("\n")}
${page.pictures.map(([heading, svg]) => `<h2>${escapeXml(heading)}</h2><div class="wide">${svg}</div>`).join("\n")}
</main>
<script type="text/plain" id="data">${packed}</script>
<script>${code}</script>
</body></html>
`;
}

function sha(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("base64");
}

/** The colours of all pictures as variables, and a class for each. */
function palette(): string {
  const set = (colours: Readonly<Record<Role, string>>) =>
    (Object.keys(colours) as Role[]).map((role) => `--${role}:${colours[role]}`).join(";");
  const classes = (Object.keys(LIGHT) as Role[]).map((role) => `.${role}{color:var(--${role})}`).join("");
  const light = `:root{color-scheme:light dark;${set(LIGHT)}}`;
  const dark = `@media (prefers-color-scheme:dark){:root{${set(DARK)}}}`;
  return `${light}${dark}:root.paper{${set(LIGHT)}}@media print{:root{${set(LIGHT)}}}${classes}`;
}

function scoresHtml(scores: Scores | null, label: string): string {
  if (scores === null) return "";
  const head = scores.head.map((name) => `<th scope="col">${escapeXml(name)}</th>`).join("");
  const rows = scores.rows.map(({ role, cells }) => {
    const sign = role === null ? "" : `<span class="sign ${role}"></span>`;
    const [first, ...rest] = cells.map(escapeXml);
    return `<tr><th scope="row">${sign}${first}</th>${rest.map((cell, i) => `<td data-name="${escapeXml(scores.head[i + 1]!)}">${cell}</td>`).join("")}</tr>`;
  });
  return `<div class="wide" tabindex="0" role="region" aria-label="${escapeXml(label)}"><table class="scores"><thead><tr>${head}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

const KEYS =
  "Point at the charts, or choose them and use the arrow keys. Left and right go from decision to decision, with Shift from change to change. Up and down zoom; Escape shows the whole time. Drag over a stretch of time to zoom into it.";

function notesHtml(notes: readonly string[]): string {
  return notes.map((note) => `<p class="note">${escapeXml(note)}</p>`).join("\n");
}

function frontHtml({ tables, yaml }: FrontText, { front }: PageData): string {
  const known = (Object.keys(FRONT_MARKS) as FrontKind[]).filter((kind) =>
    front!.points.some((point) => point.kind === kind),
  );
  const legend = known.map((kind) => {
    const { role, glyph, words } = FRONT_MARKS[kind];
    return `<li><span class="${role}" aria-hidden="true">${glyph}</span> ${words}</li>`;
  });
  const paste =
    yaml === null
      ? ""
      : `<h3>To paste into the file of settings</h3><pre class="wide" tabindex="0">${escapeXml(yaml)}</pre>`;
  return `<section class="front">
${paste}
<h2>What the settings cost, and what they leave</h2>
<h3>Time below the demand over pod-hours</h3>
<ul class="marks">${legend.join("")}</ul>
<p class="note keys">Point at a mark, or choose the figure and use the arrow keys: left and right go from cheaper to dearer settings.</p>
<div class="plot" tabindex="0" role="slider" aria-label="Settings" aria-valuemin="0" aria-valuemax="0" aria-valuenow="0"></div>
<div class="selected" aria-live="polite"></div>
${tables.map(([heading, scores]) => `<h2>${escapeXml(heading)}</h2>${scoresHtml(scores, heading)}`).join("\n")}
</section>`;
}

function sectionHtml(section: Section, index: number, count: number): string {
  const charts = section.charts.map(
    ({ title, unit }) =>
      `<h3>${escapeXml(unit === "" ? title : `${title}, ${unit}`)}; time is UTC</h3><div class="chart"></div>`,
  );
  const moments = section.moments.map(
    ({ t, text }) => `<li><a href="#${index}/${Math.round(t)}">${escapeXml(text)}</a></li>`,
  );
  return `<section class="view">
${count > 1 ? `<h2>${escapeXml(section.name)}</h2>` : ""}
<div class="switches"></div><div class="buttons"></div>
<p class="note keys">${KEYS}</p>
<div class="timeline" tabindex="0" role="slider" aria-label="Decisions" aria-valuemin="0" aria-valuemax="0" aria-valuenow="0">${charts.join("\n")}</div>
<div class="selected" aria-live="polite"></div>
${moments.length === 0 ? "" : `<h2>The ${moments.length === 1 ? "worst moment" : `${moments.length} worst moments`} of ${escapeXml(section.momentsOf)}</h2><ol class="moments">${moments.join("")}</ol>`}
</section>`;
}
