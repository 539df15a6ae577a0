/** The verdict on a cleaned window: act, up only or hold, with the reason and a sentence that names the numbers. */

import { type Cores, type EpochSeconds, pluralize, type Seconds } from "../units.ts";
import { standstill } from "./cadence.ts";
import type { Cleaned } from "./clean.ts";
import type { Grid } from "./grid.ts";
import { causeOf, milliCores, onlyRises, timeUnit } from "./implausible.ts";
import type { DataVerdict, QualityReason, Samples } from "./types.ts";

/** The window as it was measured. */
export interface MeasuredWindow {
  readonly samples: Samples;
  readonly cleaned: Cleaned;
  readonly grid: Grid;
  readonly coverage: number;
  /** Seconds between two new values. */
  readonly cadence: Seconds;
}

/** The criteria of the verdict; an Expectation fits. */
interface Criteria {
  readonly now: EpochSeconds;
  readonly step: Seconds;
  readonly history: Seconds;
  readonly maxAge: Seconds;
  readonly minCoverage: number;
  readonly cpu: boolean;
  readonly counted: boolean;
  readonly capacity: Cores;
  readonly useful: Cores;
  readonly ceiling: Cores;
  readonly partial: boolean;
  readonly seriesCount: number;
}

/** Data over a shorter time than this allow no scale-in: after a start of Prometheus the targets of a sum appear one by one. */
export const MIN_SPAN: Seconds = 300;

type Judgement = readonly [DataVerdict, QualityReason, string];

/** With one point a level may be an accident. With two the reactive floor works, by the second minute. */
const MIN_POINTS = 2;
/** Values that only rise are a counter from this many times what all pods should carry: one core counted for ten minutes is 600. */
const MIN_COUNTER_RATIO = 3;

/** Judges a window by the first that holds: no time is possible, no sample, nothing fresh, nothing possible, not everything. */
export function judge(measured: MeasuredWindow, criteria: Criteria): Judgement {
  return (
    judgeTimes(measured, criteria) ??
    judgeAbsence(measured, criteria) ??
    judgeSize(measured, criteria) ??
    judgeNewest(measured, criteria) ??
    judgeWhole(measured, criteria)
  );
}

/** Impossible times: the job would act on the load of another hour. */
function judgeTimes({ samples, cleaned }: MeasuredWindow, { now }: Criteria): Judgement | null {
  if (samples.times.length === 0) return null;
  const unit = timeUnit(samples.times, now);
  if (unit !== null) return ["hold", "WrongTimeUnit", `the times are ${unit}, not seconds`];
  if (cleaned.future === 0) return null;
  const latest = samples.times.reduce((max, time) => Math.max(max, time), Number.NEGATIVE_INFINITY);
  const by = Number.isFinite(latest) ? `, the newest by ${seconds(latest - now)}` : "";
  return [
    "hold",
    "FutureData",
    `${cleaned.future} of ${pluralize(samples.times.length, "sample lies", "samples lie")} in the future${by}`,
  ];
}

/** No usable sample, none that is fresh, one only, or several series. */
function judgeAbsence(measured: MeasuredWindow, criteria: Criteria): Judgement | null {
  const { cleaned, grid } = measured;
  const { newestBad, newestBadReason, refused, times } = cleaned;
  const newest = times.at(-1) ?? Number.NEGATIVE_INFINITY;
  const age = criteria.now - newest;
  const bad = newestBadReason ?? "NoData";
  if (grid.real === 0) {
    if (refused > 0)
      return ["hold", bad, `none of ${pluralize(refused, "sample")} is usable: ${wordsFor(measured, criteria)}`];
    if (times.length === 0) return ["hold", "NoData", "the answer holds no sample; that is not zero load"];
    return ["hold", "StaleData", `every sample is older than the window (newest ${seconds(age)})`];
  }
  if (criteria.seriesCount > 1) {
    const text = `${pluralize(criteria.seriesCount, "series", "series")} where one was expected: the query does not aggregate`;
    return ["hold", "SeveralSeries", text];
  }
  if (age > criteria.maxAge) {
    const old = `sample is ${seconds(age)} old, limit ${seconds(criteria.maxAge)}`;
    if (newestBad <= newest) return ["hold", "StaleData", `newest ${old}`];
    return ["hold", bad, `newest usable ${old}; what came since is not usable: ${wordsFor(measured, criteria)}`];
  }
  return grid.real < MIN_POINTS
    ? [
        "hold",
        "TooFewSamples",
        `${countsOf(measured, criteria)}; at least ${pluralize(MIN_POINTS, "point")} are needed`,
      ]
    : null;
}

/** More than is possible: for the workload, or for these pods. */
function judgeSize({ cleaned, samples }: MeasuredWindow, criteria: Criteria): Judgement | null {
  const { capacity, useful, cpu } = criteria;
  const { recent, impossible } = impossibleIn(samples, criteria);
  if (impossible > recent / 2) {
    const share = `${impossible} of ${pluralize(recent, "sample")} of the last ${seconds(MIN_SPAN)}`;
    return ["hold", "AboveCapacity", `${share} are more than the pods can use; ${causeOf(samples, useful)}`];
  }
  const last = cleaned.values.at(-1) ?? Number.NaN;
  if (last > capacity)
    return ["hold", "AboveCapacity", `${fixed(last)} cores measured, the pods can use ${fixed(capacity)}`];
  if (!cpu) return null;
  const above = `${fixed(last)} cores measured, all pods should carry ${fixed(useful)}`;
  if (milliCores(cleaned.values, useful))
    return ["hold", "AboveCapacity", `${above}, and all values are whole numbers: are these milli-cores?`];
  if (last > MIN_COUNTER_RATIO * useful && onlyRises(cleaned.values))
    return ["hold", "AboveCapacity", `${above}, and the values only ever rise, as a counter does: is rate() missing?`];
  return null;
}

/** Of the samples of the last minutes, how many are above what can be true: where most are, the one that is just below is no better. O(n). */
function impossibleIn({ times, values }: Samples, { now, ceiling }: Criteria) {
  const counts = { recent: 0, impossible: 0 };
  for (let i = 0; i < times.length; i++) {
    if (times[i]! <= now - MIN_SPAN || !Number.isFinite(values[i]!)) continue;
    counts.recent++;
    if (values[i]! > ceiling) counts.impossible++;
  }
  return counts;
}

/** The newest sample was refused. */
function judgeNewest(measured: MeasuredWindow, criteria: Criteria): Judgement | null {
  const { newestBad, newestBadReason, times } = measured.cleaned;
  const newest = times.at(-1) ?? Number.NEGATIVE_INFINITY;
  if (newestBadReason === null || newestBad <= newest) return null;
  const text = `the newest sample was refused: ${wordsFor(measured, criteria)}; ${countsOf(measured, criteria)}`;
  return [newestBadReason === "AboveCapacity" ? "hold" : "upOnly", newestBadReason, text];
}

/** Whether the window is complete. */
function judgeWhole(measured: MeasuredWindow, criteria: Criteria): Judgement {
  const { partial, minCoverage, counted } = criteria;
  const counts = countsOf(measured, criteria);
  if (partial) return ["upOnly", "PartialAnswer", `the source warned of a partial answer; ${counts}`];
  const back = counted ? undefined : returnedAt(measured.cleaned.times, criteria);
  if (back !== undefined) {
    const text = `usable data came back ${seconds(criteria.now - back)} ago, maybe not all at once; ${counts}`;
    return ["upOnly", "GapsInData", text];
  }
  const still = standingFor(measured, criteria);
  if (still > criteria.maxAge + measured.cadence) {
    const text = `the newest value has been repeated for ${seconds(still)}, where a new one came every ${seconds(measured.cadence)}: is the scrape still running?`;
    return ["upOnly", "StaleData", text];
  }
  if (measured.coverage < minCoverage)
    return ["upOnly", "GapsInData", `${counts}; ${percent(minCoverage)} are needed to scale in`];
  return ["act", "DataComplete", counts];
}

/** Seconds for which the newest value of CPU, which never stands still, has been repeated; 0 for other metrics, since a queue may stand still. */
function standingFor({ cleaned, cadence }: MeasuredWindow, { cpu, now, history }: Criteria): Seconds {
  return cpu ? standstill(cleaned.times, cleaned.values, cadence, now - history) : 0;
}

/** When data came back after an outage, where that is less than MIN_SPAN ago. A gap longer than maxAge is an outage. */
export function returnedAt(
  times: Float64Array,
  { now, maxAge }: Pick<Criteria, "now" | "maxAge">,
): EpochSeconds | undefined {
  for (let i = times.length - 1; i > 0 && now - times[i]! < MIN_SPAN; i--)
    if (times[i]! - times[i - 1]! > maxAge) return times[i]!;
  return undefined;
}

/** What is wrong with the newest refused sample, in words. */
function wordsFor({ samples, cleaned }: MeasuredWindow, { useful }: Criteria): string {
  switch (cleaned.newestBadReason) {
    case "NotFinite":
      return "it is not a finite number";
    case "NegativeData":
      return "it is negative";
    case "ZeroUsage":
      return "it is exactly 0, which no running process uses";
    default:
      return `it is more than the pods can use; ${causeOf(samples, useful)}`;
  }
}

function countsOf({ grid, coverage, cleaned, cadence }: MeasuredWindow, { now, step }: Criteria): string {
  const newest = cleaned.times.at(-1) ?? Number.NEGATIVE_INFINITY;
  const repeats = cadence > step ? `, a new value every ${seconds(cadence)} only` : "";
  const refused = cleaned.refused === 0 ? "" : `, ${pluralize(cleaned.refused, "sample")} refused`;
  const age = seconds(Math.max(0, now - newest));
  return `${pluralize(grid.real, "point")}, ${percent(coverage)} of the window, newest ${age} old${repeats}${refused}`;
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
