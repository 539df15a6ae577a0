/** Reads the history of one target from Prometheus: a range query per metric, the pod count, the longer history and the measured pod start. */

import type { PrometheusSettings } from "../config/types.ts";
import { asError } from "../core/result.ts";
import type { Samples } from "../core/series/types.ts";
import { isFirstMetric, type Metric, readWindow, type TargetConfig } from "../core/target.ts";
import type { EpochSeconds, Seconds } from "../core/units.ts";
import type { HistoryQuery, HistoryReading } from "../ports.ts";
import { excerpt, HistoryError } from "./errors.ts";
import type { AdapterLog } from "./log.ts";
import { parseInstant } from "./prometheus-answer.ts";
import {
  COUNTED,
  defaultQuery,
  fillQuery,
  type Matchers,
  podStartQuery,
  podsQuery,
  quotePromql,
} from "./prometheus-query.ts";
import { type Ask, grid, parsed, type RangeReader } from "./prometheus-range.ts";

/** Pods are counted over so many seconds: what the sum lacked since the last run is not learned. */
const POD_COUNT_RANGE: Seconds = 300;
/** The longest measured pod start. The query leaves longer ones out, and looking further ahead would be useless. */
const MAX_POD_START: Seconds = 900;

/** The largest instant answer in bytes: one value, and warnings. */
export const MAX_INSTANT_BYTES = 64 * 1024;

/** What single readings need. */
export interface Reader {
  readonly settings: PrometheusSettings;
  readonly ask: Ask;
  /** Reads ranges: whole, or only their new points. */
  readonly range: RangeReader;
  readonly log: AdapterLog;
}

/**
 * Reads one metric. `grouped` is what was already read of it together with other targets; then load, pod count and pod start are not read
 * again.
 * Throws HistoryError.
 */
export async function readMetric(
  reader: Reader,
  { target, metric }: HistoryQuery,
  now: EpochSeconds,
  grouped?: HistoryReading,
): Promise<HistoryReading> {
  const { settings, ask, range, log } = reader;
  const { longHistory } = settings;
  if (grouped !== undefined && !longHistory) return grouped;
  const query = promqlOf(settings, target, metric);
  const softly: Ask = (path, form, how) => ask(path, form, { ...how, soft: true });
  const [reading, long] = await Promise.all([
    grouped ?? readSingle(reader, { target, metric }, now, query),
    longHistory &&
      soft(log, range(softly, longQuery(settings, target, metric, query), now, longHistory.range, longHistory.step)),
  ]);
  return {
    ...reading,
    ...(long && longHistory && long.seriesCount === 1 ? { longSamples: long.samples, longStep: longHistory.step } : {}),
  };
}

/** The load of one metric; for the pods' own CPU also their count and start. */
async function readSingle(
  reader: Reader,
  { target, metric }: HistoryQuery,
  now: EpochSeconds,
  query: string,
): Promise<HistoryReading> {
  const { settings, ask, log } = reader;
  // the pods' start is the target's, and asked for once
  const first = isFirstMetric(target, metric);
  const softly: Ask = (path, form, how) => ask(path, form, { ...how, soft: true });
  const built = (metric.query ?? settings.query) === undefined;
  const reach = built ? settings.rateWindow : undefined;
  const measured = reader.range(ask, query, now, readWindow(target), target.step, reach);
  const [answer, count, start] = await Promise.all([
    measured,
    // asked once the sum has come: where Prometheus hangs, one query a target waits for it
    measured.then(() => countPods(reader, target, metric, now).catch(asError)),
    settings.measurePodStart && first ? soft(log, queryPodStart(softly, target, settings.matchers, now)) : undefined,
  ]);
  if (answer.warnings.length > 0)
    log("warn", `${target.namespace}/${target.name}: Prometheus warns: ${excerpt(answer.warnings.join("; "), 500)}`);
  if (count instanceof Error)
    log("warn", `${target.namespace}/${target.name}: its pods could not be counted: ${count.message}`);
  return {
    samples: answer.samples,
    // without the count half of the pods may be missing, and nobody would know
    partial: answer.partial || count instanceof Error,
    ...(count && !(count instanceof Error) ? { pods: count } : {}),
    seriesCount: answer.seriesCount,
    source: query,
    ...(answer.seriesCount === 0 && hintOf(settings, metric)),
    ...(start === undefined ? {} : { podStart: start }),
  };
}

/**
 * The number of measured pods at each point of the last minutes; no row is no pod. Undefined for a query of the user's own, and where the
 * answer is not marked as a count.
 */
async function countPods(
  { ask, settings, range }: Reader,
  target: TargetConfig,
  metric: Metric,
  now: EpochSeconds,
): Promise<Samples | undefined> {
  if ((metric.query ?? settings.query) !== undefined) return undefined;
  const query = podsQuery(target, settings.rateWindow, settings.matchers);
  if (query === undefined) return undefined;
  const seconds = countBack(target);
  const { rateWindow } = settings;
  const { samples, labels, seriesCount } = await range(ask, query, now, seconds, target.step, rateWindow);
  if (seriesCount > 0 && labels[COUNTED.label] !== COUNTED.value) return undefined;
  const counted = new Map([...samples.times].map((time, i) => [time, samples.values[i]!]));
  const { start, points } = grid(now, seconds, target.step);
  const times = Float64Array.from({ length: points }, (_, i) => start + i * target.step);
  return { times, values: times.map((time) => counted.get(time) ?? 0) };
}

/** How many seconds back pods are counted. */
export function countBack(target: TargetConfig): Seconds {
  return Math.min(readWindow(target), Math.max(POD_COUNT_RANGE, 2 * target.interval));
}

/** The metric's own query, else that of the settings for CPU, else the built one. */
function promqlOf({ query, rateWindow, matchers }: PrometheusSettings, target: TargetConfig, metric: Metric): string {
  const own = metric.query ?? query;
  const filled = own === undefined ? defaultQuery(target, rateWindow, matchers) : fillQuery(own, target, matchers);
  if (filled !== undefined) return filled;
  const { kind, name } = target.scaleTargetRef;
  const why = `pod names of a ${kind} follow no known rule: set a query`;
  throw new HistoryError(`CPU of ${kind}/${name}`, undefined, why);
}

/** A hint where the default query gave nothing at all: of too rare scrapes rate() makes no sample. */
function hintOf({ query, rateWindow }: PrometheusSettings, metric: Metric): { readonly hint: string } | null {
  if (metric.query !== undefined || query !== undefined) return null;
  const half = `${rateWindow / 2} s`;
  return {
    hint: `rate() needs two scrapes within rateWindow (${rateWindow} s): if they are ${half} apart or more, raise it`,
  };
}

/** The query of the longer history, where it differs. One that does not name the metric is for the first. */
function longQuery(
  { longHistory, matchers }: PrometheusSettings,
  target: TargetConfig,
  metric: Metric,
  usual: string,
): string {
  const own = longHistory?.query;
  const first = isFirstMetric(target, metric);
  if (own === undefined || !(first || /\$metric\b/.test(own))) return usual;
  return fillQuery(
    own.replace(/\$metric\b/g, () => quotePromql(metric.name)),
    target,
    matchers,
  );
}

async function queryPodStart(
  ask: Ask,
  target: TargetConfig,
  matchers: Matchers,
  now: EpochSeconds,
): Promise<Seconds | undefined> {
  const query = podStartQuery(target, matchers);
  if (query === undefined) return undefined;
  const answer = await ask("/api/v1/query", { query, time: String(now) }, { bytes: MAX_INSTANT_BYTES });
  const value = parsed(answer, parseInstant)?.value;
  // NaN: no pod of it has started yet
  if (value === undefined || Number.isNaN(value)) return undefined;
  if (isPodStart(value)) return value;
  throw new HistoryError(answer.request, 200, `a pod start of ${value} s is outside 0 to ${MAX_POD_START} s`);
}

/** Whether a measured pod start can be one, seconds. */
export function isPodStart(value: number): boolean {
  return value >= 0 && value <= MAX_POD_START;
}

/** The result of optional work; its failure is a warning. */
async function soft<T>(log: AdapterLog, promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    log("warn", asError(error).message);
    return undefined;
  }
}
