/** The picture of a demo run: load, measured CPU, forecasts, replicas and ready pods over time, ours above the reactive policy. */
import { axisX, axisY, dot, gridY, lineY, link, type Markish, ruleX, text } from "@observablehq/plot";
import { bodyTop, frame, type LegendEntry, label, panel, sign } from "../../../job/report/chart.ts";
import { LIGHT } from "../../../job/report/theme.ts";
import type { DemoRun } from "./runs.ts";
import type { DemoSample, Wave } from "./waves.ts";

/** What is drawn of a run: what it bought, and for how long ahead. */
export type DrawnRun = Pick<DemoRun, "t" | "quantile" | "lead">;

/** One policy's part of the picture. */
export interface DemoPanel {
  readonly title: string;
  readonly samples: readonly DemoSample[];
  readonly waves: readonly Wave[];
  /** Runs with forecasts, where the policy has some. */
  readonly runs: readonly DrawnRun[];
}

const WIDTH = 830;
/** Heights of a panel: its name, its plot, its axis. */
const [HEAD, PLOT, AXIS] = [40, 210, 62];
const EACH = HEAD + PLOT + AXIS;
const [LEFT, RIGHT] = [62, 46];
const READY = "3 4";

const LEGEND: readonly LegendEntry[] = [
  { sign: sign.line(LIGHT.ink, 2), label: "load asked for" },
  { sign: sign.dot(LIGHT.muted, 2.5), label: "CPU as measured" },
  { sign: sign.line(LIGHT.pods, 3), label: "replicas" },
  { sign: sign.line(LIGHT.pods, 2, READY), label: "ready pods" },
  { sign: sign.line(LIGHT.forecast, 4), label: "demand forecast and bought" },
];

/** One SVG document. `perPod` is the target CPU of a pod, which puts replicas on the axis of the load. */
export function demoPicture(panels: readonly DemoPanel[], perPod: number): string {
  const values = panels.flatMap(({ samples, runs }) => [
    ...samples.flatMap((s) => [s.demand, s.replicas * perPod, Number.isFinite(s.measured) ? s.measured : 0]),
    ...runs.map((run) => run.quantile ?? 0),
  ]);
  // a line of room for the leads
  const top = Math.max(...values) * 1.14;
  const begin = bodyTop(LEGEND.length) + 4;
  return frame({
    width: WIDTH,
    height: begin + panels.length * EACH + 6,
    title: "The same load under two policies",
    legend: LEGEND,
    body: panels.map((one, i) => drawn(one, perPod, top, begin + i * EACH)).join("\n"),
  });
}

function drawn({ title, samples, waves, runs }: DemoPanel, perPod: number, top: number, y: number): string {
  const pods = Array.from({ length: 6 }, (_, k) => 4 * k).filter((n) => n * perPod <= top);
  return [
    `<text x="${LEFT + 30}" y="${y + 22}" font-weight="600" fill="${LIGHT.ink}">${title}</text>`,
    label(16, y + 22, "cores"),
    label(WIDTH - 16, y + 22, "pods", 'text-anchor="end"'),
    label(WIDTH - RIGHT, y + HEAD + PLOT + 46, "minutes since the load began", 'text-anchor="end"'),
    panel({
      left: 0,
      top: y + HEAD - 8,
      width: WIDTH,
      height: PLOT + AXIS + 8,
      marginLeft: LEFT,
      marginRight: RIGHT,
      marginTop: 8,
      marginBottom: AXIS,
      x: { domain: [0, (samples.at(-1)?.t ?? 60) / 60], label: null },
      y: { domain: [0, top], label: null },
      marks: [
        gridY({ stroke: LIGHT.grid, strokeOpacity: 1, ticks: 5 }),
        axisX({ label: null, ticks: 8 }),
        axisY({ label: null, ticks: 5 }),
        axisY({
          anchor: "right",
          label: null,
          ticks: pods.map((n) => n * perPod),
          tickFormat: (v: number) => String(Math.round(v / perPod)),
        }),
        ...marksOf(samples, waves, runs, perPod, top),
      ],
    }),
  ].join("\n");
}

function marksOf(
  samples: readonly DemoSample[],
  waves: readonly Wave[],
  runs: readonly DrawnRun[],
  perPod: number,
  top: number,
): Markish[] {
  const minutes = (s: { t: number }) => s.t / 60;
  const step = { x: minutes, curve: "step-after", stroke: LIGHT.pods } as const;
  const covered = runs.filter((run) => run.quantile !== null && run.lead !== null && run.t >= 0);
  return [
    ruleX(waves, { x: (w) => w.peak / 60, y1: 0, y2: top * 0.92, stroke: LIGHT.muted, strokeDasharray: "2 4" }),
    dot(
      samples.filter((s) => Number.isFinite(s.measured)),
      { x: minutes, y: "measured", r: 1.8, fill: LIGHT.muted },
    ),
    lineY(samples, { ...step, y: (s) => s.replicas * perPod, strokeWidth: 3 }),
    lineY(samples, { ...step, y: (s) => s.ready * perPod, strokeWidth: 2, strokeDasharray: READY }),
    link(covered, {
      x1: minutes,
      x2: (run: DrawnRun) => Math.min(run.t + run.lead!, samples.at(-1)?.t ?? 0) / 60,
      y1: "quantile",
      y2: "quantile",
      stroke: LIGHT.forecast,
      strokeWidth: 4,
    }),
    lineY(samples, { x: minutes, y: "demand", stroke: LIGHT.ink, strokeWidth: 2 }),
    text(waves, { x: (w) => w.peak / 60, y: top, dy: 8, text: leadText, fill: LIGHT.ink }),
  ];
}

/** Above a wave: when the replicas were half-way up, as seen from the load's own rise. */
function leadText({ lead }: Wave): string {
  if (lead === null) return "no rise";
  return lead >= 0 ? `led by ${lead.toFixed(0)} s` : `${(-lead).toFixed(0)} s late`;
}
