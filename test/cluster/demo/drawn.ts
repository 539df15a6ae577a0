/** The numbers behind the picture of a demo as a file: written at a demo's end, read where the picture of the docs is made again. */
import type { DemoPanel } from "./picture.ts";
import { wavesOf } from "./waves.ts";

interface Drawn {
  /** Of the waves, seconds. */
  readonly period: number;
  /** What the numbers of a sample are. */
  readonly columns: readonly string[];
  readonly panels: readonly {
    readonly title: string;
    readonly runs: DemoPanel["runs"];
    readonly samples: readonly (readonly [number, number, number | null, number, number])[];
  }[];
}

/** The numbers as text, a sample a line. */
export function drawnText(panels: readonly DemoPanel[], period: number): string {
  const rounded = (v: number | null, digits: number) =>
    v === null || !Number.isFinite(v) ? null : Number(v.toFixed(digits));
  const parts = panels.map(({ title, runs, samples }) => {
    const drawn = runs.map(({ t, quantile, lead }) => ({ t: rounded(t, 1), quantile: rounded(quantile, 4), lead }));
    const rows = samples.map((s) => [
      rounded(s.t, 1),
      rounded(s.demand, 4),
      rounded(s.measured, 4),
      s.replicas,
      s.ready,
    ]);
    const lines = rows.map((row) => `    ${JSON.stringify(row)}`).join(",\n");
    return `  {\n   "title": ${JSON.stringify(title)},\n   "runs": ${JSON.stringify(drawn)},\n   "samples": [\n${lines}\n   ]\n  }`;
  });
  const columns = ["t", "demand", "measured", "replicas", "ready"];
  return `{\n "period": ${period},\n "columns": ${JSON.stringify(columns)},\n "panels": [\n${parts.join(",\n")}\n ]\n}\n`;
}

/** The panels that such a text holds. */
export function panelsOf(text: string): readonly DemoPanel[] {
  const { period, panels } = JSON.parse(text) as Drawn;
  return panels.map(({ title, runs, samples: rows }) => {
    const samples = rows.map(([t, demand, measured, replicas, ready]) => ({
      t,
      demand,
      measured: measured ?? Number.NaN,
      replicas,
      ready,
    }));
    return { title, runs, samples, waves: wavesOf(samples, period) };
  });
}
