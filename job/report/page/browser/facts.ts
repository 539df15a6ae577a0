/** Describes a moment in one sentence: the values of every layer drawn there. */

import { expand } from "../expand.ts";
import type { Chart, ChartLayer, Section } from "../types.ts";

/** Layers on the grid, made once a section. */
const grids = new WeakMap<ChartLayer, readonly (number | null)[]>();

function valueAt(layer: ChartLayer, index: number, steps: number): number | null {
  const grid = grids.get(layer) ?? expand(layer, layer.values, steps);
  grids.set(layer, grid);
  return grid[index] ?? null;
}

/** `load 3.1 cores; forecast 105 s before 2.9 cores; ...`: the layers that have a value at `t`. */
export function factsAt(section: Section, t: number): string {
  const index = Math.max(0, Math.min(section.steps - 1, Math.round((t - section.start) / section.step)));
  const parts = section.charts.flatMap((chart) =>
    chart.layers.flatMap((layer) => {
      const value = valueAt(layer, index, section.steps);
      return value === null || (layer.style === "fill" && value === 0)
        ? []
        : [`${nameOf(layer)} ${amount(value, chart)}`];
    }),
  );
  return `At this moment: ${parts.join("; ")}.`;
}

function nameOf({ label, policy }: ChartLayer): string {
  return policy === undefined ? label : `${policy} ${label}`;
}

function amount(value: number, { unit }: Chart): string {
  const digits = unit === "milli-cores" ? value.toFixed(0) : String(Number(value.toPrecision(3)));
  return `${digits} ${unit}`.trimEnd();
}
