/** Lays clean samples on the even grid that forecasters take, and fills and marks gaps. */
import type { Seconds } from "../units.ts";
import type { Series } from "./types.ts";

/**
 * Gaps of up to this many steps (2 min at 15 s) are interpolated. Longer ones hold the value before them: a line would teach a ramp that
 * nobody saw.
 */
export const MAX_INTERPOLATED_STEPS = 8;

/** A grid, and how much of it was measured. */
export interface Grid {
  readonly series: Series;
  /** Grid points with a real sample. */
  readonly real: number;
  /** Grid points that have a sample, or lie between two samples no further apart than the source gives them. */
  readonly covered: number;
}

/**
 * Lays ascending samples on a grid that ends at the newest one. The grid has at most `points` points, and starts no earlier than the first
 * sample.
 * - Sources about as fine as the step: each sample goes to the nearest grid point, since jitter below half a step does no harm.
 * - Finer sources are averaged over the step that ends at the point.
 * - Coarser sources are interpolated.
 * O(n log n) for the median spacing, O(n + points) for the rest.
 */
export function toGrid(times: Float64Array, values: Float64Array, step: Seconds, points: number): Grid {
  const newest = times.at(-1);
  if (newest === undefined || points < 1) {
    return { series: { start: 0, step, values: new Float64Array(0), filled: new Uint8Array(0) }, real: 0, covered: 0 };
  }
  const spacing = medianSpacing(times);
  const fine = spacing > 0 && spacing < 0.75 * step;
  // 1e-6 of a step: times such as 0.1 + 0.2 must not fall into the step before.
  const stepsBack = (time: number) =>
    fine ? Math.floor((newest - time) / step + 1e-6) : Math.round((newest - time) / step);
  const length = Math.min(points, stepsBack(times[0]!) + 1);
  const grid = new Float64Array(length);
  const counts = new Uint32Array(length);
  for (let i = times.length - 1; i >= 0; i--) {
    const back = stepsBack(times[i]!);
    if (back >= length) break;
    const at = length - 1 - back;
    grid[at] = grid[at]! + values[i]!;
    counts[at] = counts[at]! + 1;
  }
  const filled = new Uint8Array(length);
  let real = 0;
  for (let i = 0; i < length; i++) {
    if (counts[i]! > 0) {
      grid[i] = grid[i]! / counts[i]!;
      real++;
    } else filled[i] = 1;
  }
  const usual = Math.ceil((1.5 * spacing) / step);
  const covered = real + fillGaps(grid, filled, Math.max(MAX_INTERPOLATED_STEPS, usual), usual);
  return { series: { start: newest - (length - 1) * step, step, values: grid, filled }, real, covered };
}

/**
 * Fills the marked points in place: gaps of up to `longestLine` points by a line, longer ones by the value before. At the edges the nearest
 * value is held. Returns how many filled points lie in gaps shorter than `usual` points.
 */
export function fillGaps(values: Float64Array, filled: Uint8Array, longestLine: number, usual: number): number {
  const length = values.length;
  let within = 0;
  let left = -1;
  for (let right = 0; right <= length; right++) {
    if (right < length && filled[right] === 1) continue;
    const gap = right - left - 1;
    const inside = left >= 0 && right < length;
    if (gap > 0 && gap < length) bridge(values, left, right, gap <= longestLine);
    if (inside && gap < usual) within += gap;
    left = right;
  }
  return within;
}

/** Fills the points between `left` and `right`; -1 and the length stand for no neighbour on that side. */
function bridge(values: Float64Array, left: number, right: number, line: boolean): void {
  const before = values[left >= 0 ? left : right]!;
  const after = right < values.length ? values[right]! : before;
  const slope = line ? (after - before) / (right - left) : 0;
  for (let i = left + 1; i < right; i++) values[i] = before + slope * (i - left);
}

/**
 * The series with the points of the given intervals filled like gaps: what a rollout burns is not learned. Intervals are in epoch seconds,
 * both ends included.
 */
export function mask(series: Series, intervals: readonly (readonly [number, number])[]): Series {
  if (intervals.length === 0) return series;
  const filled = series.filled.slice();
  let masked = 0;
  for (let i = 0; i < filled.length; i++) {
    const time = series.start + i * series.step;
    if (filled[i] === 0 && intervals.some(([from, to]) => time >= from && time <= to)) {
      filled[i] = 1;
      masked++;
    }
  }
  // With less than half of the points left a forecast would rest on guesses: then the burst is the lesser evil.
  if (masked === 0 || filled.reduce((sum, f) => sum + f, 0) > filled.length / 2) return series;
  const values = series.values.slice();
  fillGaps(values, filled, MAX_INTERPOLATED_STEPS, 0);
  return { ...series, values, filled };
}

function medianSpacing(times: Float64Array): Seconds {
  if (times.length < 2) return 0;
  const spacings = new Float64Array(times.length - 1);
  for (let i = 1; i < times.length; i++) spacings[i - 1] = times[i]! - times[i - 1]!;
  spacings.sort();
  return spacings[spacings.length >> 1]!;
}
