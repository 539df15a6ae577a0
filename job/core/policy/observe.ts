/** What one tick observes of each metric before it decides: the judged window, the lead time and the forecast. */
import type { Forecaster } from "../forecast/types.ts";
import { asError } from "../result.ts";
import { clean } from "../series/clean.ts";
import { mask, toGrid } from "../series/grid.ts";
import { believable, capacityOf, currentDemand, inspect, type JudgedWindow } from "../series/quality.ts";
import type { Quality, Samples, Series } from "../series/types.ts";
import { memoryOfMetric, STILL_VISIBLE } from "../state/memory.ts";
import type { LastForecast, Span, TargetState } from "../state/types.ts";
import { type Metric, metricsOf, readWindow, type TargetConfig } from "../target.ts";
import type { EpochSeconds, Replicas, Seconds } from "../units.ts";
import type { Amount } from "./amounts.ts";
import type { Conditions } from "./conditions.ts";
import { type Lead, leadOf } from "./lead.ts";
import { QUANTILE_LEVELS } from "./level.ts";
import { mayBeZero } from "./metrics.ts";
import { missingPods } from "./missing.ts";
import { isUsable, type MetricInput } from "./stage.ts";

/** A history as a tick needs it; the port's HistoryReading fits. */
export interface TickHistory {
  readonly samples: Samples;
  readonly longSamples?: Samples;
  readonly longStep?: Seconds;
  readonly partial: boolean;
  readonly seriesCount: number;
  /** What may be wrong with the query, where the answer has no sample. */
  readonly hint?: string;
  readonly podStart?: Seconds;
  /** How many pods were measured over the whole step, at the newest points; absent: the source cannot say. */
  readonly pods?: Samples;
}

/** Input of one tick. `memory` undefined: nothing is remembered. */
export interface TickInput {
  readonly now: EpochSeconds;
  /** One history for each of `metricsOf(config)`, in its order; null: it could not be read, which is not zero load. */
  readonly histories: readonly (TickHistory | null)[];
  readonly current: Replicas;
  /** Existing pods, where `current` is something else (the floor of an HPA). */
  readonly pods?: Replicas;
  readonly conditions: Conditions;
  readonly memory: TargetState | undefined;
  readonly config: TargetConfig;
}

/** What is observed of one metric. `window` also contains what is not learned. */
export interface Observation extends MetricInput {
  readonly window: Series;
  /** The window, where the source does not count the pods in its sum. */
  readonly uncounted?: Series;
  /** When its sum lacked pods in the last minutes. */
  readonly incomplete: Span | null;
  /** The longer history that the forecast was given; absent: none. */
  readonly longHistory?: Series;
}

const EMPTY: Samples = { times: new Float64Array(0), values: new Float64Array(0) };

/** Observes every metric by itself. */
export function observe(input: TickInput, memory: TargetState, forecaster: Forecaster): readonly Observation[] {
  return metricsOf(input.config).map((metric, i) => {
    const history = input.histories[i] ?? null;
    const { series: window, quality } = inspectHistory(input, metric, history, memory);
    const seen = { metric, quality, demand: quality.verdict === "hold" ? Number.NaN : currentDemand(window) };
    const usable = isUsable(seen);
    const lead = currentLead(input, quality.age, window.step);
    const levels = levelsOf(metric);
    const { pods, incomplete } = missingPods(input, history?.pods, memory, metric.name, quality.returned);
    const learnable = learnableOf(window, metric, incomplete, input, memory);
    const answer = usable
      ? requestForecast(input, { metric, history, series: learnable, levels, lead }, forecaster)
      : { forecast: null };
    const counted = history?.pods === undefined ? { uncounted: window } : { missing: pods };
    return { ...seen, ...answer, ...counted, series: usable ? learnable : null, levels, lead, window, incomplete };
  });
}

/** Lays the samples on their grid and judges them against what the pods can use. */
function inspectHistory(
  { now, current, pods: existing, conditions, config }: TickInput,
  metric: Metric,
  history: TickHistory | null,
  memory: TargetState,
): JudgedWindow {
  // Pods that a scale-in took away in the last minutes still burn in the newest rate; a rollout may surge to twice the pods.
  const recent = memory.changes.filter(({ at }) => at > now - STILL_VISIBLE).map(({ from, to }) => Math.max(from, to));
  const surge = conditions.rollout === true || memory.rollouts.length > 0 ? 2 : 1;
  const pods = Math.max(current, existing ?? 0, conditions.readyReplicas ?? 0, ...recent) * surge;
  const most = Math.max(pods, config.maxReplicas * surge);
  const samples = history?.samples ?? EMPTY;
  const { series, quality } = inspect(metric.ofPods && mayBeZero(config) ? sinceLastGap(samples) : samples, {
    now,
    step: config.step,
    history: config.history,
    window: readWindow(config),
    maxAge: config.maxAge,
    minCoverage: config.minCoverage,
    cpu: metric.ofPods,
    zero: !metric.ofPods || isCounted(history),
    counted: history?.pods !== undefined,
    capacity: metric.ofPods ? capacityOf(pods, config.podCpuLimit) : Number.POSITIVE_INFINITY,
    ceiling: ceilingOf(metric, most, config),
    useful: config.maxReplicas * metric.averageValue,
    partial: history?.partial ?? false,
    seriesCount: history?.seriesCount ?? 0,
  });
  return { series, quality: { ...quality, message: absenceText(quality, history) } };
}

/** What is missing: an answer without samples differs from no answer. */
function absenceText({ reason, message }: Quality, history: TickHistory | null): string {
  if (history === null) return "there was no answer; that is not zero load";
  return reason === "NoData" && history.hint !== undefined ? `${message}; ${history.hint}` : message;
}

/** Whether pods were counted in the newest sum. Pods whose rate is exactly zero are not. */
function isCounted(history: TickHistory | null): boolean {
  return (history?.pods?.values.at(-1) ?? 0) > 0;
}

/** The largest possible amount. A queue may have any length, and requests any number. */
function ceilingOf({ ofPods, averageValue }: Metric, pods: Replicas, { podCpuLimit }: TargetConfig): number {
  return ofPods ? believable(pods, podCpuLimit, averageValue) : Number.POSITIVE_INFINITY;
}

/**
 * A workload that was at 0 has a hole in its CPU, which is no fault of the data: it counts as young, without a past. After five minutes
 * Prometheus takes a series for gone: by that reason, not by a measurement.
 */
const MIN_GAP: Seconds = 300;

/** The samples since the last hole longer than MIN_GAP. Times out of order count as they stand. */
function sinceLastGap({ times, values }: Samples): Samples {
  let first = 0;
  for (let i = 1; i < times.length; i++) if (times[i]! - times[i - 1]! > MIN_GAP) first = i;
  return first === 0 ? { times, values } : { times: times.subarray(first), values: values.subarray(first) };
}

/**
 * The longest pod start, measured or configured. One of 1e6 s made a grid of 2.3 GB and 51 s of work. Not measured: four times the 900 s that
 * a query accepts for a start.
 */
const MAX_POD_START: Seconds = 3600;

/**
 * The lead of this tick, in steps of the grid. A possible measured pod start takes precedence over the configured one, and the data's age over
 * a smaller lag. Data older than maxAge are on hold and give no lead: times in kiloseconds would be 1.7e9 s old, whose parts took 19 s.
 */
function currentLead({ histories, conditions, config }: TickInput, age: Seconds, step: Seconds): Lead {
  const measured = [conditions.podStart, ...histories.map((history) => history?.podStart)];
  const start = measured.find((seconds = Number.NaN) => seconds >= 0 && seconds <= MAX_POD_START) ?? config.podStart;
  const lag = Number.isFinite(age) ? Math.max(config.metricLag, Math.min(age, config.maxAge)) : config.metricLag;
  return leadOf(lag, start, { ...config, step });
}

/** The levels of the maximum that the policy needs, ascending and unique. */
function levelsOf({ quantile, scaleDownQuantile }: Metric): readonly number[] {
  const given = [quantile, scaleDownQuantile].filter((level) => level !== undefined);
  return [...new Set(quantile === undefined ? [...QUANTILE_LEVELS, ...given] : given)].sort((a, b) => a - b);
}

/** The window without bursts of starting pods in rollouts, and without sums that lacked pods. */
function learnableOf(
  window: Series,
  { ofPods, name }: Metric,
  incomplete: Span | null,
  { now, conditions }: TickInput,
  memory: TargetState,
): Series {
  const before = memoryOfMetric(memory, name).incomplete;
  const lacking = incomplete === null ? before : [...before, incomplete];
  if (!ofPods) return mask(window, lacking);
  const bursts = memory.rollouts.map(([from, to]): Span => [from, to + STILL_VISIBLE]);
  const running: readonly Span[] = conditions.rollout === true ? [[now, now]] : [];
  return mask(window, [...lacking, ...bursts, ...running]);
}

/** What a forecast request needs beside the settings. */
interface Question {
  readonly metric: Metric;
  readonly history: TickHistory | null;
  readonly series: Series;
  readonly levels: readonly number[];
  readonly lead: Lead;
}

/** Requests a forecast. A forecaster that throws gives none: a numeric accident costs the forecast, not the decision. */
function requestForecast(
  input: TickInput,
  { metric, history, series, levels, lead }: Question,
  forecaster: Forecaster,
): Pick<Observation, "forecast" | "problem" | "longHistory"> {
  const samples = history?.longSamples;
  const long = samples === undefined ? {} : { longHistory: longGrid(samples, history?.longStep, metric, input) };
  const horizonSteps = Math.max(1, Math.ceil(input.config.horizon / series.step - 1e-9));
  const { steps: leadSteps, parts } = lead;
  try {
    const ownSettings = metric.prophet && { prophet: metric.prophet };
    const forecast = forecaster({ series, horizonSteps, leadSteps, parts, levels, ...long, ...ownSettings });
    return { forecast, ...long };
  } catch (error) {
    return { forecast: null, problem: asError(error).message };
  }
}

/** What is remembered of a forecast. It expires at the end of the lead time for which it was made. */
export function lastForecastOf(
  { forecast, lead }: MetricInput,
  now: EpochSeconds,
  { value: quantile, level }: Amount,
  { interval }: Pick<TargetConfig, "interval">,
): LastForecast | null {
  if (forecast === null || ![quantile, forecast.max, forecast.mean].every(Number.isFinite)) return null;
  const { mean, method } = forecast;
  const { max } = forecast.parts?.at(-1) ?? forecast;
  return { at: now, expires: now + lead.seconds + interval, max, quantile, level, mean, method };
}

/**
 * The longer history on its grid, without values above what twice maxReplicas pods (a rollout's surge) could use. Otherwise an accident of
 * last week would be forecast for today.
 */
function longGrid(samples: Samples, step: Seconds = 300, metric: Metric, { now, config }: TickInput): Series {
  const ceiling = ceilingOf(metric, 2 * config.maxReplicas, config);
  const { times, values } = clean(samples, { latest: now, ceiling, zero: !metric.ofPods });
  return toGrid(times, values, step, MAX_LONG_POINTS).series;
}

/** Prometheus gives at most 11,000 points a series. */
const MAX_LONG_POINTS = 11_000;
