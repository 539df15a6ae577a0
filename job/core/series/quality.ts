/** Judges one window of samples before any decision: what may be done with it, and why. */
import type { Cores, EpochSeconds, Replicas, Seconds } from "../units.ts";
import { cadenceOf, newsOf } from "./cadence.ts";
import { clean } from "./clean.ts";
import { type Grid, toGrid } from "./grid.ts";
import type { Quality, Samples, Series } from "./types.ts";
import { judge, MIN_SPAN, returnedAt } from "./verdict.ts";

/** What the samples are measured against. */
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
  /** Whether this is CPU: whole hundreds are no cores. */
  readonly cpu: boolean;
  /** Whether a value of exactly zero can be true: of pods that run and were not counted it is nothing measured. */
  readonly zero: boolean;
  /** Whether it is known how many pods the sums are made of. Where it is not, a source that was gone may come back in part. */
  readonly counted: boolean;
  /** Most cores the pods that may still be in the newest samples can burn; Infinity when unknown. */
  readonly capacity: Cores;
  /** Most cores that can be true of the workload at all; Infinity when unknown. */
  readonly ceiling: Cores;
  /** What the most replicas should carry, by which a demand is called far beyond; Infinity when unknown. */
  readonly useful: Cores;
  readonly partial: boolean;
  readonly seriesCount: number;
}

/** The grid and the verdict on it. The grid's step is the source's cadence where that is longer than the step. */
export interface Window {
  readonly series: Series;
  readonly quality: Quality;
}

/** Head room over limits: quota is enforced per 100 ms, so short rates overshoot it by a few per cent. */
const LIMIT_OVERSHOOT = 1.1;
/** Times the target that a pod without a known limit is believed to burn. Milli-cores are 1000 times, a counter after an hour 3600 times. */
const MAX_TARGET_RATIO = 30;
/** And at least this much: a pod with a target of 50m and no limit may well fill two CPUs. */
const MIN_POD_MAXIMUM: Cores = 2;

/** Cores that `pods` with this limit can burn, with head room for short rates; Infinity without a limit. */
export function capacityOf(pods: Replicas, podCpuLimit: Cores | undefined): Cores {
  return podCpuLimit === undefined ? Number.POSITIVE_INFINITY : pods * podCpuLimit * LIMIT_OVERSHOOT;
}

/** Cores up to which a total of `pods` is believed: what their limit allows, else tens of times their target. A demand that is merely above the maximum is below this. */
export function believable(pods: Replicas, podCpuLimit: Cores | undefined, targetCpu: Cores): Cores {
  return podCpuLimit === undefined
    ? pods * Math.max(MAX_TARGET_RATIO * targetCpu, MIN_POD_MAXIMUM)
    : capacityOf(pods, podCpuLimit);
}

/** Samples -> even grid and verdict. Never throws; an empty answer is NoData, never zero. */
export function inspect(samples: Samples, expected: Expectation): Window {
  const { now, step, ceiling, zero, history, window = history } = expected;
  const cleaned = clean(samples, { latest: now + step, ceiling, zero });
  const { news, cadence } = newsIn(cleaned, expected);
  const at: Expectation = { ...expected, step: cadence };
  const grid = gridBack(news, at, history);
  const newest = news.times.at(-1);
  const age = newest === undefined ? Number.POSITIVE_INFINITY : Math.max(0, now - newest);
  const coverage = Math.min(1, grid.covered / expectedPoints(grid, at));
  const [verdict, reason, message] = judge({ samples, cleaned, grid, coverage, cadence }, expected);
  const { series } = window > history ? gridBack(news, at, window) : grid;
  const returned = expected.counted ? undefined : returnedAt(cleaned.times, expected);
  const found = { ...(cadence > step && { cadence }), ...(returned !== undefined && { returned }) };
  return { series, quality: { verdict, reason, points: grid.real, coverage, age, message, ...found } };
}

/** The samples that are no repeats, and the step of their grid: the one asked for, or what the source really gives where that is coarser. */
export function newsIn(
  cleaned: Samples,
  { now, step, history }: Pick<Expectation, "now" | "step" | "history">,
): { readonly news: Samples; readonly cadence: Seconds } {
  const { times, values } = cleaned;
  const cadence = cadenceOf(times, values, now - history);
  if (cadence < 1.5 * step) return { news: cleaned, cadence: step };
  const kept = newsOf(times, values, cadence);
  const news = { times: Float64Array.from(kept, (i) => times[i]!), values: Float64Array.from(kept, (i) => values[i]!) };
  return { news, cadence };
}

function gridBack({ times, values }: Samples, { now, step }: Expectation, seconds: Seconds): Grid {
  const points = Math.max(1, Math.round(seconds / step));
  const first = firstAfter(times, now - seconds - step);
  return toGrid(times.subarray(first), values.subarray(first), step, points);
}

/** A young workload has no gap before its first sample: what is expected begins there, but at the latest MIN_SPAN ago. */
function expectedPoints(grid: Grid, { now, history, step }: Expectation): number {
  const whole = Math.max(1, Math.round(history / step));
  const since = Math.round((now - grid.series.start) / step) + 1;
  return Math.min(whole, Math.max(Math.round(MIN_SPAN / step), grid.real === 0 ? whole : since));
}

/** From this distance on each value is a rate over a minute and more: the newest stands for itself, and one of a minute before would hold a rise back. */
const MIN_COARSE_STEP: Seconds = 60;

/** Mean of the last two real grid points, or the last alone where points are a minute apart or the one before is more than 4 steps back; NaN without any. */
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
