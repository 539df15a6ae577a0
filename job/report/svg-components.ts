/** Trend, seasons and events as SVG, one panel below the other, as in Prophet's `plot_components`. */
import { areaY, axisX, axisY, gridY, lineY, type Markish } from "@observablehq/plot";
import type { SeasonalityMode } from "../core/forecast/prophet/options.ts";
import { label, panel } from "./chart.ts";
import { type Components, type EventsPart, type SeasonPart, seasonTicks } from "./components.ts";
import type { Point } from "./picture.ts";
import { shortNumber } from "./text.ts";
import { LIGHT } from "./theme.ts";
import { timeLabels, timeTicks } from "./ticks.ts";

/** Heights: of the line that names a panel, of its plot, of its axis with two lines of names, of the axis' own name. */
const [HEAD, PLOT, AXIS, FOOT] = [44, 116, 50, 8];
const EACH = HEAD + PLOT + AXIS + FOOT;
const [LEFT, RIGHT] = [66, 42];

/** Height of the panels of these parts. */
export function componentsHeight(all: readonly Components[]): number {
  return all.reduce((sum, { seasons, holidays }) => sum + (1 + seasons.length + (holidays === null ? 0 : 1)) * EACH, 0);
}

/** The panels from `top` down. */
export function componentsBody(all: readonly Components[], top: number, width: number): string {
  const panels = all.flatMap((parts) => [
    trendPanel(parts),
    ...(parts.holidays === null ? [] : [eventsPanel(parts, parts.holidays)]),
    ...parts.seasons.map((season) => seasonPanel(season, parts)),
  ]);
  return panels.map((draw, i) => draw(top + i * EACH, width)).join("\n");
}

type Draw = (top: number, width: number) => string;

interface Content {
  readonly title: string;
  readonly unit: string;
  readonly domain: readonly [number, number];
  readonly ticks: readonly (readonly [number, string])[];
  readonly value: (v: number) => string;
  readonly marks: Markish[];
}

function drawn({ title, unit, domain, ticks, value, marks }: Content): Draw {
  return (top, width) =>
    [
      label(16, top + 20, title),
      label(width - RIGHT, top + HEAD + PLOT + AXIS, unit, 'text-anchor="end"'),
      panel({
        left: 0,
        top: top + HEAD - 8,
        width,
        height: PLOT + AXIS + 8,
        marginLeft: LEFT,
        marginRight: RIGHT,
        marginTop: 8,
        marginBottom: AXIS,
        x: { type: "linear", domain: [...domain], label: null },
        y: { label: null, nice: true },
        marks: [
          gridY({ stroke: LIGHT.grid, strokeOpacity: 1, ticks: 3 }),
          axisY({ ticks: 3, tickSize: 4, tickFormat: value }),
          axisX(
            ticks.map(([t]) => t),
            { tickSize: 4, tickFormat: (_, i) => ticks[i]![1] },
          ),
          ...marks,
        ],
      }),
    ].join("\n");
}

/** The unit and a comma; nothing without one. */
function shown(unit: string, milli: boolean): string {
  const name = milli ? "milli-cores" : unit;
  return name === "" ? "" : `${name}, `;
}

/** The axis of the times that the trend is drawn over. */
function timeAxis(trend: Components["trend"]): Pick<Content, "unit" | "domain" | "ticks"> {
  const times = timeTicks(trend[0]!.t, trend.at(-1)!.t, 6);
  const names = timeLabels(times);
  return {
    unit: "time (UTC)",
    domain: [trend[0]!.t, trend.at(-1)!.t],
    ticks: times.map((time, i) => [time.getTime() / 1000, names[i]!] as const),
  };
}

function trendPanel({ source, trend, intervalWidth, unit: own }: Components): Draw {
  const milli = own === "cores" && Math.max(...trend.map((p) => p.high)) < 2;
  return drawn({
    title: `trend, ${shown(own, milli)}${Math.round(100 * intervalWidth)} % band (${source})`,
    ...timeAxis(trend),
    value: (v) => (milli ? String(Math.round(v * 1000)) : shortNumber(v)),
    marks: [
      areaY(trend, { x: "t", y1: "low", y2: "high", fill: LIGHT.forecast, fillOpacity: 0.2 }),
      lineY(trend, { x: "t", y: "y", stroke: LIGHT.forecast, strokeWidth: 2.5 }),
    ],
  });
}

function seasonPanel({ name, period, mode, points }: SeasonPart, { unit: own, timeZone }: Components): Draw {
  const { unit, ticks } = seasonTicks(period, timeZone);
  return drawn({ ...effect(name, mode, points, own), unit, domain: [0, period], ticks });
}

function eventsPanel({ trend, unit }: Components, { mode, points }: EventsPart): Draw {
  return drawn({ ...effect("holidays", mode, points, unit), ...timeAxis(trend) });
}

/** The line that a component adds to the trend, in the metric's unit or as a share of the trend. */
function effect(
  name: string,
  mode: SeasonalityMode,
  points: readonly Point[],
  own: string,
): Pick<Content, "title" | "value" | "marks"> {
  const share = mode === "multiplicative";
  const milli = own === "cores" && Math.max(...points.map((p) => Math.abs(p.y))) < 2;
  return {
    title: share ? `${name}, % of the trend` : `${name}, ${shown(own, milli)}`.replace(/, $/, ""),
    value: (v) => (share ? String(Math.round(100 * v)) : milli ? String(Math.round(v * 1000)) : shortNumber(v)),
    marks: [lineY(points, { x: "t", y: "y", stroke: LIGHT.forecast, strokeWidth: 2.5 })],
  };
}
