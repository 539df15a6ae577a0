/** The page of a replay: scores and, per policy, demand against ready capacity and replicas; one file, inline SVG, no scripts. */
import { areaY, lineY, type Markish, plot } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { ReplayOptions, ReplayResult, ReplayRow } from "../replay/types.ts";
import { escapeXml } from "./chart.ts";
import { number } from "./text.ts";

/** What the page is made of. */
export interface ReplayPage {
  readonly file: string;
  readonly options: ReplayOptions;
  readonly result: ReplayResult;
}

/** Colours that stay apart for colour-blind readers (Okabe and Ito 2008); more policies begin again. */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];
const INK = "#1b1f24";
/** Points drawn at most: more would only make the file larger than the screen is wide. */
const MOST_POINTS = 1600;

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;color:${INK};max-width:1020px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.4rem}h2{font-size:1.05rem;margin:2rem 0 .2rem}table{border-collapse:collapse;margin:1rem 0}
td,th{padding:.25rem .9rem;text-align:right;border-bottom:1px solid #d8dee4;font-variant-numeric:tabular-nums}
td:first-child,th:first-child{text-align:left}p.note{color:#57606a;font-size:.9rem}svg{max-width:100%;height:auto}
.sign{display:inline-block;width:.8em;height:.8em;margin-right:.5em;border-radius:2px}`;

interface Bucket {
  readonly t: Date;
  readonly demand: number;
  readonly ready: number;
  readonly replicas: number;
}

/** Buckets that keep what matters: the highest demand and the fewest ready pods of each. */
export function thin(rows: readonly ReplayRow[], most: number): readonly Bucket[] {
  const size = Math.max(1, Math.ceil(rows.length / most));
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, b) => {
    const part = rows.slice(b * size, (b + 1) * size);
    return {
      t: new Date(part[0]!.t * 1000),
      demand: Math.max(...part.map((r) => r.demand)),
      ready: Math.min(...part.map((r) => r.ready)),
      replicas: Math.max(...part.map((r) => r.replicas)),
    };
  });
}

function draw(marks: Markish[], label: string, height: number, domain: readonly [Date, Date]): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const long = domain[1].getTime() - domain[0].getTime() > 86_400_000;
  const chart = plot({
    document,
    width: 980,
    height,
    marginLeft: 56,
    marginRight: 24,
    style: { fontFamily: "system-ui, sans-serif", fontSize: "11px", color: INK, background: "none" },
    x: { type: "utc", label: "time (UTC)", domain: [...domain], tickFormat: long ? "%b %d %H:%M" : "%H:%M" },
    y: { label, grid: true, zero: true, nice: true },
    marks,
  });
  return chart.outerHTML.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" role="img" ');
}

function policySection(
  name: string,
  buckets: readonly Bucket[],
  request: number,
  colour: string,
  domain: readonly [Date, Date],
): string {
  const capacity = (b: Bucket) => b.ready * request;
  const chart = draw(
    [
      areaY(buckets, { x: "t", y: capacity, fill: colour, fillOpacity: 0.16, curve: "step-after" }),
      lineY(buckets, { x: "t", y: capacity, stroke: colour, strokeWidth: 1.5, curve: "step-after" }),
      areaY(buckets, {
        x: "t",
        y1: (b: Bucket) => Math.min(b.demand, capacity(b)),
        y2: "demand",
        fill: "#cf222e",
        fillOpacity: 0.6,
      }),
      lineY(buckets, { x: "t", y: "demand", stroke: INK, strokeWidth: 1 }),
    ],
    "cores",
    220,
    domain,
  );
  return `<h2><span class="sign" style="background:${colour}"></span>${escapeXml(name)}</h2>${chart}`;
}

function scoreTable({ result }: ReplayPage, colour: (name: string) => string): string {
  const base = result.policies.hpa;
  const ratio = (own: number, other: number | undefined) =>
    other === undefined || other === 0 ? "" : ` (${(own / other).toFixed(2)})`;
  const rows = Object.entries(result.policies).map(([name, s]) => {
    const cells = [
      `${number(s.podHours)}${ratio(s.podHours, base?.podHours)}`,
      `${(100 * s.under).toFixed(2)} %${ratio(s.under, base?.under)}`,
      `${(100 * s.unserved).toFixed(2)} %${ratio(s.unserved, base?.unserved)}`,
      `${s.actions}${ratio(s.actions, base?.actions)}`,
    ];
    return `<tr><td><span class="sign" style="background:${colour(name)}"></span>${escapeXml(name)}</td>${cells.map((c) => `<td>${c}</td>`).join("")}</tr>`;
  });
  const note = base === undefined ? "" : '<p class="note">In brackets: as a ratio to the HPA.</p>';
  return `<table><thead><tr><th>policy</th><th>pod-hours</th><th>time under</th><th>unserved demand</th><th>actions</th></tr></thead><tbody>${rows.join("")}</tbody></table>${note}`;
}

/** The page as HTML. */
export function replayHtml(page: ReplayPage): string {
  const { file, options, result } = page;
  const names = Object.keys(result.policies);
  const colour = (name: string) => COLOURS[names.indexOf(name) % COLOURS.length]!;
  const buckets = new Map(
    names.map((name) => [
      name,
      thin(
        result.rows.filter((r) => r.policy === name),
        MOST_POINTS,
      ),
    ]),
  );
  const first = buckets.get(names[0]!) ?? [];
  const domain = [first[0]?.t ?? new Date(0), first.at(-1)?.t ?? new Date(0)] as const;
  const all = names.map((name) =>
    lineY(buckets.get(name)!, { x: "t", y: "replicas", stroke: colour(name), strokeWidth: 1.5, curve: "step-after" }),
  );
  const settings = `A pod is ready ${options.startup} s after the decision and serves ${options.request} cores; ours aims at ${options.targetCpu} cores a pod, the HPA at ${Math.round(100 * options.hpaTarget)} % of the request; a decision every ${options.every} s.`;
  const sections = names.map((name) => policySection(name, buckets.get(name)!, options.request, colour(name), domain));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Replay of ${escapeXml(file)}</title><style>${STYLE}</style></head>
<body><h1>Replay of ${escapeXml(file)}</h1><p>${result.steps} steps of 15 s. ${escapeXml(settings)}</p>
${scoreTable(page, colour)}
<p class="note">Time under: share of steps with demand above what the ready pods serve. Unserved: share of the demand above it.</p>
<h2>Replicas of all policies</h2>${draw(all, "replicas", 220, domain)}
<p class="note">Below: demand (black), what the ready pods serve (coloured), demand above it (red).</p>
${sections.join("\n")}
</body></html>
`;
}
