/** The page of a run: each target's load with its earlier forecasts, the forecast from now on, and the decision with its trail. */

import type { Forecaster } from "../../core/forecast/types.ts";
import type { TargetConfig } from "../../core/target.ts";
import { pluralize } from "../../core/units.ts";
import type { Outcome } from "../../ports.ts";
import { bodyTop, frame } from "../chart.ts";
import type { Components } from "../components.ts";
import { type BandPoint, type Picture, pictureOf } from "../picture.ts";
import type { Reported } from "../reporter.ts";
import { componentsBody, componentsHeight } from "../svg-components.ts";
import { shortNumber } from "../text.ts";
import type { Page, ScoreRow } from "./html.ts";
import { meanings } from "./meanings.ts";
import type { Chart, ChartLayer, PageDecision, PageStage, Section } from "./types.ts";

/** The input of the page. */
export interface RunReport {
  readonly reported: readonly Reported[];
  readonly forecasterOf: (method: TargetConfig["method"]) => Forecaster;
  /** Trend and seasons of each target; empty where they are not asked for. */
  readonly componentsOf: (reported: Reported) => readonly Components[];
}

/** The page of a run. Targets without data appear in the table alone. */
export function runPage({ reported, forecasterOf, componentsOf }: RunReport): Page {
  const drawn = reported.flatMap((one) => {
    const pictures = (one.record?.metrics ?? []).flatMap((metric) => {
      const picture = pictureOf(one.target, one.record!, forecasterOf(one.target.method), metric);
      return picture === null ? [] : [picture];
    });
    return pictures.length === 0 ? [] : [{ one, pictures }];
  });
  const reasons = reported.flatMap(({ outcome }) => [outcome.reason, ...outcome.trail.map((entry) => entry.reason)]);
  return {
    title:
      reported.length === 1
        ? `Decision about ${nameOf(reported[0]!)}`
        : `Decisions about ${pluralize(reported.length, "target")}`,
    sentence: reported.length === 1 ? sentenceOf(reported[0]!) : sumOf(reported),
    notes: [],
    scores:
      reported.length === 1 ? null : { head: ["target", "what was done", "reason", "why"], rows: reported.map(rowOf) },
    data: {
      reasons: meanings(reasons),
      sections: drawn.map(({ one, pictures }) => sectionOf(one, pictures)),
    },
    pictures: reported.flatMap((one) => {
      const parts = componentsOf(one);
      return parts.length === 0 ? [] : [[`Trend and seasons of ${nameOf(one)}`, componentsPicture(parts, nameOf(one))]];
    }),
  };
}

const nameOf = ({ target }: Reported) => `${target.namespace}/${target.name}`;

/** The action, in the words of the text output. */
function doneOf({ outcome }: Reported): string {
  const { action, from, to, sets, object } = outcome;
  const done = wordOf(action);
  if (from === null) return done;
  const of = sets === "replicas" ? "pods" : `${sets} of ${object}`;
  return to === null || from === to ? `${done} at ${from} ${of}` : `${done} ${from} \u2192 ${to} ${of}`;
}

function wordOf(action: Outcome["action"]): string {
  return action === "wouldScale" ? "would scale" : action;
}

function sentenceOf(one: Reported): string {
  return `${nameOf(one)}: ${doneOf(one)}. ${one.outcome.message}.`;
}

function sumOf(reported: readonly Reported[]): string {
  const counts = Map.groupBy(reported, ({ outcome }) => wordOf(outcome.action));
  return `${[...counts].map(([action, list]) => `${list.length} ${action}`).join(", ")}.`;
}

function rowOf(one: Reported): ScoreRow {
  return { role: null, cells: [nameOf(one), doneOf(one), one.outcome.reason, one.outcome.message] };
}

/** One chart per metric, all over the same time. */
function sectionOf(one: Reported, pictures: readonly Picture[]): Section {
  const { step } = pictures[0]!;
  const start = Math.min(...pictures.map(({ actual }) => actual[0]!.t));
  const end = Math.max(...pictures.map(({ now, lead, future }) => Math.max(now + lead, future.at(-1)?.t ?? now)));
  const steps = Math.max(2, Math.ceil((end - start) / step) + 1);
  const at = (t: number) => Math.min(steps - 1, Math.max(0, Math.round((t - start) / step)));
  return {
    name: nameOf(one),
    start,
    step,
    steps,
    charts: pictures.map((picture) => chartOf(picture, at)),
    policies: [{ name: "auto", role: "pods", decisions: [decisionOf(one, pictures[0]!.now)] }],
    moments: [],
    momentsOf: "",
  };
}

function decisionOf({ outcome }: Reported, t: number): PageDecision {
  const { from, to, reason, message, trail } = outcome;
  const several = new Set(trail.flatMap(({ metric }) => metric ?? [])).size > 1;
  const stages = trail.map((e): PageStage => {
    const stage = several && e.metric !== undefined ? `${e.metric}: ${e.stage}` : e.stage;
    return [stage, e.from, e.to, e.reason, e.message];
  });
  return { t, from: from ?? 0, to: to ?? from ?? 0, reason, message, trail: stages };
}

function chartOf(picture: Picture, at: (t: number) => number): Chart {
  const milli = picture.unit === "cores" && Math.max(...picture.actual.map((p) => p.y)) < 2;
  const round = (v: number) => (milli ? Number((1000 * v).toFixed(1)) : Number(v.toPrecision(4)));
  return {
    title: `${picture.load}, what had been forecast for it, and the forecast from now on, with 90 % bands`,
    unit: milli ? "milli-cores" : picture.unit,
    layers: layersOf(picture, at, round),
  };
}

function layersOf(picture: Picture, at: (t: number) => number, round: (v: number) => number): readonly ChartLayer[] {
  const { actual, before, future, now, lead, cover, capacity, step } = picture;
  const stride = before.length > 1 ? before.at(-1)!.t - before.at(-2)!.t : step;
  const foreseen = (label: string, width: number, points: readonly BandPoint[]): ChartLayer => ({
    label,
    width,
    role: "forecast",
    style: "line",
    gap: Math.ceil((1.5 * stride) / step),
    at: points.map((p) => at(p.t)),
    values: points.map((p) => round(p.y)),
    low: points.map((p) => round(p.low)),
    high: points.map((p) => round(p.high)),
  });
  const carried = [
    [at(now - lead), capacity.before],
    [at(now), capacity.after],
    [at(now + lead), capacity.after],
  ] as const;
  const covered = cover === null ? [] : [at(cover.from), at(cover.until)];
  return [
    foreseen(`forecast ${shortNumber(lead)} s before`, 2, before),
    foreseen("forecast from now", 4, future),
    {
      label: "carried by the pods",
      role: "pods",
      style: "step",
      at: carried.map(([i]) => i),
      values: carried.map(([, v]) => round(v)),
    },
    ...(cover === null
      ? []
      : [
          {
            label: `to cover, quantile ${shortNumber(cover.level)}`,
            role: "ink",
            style: "line",
            dashed: true,
            at: covered,
            values: covered.map(() => round(cover.y)),
          } as const,
        ]),
    {
      label: "load",
      role: "ink",
      style: "dots",
      at: actual.map((p) => at(p.t)),
      values: actual.map((p) => round(p.y)),
    },
  ];
}

function componentsPicture(parts: readonly Components[], title: string): string {
  const top = bodyTop(0);
  const width = 830;
  return frame({
    width,
    height: top + componentsHeight(parts),
    title: `${title}: trend and seasons`,
    legend: [],
    body: componentsBody(parts, top, width),
  });
}
