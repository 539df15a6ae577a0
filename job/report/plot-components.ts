/** Trend, seasons and events in a terminal, each as a line of a few rows. */
import { canvasOf, drawLine, marksOf, namesLine, rowText, type Terminal } from "./canvas.ts";
import { type Components, type EventsPart, seasonTicks } from "./components.ts";
import type { Point } from "./picture.ts";
import { shortCpu, wrap } from "./text.ts";
import { timeLabels, timeTicks } from "./ticks.ts";

const ROWS = 5;

type Names = readonly (readonly [number, string])[];

/** Draws every component below its title; gives an empty text if there is none. */
export function terminalComponents(all: readonly Components[], terminal: Terminal): string {
  const parts = all.flatMap(({ source, trend, seasons, holidays, timeZone }) => {
    const ticks = timeTicks(trend[0]!.t, trend.at(-1)!.t, Math.max(2, terminal.columns / 20));
    const names = timeLabels(ticks).map((name, i): Names[number] => [ticks[i]!.getTime() / 1000, name.split("\n")[0]!]);
    return [
      ...wrap(`trend, ${source} (UTC)`, terminal.columns),
      ...lines(trend, names, shortCpu, terminal),
      ...(holidays === null ? [] : effect("holidays", { ...holidays, unit: "time (UTC)", names }, terminal)),
      ...seasons.flatMap(({ name, period, ...part }) => {
        const { unit, ticks: marks } = seasonTicks(period, timeZone);
        return effect(name, { ...part, unit, names: marks }, terminal);
      }),
      "",
    ];
  });
  return parts.length === 0 ? "" : `${parts.join("\n")}\n`;
}

interface Effect extends EventsPart {
  readonly unit: string;
  readonly names: Names;
}

/** The values that a component adds to the trend, below its title. */
function effect(name: string, { mode, points, unit, names }: Effect, terminal: Terminal): string[] {
  const share = mode === "multiplicative";
  const value = share ? (v: number) => `${Math.round(100 * v)} %` : shortCpu;
  const title = `${name}${share ? ", share of the trend" : ""}: ${unit}`;
  return ["", ...wrap(title, terminal.columns), ...lines(points, names, value, terminal)];
}

function lines(points: readonly Point[], names: Names, value: (v: number) => string, terminal: Terminal): string[] {
  const low = Math.min(...points.map((p) => p.y));
  const high = Math.max(...points.map((p) => p.y));
  const margin = Math.max(value(low).length, value(high).length) + 1;
  const width = Math.max(10, terminal.columns - margin - 1);
  const canvas = canvasOf(width, ROWS, [points[0]!.t, points.at(-1)!.t], [low, high]);
  drawLine(canvas, canvas.load, points, Number.POSITIVE_INFINITY);
  const marks = marksOf(terminal);
  const label = (row: number) => (row === 0 ? value(high) : row === ROWS - 1 ? value(low) : "");
  const rows = Array.from({ length: ROWS }, (_, row) =>
    `${label(row).padStart(margin)} ${rowText(canvas, row, null, marks, terminal.color)}`.trimEnd(),
  );
  const axis = namesLine(
    width,
    names.map(([t, name]) => [canvas.x(t) / 2 - name.length / 2, name] as const),
  );
  return [...rows, `${" ".repeat(margin + 1)}${axis}`];
}
