/** Judges one window of samples before a decision: what the job may do with it, and why. */
import type { Cores, EpochSeconds, Replicas, Seconds } from "../units.ts";
import { cadenceOf, withoutRepeats } from "./cadence.ts";
import { clean } from "./clean.ts";
import { type Grid, toGrid } from "./grid.ts";
import type { Quality, Samples, Series } from "./types.ts";
import { judge, MIN_SPAN, returnedAt } from "./verdict.ts";

/** What is expected of the samples. */
export interface Expectation {
  readonly now: EpochSeconds;
  /** The step that was asked for. */
  readonly step: Seconds;
  /** The window the verdict is about. */
  readonly history: Seconds;
  /** How far back the grid reaches, when that is longer. */
  readonly window?: Seconds;
  readonly maxAge: Seconds;
  readonly minCoverage: number;
  /** Whether the metric is CPU: then whole hundreds are not cores. */
  readonly cpu: boolean;
  /** Whether a value of exactly zero is possible. Of running pods that nobody counted, zero means that nothing was measured. */
  readonly zero: boolean;
  /** Whether the number of pods in the sums is known. Where it is not, a source may come back from an outage in part. */
  readonly counted: boolean;
  /** The most cores that pods which may still be in the newest samples can use; Infinity: not known. */
  readonly capacity: Cores;
  /** The most cores that are possible for the workload at all; Infinity: not known. */
  readonly ceiling: Cores;
  /** What maxReplicas pods should carry: a demand far beyond it is suspect. Infinity: not known. */
  readonly useful: Cores;
  readonly partial: boolean;
  readonly seriesCount: number;
}

/** The grid and the verdict on it. The grid's step is the source's cadence where that is longer than the step. */
export interface JudgedWindow {
  readonly series: Series;
  readonly quality: Quality;
}

/** Measured rates may exceed a limit by this factor: the kernel enforces quota per 100 ms, so short rates overshoot by a few per cent. */
const LIMIT_OVERSHOOT = 1.1;
/**
 * A pod without a known limit is believed to use up to this many times its target. Milli-cores would be 1000 times, a counter after an hour
 * 3600 times.
 */
const MAX_TARGET_RATIO = 30;
/** And at least so many cores: a pod with a target of 50m and no limit may well use two CPUs. */
const MIN_POD_MAXIMUM: Cores = 2;

/** The most cores that `pods` with this limit can use, with room for short rates; Infinity without a limit. */
export function capacityOf(pods: Replicas, podCpuLimit: Cores | undefined): Cores {
  return podCpuLimit === undefined ? Number.POSITIVE_INFINITY : pods * podCpuLimit * LIMIT_OVERSHOOT;
}

/**
 * The largest total of `pods` that is believed, in cores: what their limit allows, or else 30 times their target. A demand that only exceeds
 * maxReplicas stays below it.
 */
export function believable(pods: Replicas, podCpuLimit: Cores | undefined, targetCpu: Cores): Cores {
  return podCpuLimit === undefined
    ? pods * Math.max(MAX_TARGET_RATIO * targetCpu, MIN_POD_MAXIMUM)
    : capacityOf(pods, podCpuLimit);
}

/** Lays samples on an even grid and judges them. Never throws; an answer without samples is NoData, never zero load. */
export function inspect(samples: Samples, expected: Expectation): JudgedWindow {
  const { now, step, ceiling, zero, history, window = history } = expected;
  const cleaned = clean(samples, { latest: now + step, ceiling, zero });
  const { samples: fresh, cadence } = newSamplesOf(cleaned, expected);
  const at: Expectation = { ...expected, step: cadence };
  const grid = gridBack(fresh, at, history);
  const newest = fresh.times.at(-1);
  const age = newest === undefined ? Number.POSITIVE_INFINITY : Math.max(0, now - newest);
  const coverage = Math.min(1, grid.covered / expectedPoints(grid, at));
  const [verdict, reason, message] = judge({ samples, cleaned, grid, coverage, cadence }, expected);
  const { series } = window > history ? gridBack(fresh, at, window) : grid;
  const returned = expected.counted ? undefined : returnedAt(cleaned.times, expected);
  const found = { ...(cadence > step && { cadence }), ...(returned !== undefined && { returned }) };
  return { series, quality: { verdict, reason, points: grid.real, coverage, age, message, ...found } };
}

/** The samples without repeats, and the step of their grid: the requested one, or the source's cadence where that is longer. */
export function newSamplesOf(
  cleaned: Samples,
  { now, step, history }: Pick<Expectation, "now" | "step" | "history">,
): { readonly samples: Samples; readonly cadence: Seconds } {
  const { times, values } = cleaned;
  const cadence = cadenceOf(times, values, now - history);
  if (cadence < 1.5 * step) return { samples: cleaned, cadence: step };
  const kept = withoutRepeats(times, values, cadence);
  const samples = {
    times: Float64Array.from(kept, (i) => times[i]!),
    values: Float64Array.from(kept, (i) => values[i]!),
  };
  return { samples, cadence };
}

function gridBack({ times, values }: Samples, { now, step }: Expectation, seconds: Seconds): Grid {
  const points = Math.max(1, Math.round(seconds / step));
  const first = firstAfter(times, now - seconds - step);
  return toGrid(times.subarray(first), values.subarray(first), step, points);
}

/** How many grid points are expected. For a young workload they begin at its first sample, but at the latest MIN_SPAN ago. */
function expectedPoints(grid: Grid, { now, history, step }: Expectation): number {
  const whole = Math.max(1, Math.round(history / step));
  const since = Math.round((now - grid.series.start) / step) + 1;
  return Math.min(whole, Math.max(Math.round(MIN_SPAN / step), grid.real === 0 ? whole : since));
}

/** From this step on each value is a rate over a minute or more. The newest counts alone: a mean with the one before would hide a rise. */
const MIN_COARSE_STEP: Seconds = 60;

/**
 * The mean of the last two measured grid points, or NaN without any. The last counts alone where points are a minute apart, or where the one
 * before it is more than 4 steps older.
 */
export function currentDemand(series: Series): Cores {
  const last = realBefore(series, series.values.length);
  if (last < 0) return Number.NaN;
  const before = realBefore(series, last);
  if (before < 0 || last - before > 4 || series.step >= MIN_COARSE_STEP) return series.values[last]!;
  return (series.values[last]! + series.values[before]!) / 2;
}

function realBefore(series: Series, end: number): number {
  for (let i = end - 1; i >= 0; i--) if (series.filled[i] === 0) return i;
  return -1;
}

function firstAfter(times: Float64Array, time: EpochSeconds): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! > time) high = middle;
    else low = middle + 1;
  }
  return low;
}
