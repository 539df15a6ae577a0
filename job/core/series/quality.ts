/** Judges one window of samples before any decision: what may be done with it, and why. */
import type { Cores, EpochSeconds, Replicas, Seconds } from "../units.ts";
import { type Cleaned, clean } from "./clean.ts";
import { type Grid, toGrid } from "./grid.ts";
import type { DataVerdict, Quality, QualityReason, Samples, Series } from "./types.ts";

/** What the samples are measured against. */
export interface Expectation {
  readonly now: EpochSeconds;
  readonly step: Seconds;
  /** The window the verdict is about. */
  readonly history: Seconds;
  /** How far back the grid reaches, when that is longer. */
  readonly window?: Seconds;
  readonly maxAge: Seconds;
  readonly minCoverage: number;
  /** Most cores the pods that may still be in the newest samples can burn; Infinity when unknown. */
  readonly capacity: Cores;
  /** Most cores the workload could ever have burnt in the window; Infinity when unknown. */
  readonly ceiling: Cores;
  readonly partial: boolean;
  readonly seriesCount: number;
}

/** The grid and the verdict on it. */
export interface Window {
  readonly series: Series;
  readonly quality: Quality;
}

/** Head room over limits: quota is enforced per 100 ms, so short rates overshoot it by a few per cent. */
const OVERSHOOT = 1.1;
/** Less than this is not enough past for a scale-in: after a start of Prometheus the targets of a sum come up one by one. */
const LEAST_SPAN = 300;
/** One point cannot tell a level from an accident; with two the reactive floor works, by the second minute. */
const LEAST_POINTS = 2;

/** Cores that `pods` with this limit can burn, with head room for short rates; Infinity without a limit. */
export function capacityOf(pods: Replicas, podCpuLimit: Cores | undefined): Cores {
  return podCpuLimit === undefined ? Number.POSITIVE_INFINITY : pods * podCpuLimit * OVERSHOOT;
}

/** Samples -> even grid and verdict. Never throws; an empty answer is NoData, never zero. */
export function inspect(samples: Samples, expected: Expectation): Window {
  const cleaned = clean(samples, { latest: expected.now + expected.step, ceiling: expected.ceiling });
  const grid = gridBack(cleaned, expected, expected.history);
  const newest = cleaned.times.at(-1);
  const age = newest === undefined ? Number.POSITIVE_INFINITY : Math.max(0, expected.now - newest);
  const coverage = Math.min(1, grid.covered / expectedPoints(grid, expected));
  const [verdict, reason, message] = judge(cleaned, grid, age, coverage, expected);
  const whole = (expected.window ?? 0) > expected.history ? gridBack(cleaned, expected, expected.window!) : grid;
  return { series: whole.series, quality: { verdict, reason, points: grid.real, coverage, age, message } };
}

function gridBack(cleaned: Cleaned, { now, step }: Expectation, seconds: Seconds): Grid {
  const points = Math.max(1, Math.round(seconds / step));
  const first = firstAfter(cleaned.times, now - seconds - step);
  return toGrid(cleaned.times.subarray(first), cleaned.values.subarray(first), step, points);
}

/** A young workload has no gap before its first sample: what is expected begins there, but at the latest LEAST_SPAN ago. */
function expectedPoints(grid: Grid, { now, history, step }: Expectation): number {
  const whole = Math.max(1, Math.round(history / step));
  const since = Math.round((now - grid.series.start) / step) + 1;
  return Math.min(whole, Math.max(Math.round(LEAST_SPAN / step), grid.real === 0 ? whole : since));
}

function judge(cleaned: Cleaned, grid: Grid, age: Seconds, coverage: number, e: Expectation): Judgement {
  const counts = `${grid.real} points, ${percent(coverage)} of the window, newest ${seconds(age)} old`;
  if (grid.real === 0) {
    const refused = cleaned.notFinite + cleaned.negative + cleaned.absurd;
    if (refused === 0 && cleaned.times.length > 0)
      return ["hold", "StaleData", `every sample is older than the window (newest ${seconds(age)})`];
    if (refused === 0) return ["hold", "NoData", "the answer holds no sample; that is not zero load"];
    return ["hold", cleaned.newestBadReason ?? "NoData", `none of ${refused} samples is usable`];
  }
  if (e.seriesCount > 1)
    return ["hold", "SeveralSeries", `${e.seriesCount} series where one was expected: the query does not aggregate`];
  if (age > e.maxAge) return ["hold", "StaleData", `newest sample is ${seconds(age)} old, limit ${seconds(e.maxAge)}`];
  if (grid.real < LEAST_POINTS)
    return ["hold", "TooFewSamples", `${counts}; at least ${LEAST_POINTS} points are needed`];
  const last = cleaned.values.at(-1) ?? Number.NaN;
  if (last > e.capacity)
    return ["hold", "AboveCapacity", `${fixed(last)} cores measured, the pods can burn ${fixed(e.capacity)}`];
  const newestGood = cleaned.times.at(-1) ?? Number.NEGATIVE_INFINITY;
  if (cleaned.newestBad > newestGood && cleaned.newestBadReason !== null) {
    const verdict = cleaned.newestBadReason === "AboveCapacity" ? "hold" : "upOnly";
    return [verdict, cleaned.newestBadReason, `the newest sample was refused; ${counts}`];
  }
  if (e.partial) return ["upOnly", "PartialAnswer", `the source warned of a partial answer; ${counts}`];
  if (coverage < e.minCoverage)
    return ["upOnly", "GapsInData", `${counts}; ${percent(e.minCoverage)} are needed to scale in`];
  return ["act", "DataComplete", counts];
}

type Judgement = readonly [DataVerdict, QualityReason, string];

/** Mean of the last two real grid points, or the last alone when the one before is more than 4 steps back; NaN without any. */
export function currentDemand(series: Series): Cores {
  const last = realBefore(series, series.values.length);
  if (last < 0) return Number.NaN;
  const before = realBefore(series, last);
  if (before < 0 || last - before > 4) return series.values[last]!;
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

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function seconds(value: Seconds): string {
  return `${Number.isFinite(value) ? Math.round(value) : "∞"} s`;
}

function fixed(value: number): string {
  return value.toFixed(3);
}
