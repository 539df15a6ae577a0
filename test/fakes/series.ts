/** Samples and series for tests. */
import type { Samples, Series } from "../../job/core/series/types.ts";

/** Samples of a function of the step index, the newest at `end`. */
export function samplesOf(
  value: (i: number) => number,
  { end, step = 15, points = 120 }: { end: number; step?: number; points?: number },
): Samples {
  const times = new Float64Array(points);
  const values = new Float64Array(points);
  for (let i = 0; i < points; i++) {
    times[i] = end - (points - 1 - i) * step;
    values[i] = value(i);
  }
  return { times, values };
}

export function pairs(rows: readonly (readonly [number, number])[]): Samples {
  return { times: Float64Array.from(rows, (row) => row[0]), values: Float64Array.from(rows, (row) => row[1]) };
}

export function series(values: readonly number[], { start = 0, step = 15 } = {}): Series {
  return { start, step, values: Float64Array.from(values), filled: new Uint8Array(values.length) };
}
