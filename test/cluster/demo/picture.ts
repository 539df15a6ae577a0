/** The picture of a demo run: load, measured CPU, forecasts, replicas and ready pods over time, ours above the reactive policy. */
import { axisX, axisY, dot, lineY, link, type Markish, plot, ruleX, text } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { DemoRun } from "./runs.ts";
import type { DemoSample, Wave } from "./waves.ts";

/** One policy's part of the picture. */
export interface Panel {
  readonly title: string;
  readonly samples: readonly DemoSample[];
  readonly waves: readonly Wave[];
  /** Runs with forecasts, where the policy has some. */
  readonly runs: readonly DemoRun[];
}

const [WIDTH, HEIGHT, HEAD] = [960, 290, 40];
const COLORS = { load: "#1b1f24", cpu: "#1f6feb", replicas: "#bc4c00", forecast: "#1a7f37", quiet: "#6e7781" };
const LEGEND = [
  ["load asked for", COLORS.load, ""],
  ["CPU measured", COLORS.cpu, "0 5"],
  ["replicas", COLORS.replicas, ""],
  ["ready pods", COLORS.replicas, "2 3"],
  ["forecast bought", COLORS.forecast, ""],
] as const;

/** One SVG document. `perPod` is the target CPU of a pod, which puts replicas on the axis of the load. */
export function demoPicture(panels: readonly Panel[], perPod: number): string {
  const values = panels.flatMap(({ samples, runs }) => [
    ...samples.flatMap((s) => [s.demand, s.replicas * perPod, Number.isFinite(s.measured) ? s.measured : 0]),
    ...runs.map((run) => run.quantile ?? 0),
  ]);
  // a line of room for the leads
  const top = Math.max(...values) * 1.12;
  const parts = panels.map((panel, i) => {
    const y = i * (HEIGHT + HEAD + 10);
    return `${headOf(panel.title, y, panel.runs.length > 0)}${panelOf(panel, perPod, top, y + HEAD)}`;
  });
  const total = panels.length * (HEIGHT + HEAD + 10);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${total}" viewBox="0 0 ${WIDTH} ${total}" font-family="system-ui, sans-serif" font-size="12"><rect width="${WIDTH}" height="${total}" fill="white"/>${parts.join("")}</svg>\n`;
}

function panelOf({ samples, waves, runs }: Panel, perPod: number, top: number, y: number): string {
  const { document } = parseHTML("<html><body></body></html>");
  const node = plot({
    document,
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 52,
    marginRight: 52,
    marginTop: 14,
    marginBottom: 36,
    style: { background: "white", fontSize: "12px" },
    x: { domain: [0, (samples.at(-1)?.t ?? 60) / 60] },
    y: { domain: [0, top], grid: true },
    marks: [
      axisX({ label: "minutes since the load began", labelAnchor: "center", labelArrow: "none" }),
      axisY({ label: null, ticks: 6 }),
      axisY({
        anchor: "right",
        label: null,
        ticks: Array.from({ length: 6 }, (_, k) => 2 * k * perPod).filter((v) => v <= top),
        tickFormat: (v: number) => String(Math.round(v / perPod)),
      }),
      text(["cores"], { frameAnchor: "top-left", dx: -46, dy: -14, textAnchor: "start", fill: COLORS.quiet }),
      text(["pods"], { frameAnchor: "top-right", dx: 46, dy: -14, textAnchor: "end", fill: COLORS.quiet }),
      ...marksOf(samples, waves, runs, perPod, top),
    ],
  });
  const svg = node.outerHTML.replace(/^<svg /, `<svg y="${y}" `);
  return svg.includes("xmlns=") ? svg : svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ');
}

function marksOf(
  samples: readonly DemoSample[],
  waves: readonly Wave[],
  runs: readonly DemoRun[],
  perPod: number,
  top: number,
): Markish[] {
  const minutes = (s: { t: number }) => s.t / 60;
  const step = { x: minutes, curve: "step-after", stroke: COLORS.replicas } as const;
  const bought = runs.filter((run) => run.quantile !== null && run.lead !== null && run.t >= 0);
  return [
    ruleX(waves, { x: (w) => w.peak / 60, stroke: "#d0d7de", strokeDasharray: "3 3" }),
    link(bought, {
      x1: minutes,
      x2: (run: DemoRun) => Math.min(run.t + run.lead!, samples.at(-1)?.t ?? 0) / 60,
      y1: "quantile",
      y2: "quantile",
      stroke: COLORS.forecast,
      strokeWidth: 2,
      strokeOpacity: 0.75,
    }),
    lineY(samples, { ...step, y: (s) => s.replicas * perPod, strokeWidth: 2 }),
    lineY(samples, { ...step, y: (s) => s.ready * perPod, strokeDasharray: "2 3" }),
    lineY(samples, { x: minutes, y: "demand", stroke: COLORS.load, strokeWidth: 1.5 }),
    dot(
      samples.filter((s) => Number.isFinite(s.measured)),
      { x: minutes, y: "measured", r: 1.6, fill: COLORS.cpu },
    ),
    text(waves, { x: (w) => w.peak / 60, y: top, dy: 8, text: leadText, fill: COLORS.quiet, stroke: "white" }),
  ];
}

/** Above a wave: when the replicas were half-way up, as seen from the load's own rise. */
function leadText({ lead }: Wave): string {
  if (lead === null) return "no rise";
  return lead >= 0 ? `led by ${lead.toFixed(0)} s` : `${(-lead).toFixed(0)} s late`;
}

function headOf(title: string, y: number, forecasts: boolean): string {
  const entries = forecasts ? LEGEND : LEGEND.slice(0, -1);
  const items = entries.map(([name, color, dashes], i) => {
    const x = 300 + i * 128;
    const line = `<line x1="${x}" x2="${x + 22}" y1="${y + 18}" y2="${y + 18}" stroke="${color}" stroke-width="${dashes === "0 5" ? 3.5 : 2}" stroke-dasharray="${dashes}" stroke-linecap="${dashes === "0 5" ? "round" : "butt"}"/>`;
    return `${line}<text x="${x + 28}" y="${y + 22}">${name}</text>`;
  });
  return `<text x="6" y="${y + 22}" font-size="14" font-weight="bold">${title}</text>${items.join("")}`;
}
