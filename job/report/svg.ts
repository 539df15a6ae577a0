/** The picture of a decision as SVG: the past load beside its earlier forecasts, and the time from now on. */

import { areaY, axisX, axisY, dot, gridY, lineY, type Markish, ruleX } from "@observablehq/plot";
import { pluralize } from "../core/units.ts";
import { bodyTop, frame, type LegendEntry, label, panel, sign } from "./chart.ts";
import type { Components } from "./components.ts";
import type { BandPoint, Picture } from "./picture.ts";
import { componentsBody, componentsHeight } from "./svg-components.ts";
import { shortAmount, shortNumber } from "./text.ts";
import { LIGHT } from "./theme.ts";
import { timeLabels, timeTicks } from "./ticks.ts";

const WIDTH = 830;
/** Heights of a panel's plot, and of its axis below: two lines of a phone's type. */
const [PLOT, AXIS] = [230, 58];
const [LEFT, RIGHT, GAP] = [66, 18, 26];
/** The share of the width for the time from now on. */
const FUTURE_SHARE = 0.42;
const [BAND, DASH] = [0.2, "6 4"];

const date = (t: number) => new Date(t * 1000);

/** The scale of the load, which both panels share. */
interface Load {
  readonly top: number;
  readonly milli: boolean;
}

/** A self-contained SVG file of the picture, with the panels of the components below. It follows the reader's light or dark mode. The same picture gives the same bytes. Throws a RangeError if there is nothing to draw. */
export function forecastSvg(picture: Picture, components: readonly Components[] = []): string {
  if (picture.actual.length === 0) throw new RangeError("a picture needs at least one measured point");
  const load = loadOf(picture);
  const legend = legendOf(picture, load);
  const top = bodyTop(legend.length) + 40;
  const inner = WIDTH - LEFT - RIGHT - GAP;
  const split = LEFT + Math.round(inner * (1 - FUTURE_SHARE));
  const { from, to } = picture.capacity;
  const decided = from === to ? `stays at ${pluralize(to, "pod")}` : `${from} \u2192 ${pluralize(to, "pod")}`;
  const body = [
    label(16, top - 22, axisName(picture, load)),
    label(split + GAP, top - 22, `the next ${shortNumber(picture.lead)} s`),
    pastPanel(picture, load, split, top),
    futurePanel(picture, load, split + GAP, WIDTH - split - GAP, top),
    label(split, top + PLOT + AXIS, "time (UTC)", 'text-anchor="end"'),
    label(WIDTH - RIGHT, top + PLOT + AXIS, "seconds from now", 'text-anchor="end"'),
    componentsBody(components, top + PLOT + AXIS + 16, WIDTH),
  ];
  return frame({
    width: WIDTH,
    height: top + PLOT + AXIS + 16 + componentsHeight(components),
    title: `${picture.title}: ${decided}`,
    legend,
    body: body.join("\n"),
  });
}

function loadOf({ actual, before, future, cover, capacity, unit }: Picture): Load {
  const highs = [...before, ...future].map((p) => p.high);
  const data = Math.max(...actual.map((p) => p.y), ...highs, cover?.y ?? 0, 1e-9);
  const carried = Math.max(capacity.before, capacity.after);
  // capacity far above the load would press the load flat; the legend still names it
  const top = (carried <= 2.5 * data ? Math.max(data, carried) : data) * 1.06;
  return { top, milli: unit === "cores" && top < 2 };
}

function axisName({ load, unit }: Picture, { milli }: Load): string {
  const shown = milli ? "milli-cores" : unit;
  return shown === "" ? load : `${load}, ${shown}`;
}

/** One entry per mark, in the order of the panels. */
function legendOf({ lead, cover, capacity, load: name, unit }: Picture, load: Load): readonly LegendEntry[] {
  const { forecast, ink, pods } = LIGHT;
  const { from, to } = capacity;
  const forecastSign = (width: number) => sign.band(forecast, BAND) + sign.line(forecast, width);
  return [
    { sign: sign.dot(ink, 3), label: `${name} as measured` },
    { sign: forecastSign(2), label: `forecast ${shortNumber(lead)} s before, 90 %` },
    { sign: forecastSign(4), label: "forecast from now, 90 %" },
    ...(carriedShown(capacity, load)
      ? [
          {
            sign: sign.line(pods, 2.5),
            label: `carried by ${from === to ? "" : `${from}, then `}${pluralize(to, "pod")}`,
          },
        ]
      : []),
    // the longest one has a line of its own: beside another it is cut off on a phone
    ...(cover === null
      ? []
      : [
          {
            sign: sign.line(ink, 2.5, DASH),
            label: `to cover: ${shortAmount(cover.y, unit)}, quantile ${shortNumber(cover.level)}`,
          },
        ]),
  ];
}

function carriedShown({ before, after }: Picture["capacity"], { top }: Load): boolean {
  return Math.max(before, after) <= top;
}

/** Share of a panel that half the name of a tick takes on a phone: one nearer to the end would be cut off. */
const TICK_ROOM = 0.07;

/** The actual load, and its earlier forecast. */
function pastPanel({ actual, before, now, step }: Picture, load: Load, width: number, top: number): string {
  const stride = before.length > 1 ? before.at(-1)!.t - before.at(-2)!.t : step;
  const start = actual[0]!.t;
  const ticks = timeTicks(start, now, 5).filter((tick) => tick <= date(now - TICK_ROOM * (now - start)));
  const names = timeLabels(ticks);
  return panel({
    ...place(0, top, width),
    marginLeft: LEFT,
    marginRight: 0,
    x: { type: "utc", domain: [date(start), date(now)], label: null },
    y: { domain: [0, load.top], label: null },
    marks: [
      gridY({ stroke: LIGHT.grid, strokeOpacity: 1, ticks: 5 }),
      axisY({
        ticks: 5,
        tickSize: 4,
        tickFormat: (v: number) => (load.milli ? `${Math.round(v * 1000)}` : shortNumber(v)),
      }),
      axisX(ticks, { tickSize: 4, tickFormat: (_, i) => names[i]! }),
      ...banded(before, 1.5 * stride, 2),
      dot(actual, { x: (p) => date(p.t), y: "y", r: 2.2, fill: LIGHT.ink }),
    ],
  });
}

/** The lead before now and the one after it. */
function futurePanel(picture: Picture, load: Load, left: number, width: number, top: number): string {
  const { actual, future, now, lead, cover, capacity, step } = picture;
  const end = Math.max(now + lead, future.at(-1)?.t ?? 0);
  const from = now - lead;
  const ticks = secondsTicks(lead);
  const carried = [
    { t: from, y: capacity.before },
    { t: now, y: capacity.before },
    { t: now, y: capacity.after },
    { t: end, y: capacity.after },
  ];
  const covered = cover === null ? [] : [cover.from, cover.until].map((t) => ({ t, y: cover.y }));
  const line = { x: (p: { readonly t: number }) => date(p.t), y: "y", strokeWidth: 2.5 } as const;
  return panel({
    ...place(left, top, width),
    marginLeft: 0,
    marginRight: RIGHT,
    x: { type: "utc", domain: [date(from), date(end)], label: null },
    y: { domain: [0, load.top], label: null },
    marks: [
      gridY({ stroke: LIGHT.grid, strokeOpacity: 1, ticks: 5 }),
      axisX(
        ticks.map((s) => date(now + s)),
        { tickSize: 4, tickFormat: (_, i) => fromNow(ticks[i]!) },
      ),
      ruleX([date(now)], { stroke: LIGHT.muted, strokeDasharray: "2 3" }),
      ...banded(future, 1.5 * step, 4),
      ...(carriedShown(capacity, load) ? [lineY(carried, { ...line, stroke: LIGHT.pods })] : []),
      lineY(covered, { ...line, stroke: LIGHT.ink, strokeDasharray: DASH }),
      dot(
        actual.filter((p) => p.t >= from),
        { x: (p) => date(p.t), y: "y", r: 3, fill: LIGHT.ink },
      ),
    ],
  });
}

function place(left: number, top: number, width: number) {
  return { left, top: top - 8, width, height: PLOT + AXIS + 8, marginTop: 8, marginBottom: AXIS };
}

/** A forecast and its band. Neighbours are joined, but not over more than `most` seconds: where nothing was forecast, nothing is drawn. */
function banded(points: readonly BandPoint[], most: number, strokeWidth: number): Markish[] {
  let run = 0;
  const rows = points.map((p, i) => {
    if (i > 0 && p.t - points[i - 1]!.t > most) run++;
    return { ...p, run, at: date(p.t) };
  });
  return [
    areaY(rows, { x: "at", y1: "low", y2: "high", z: "run", fill: LIGHT.forecast, fillOpacity: BAND }),
    lineY(rows, { x: "at", y: "y", z: "run", stroke: LIGHT.forecast, strokeWidth }),
  ];
}

/** Now, and round steps before and after it within one lead: at most two on each side. */
function secondsTicks(lead: number): readonly number[] {
  const step = [15, 30, 60, 120, 300, 600, 1800, 3600].find((s) => s * 2.5 > lead) ?? 7200;
  return [-2, -1, 0, 1, 2].map((k) => k * step).filter((s) => Math.abs(s) <= lead);
}

function fromNow(seconds: number): string {
  if (seconds === 0) return "now";
  return `${seconds > 0 ? "+" : "\u2212"}${Math.abs(seconds)}`;
}
