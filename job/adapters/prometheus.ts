/** History from Prometheus: its clock, one range query per metric, the longer history and the measured pod start. */
import type { PrometheusSettings } from "../config/types.ts";
import { asError } from "../core/result.ts";
import type { Samples } from "../core/series/types.ts";
import { type Metric, metricsOf, readWindow, type TargetConfig } from "../core/target.ts";
import { type EpochSeconds, pluralize, type Seconds } from "../core/units.ts";
import type { History, HistoryQuery, HistoryReading, ScaleHistory } from "../ports.ts";
import type { Check } from "./check.ts";
import { HistoryError } from "./errors.ts";
import { AnswerError, parseInstant, parseRange, type RangeAnswer } from "./prometheus-answer.ts";
import {
  openPrometheus,
  type PrometheusAnswer,
  type PrometheusHttp,
  type PrometheusOutside,
} from "./prometheus-http.ts";
import {
  COUNTED,
  defaultQuery,
  fillQuery,
  type Matchers,
  podStartQuery,
  podsQuery,
  quotePromql,
} from "./prometheus-query.ts";
import { prometheusScales } from "./prometheus-scales.ts";

/** Prometheus refuses range queries of more points a series. */
const MAX_POINTS = 11_000;
/** Pods are counted this far back: what the sum lacked since the last run is not learned. */
const COUNT_BACK: Seconds = 300;
/** The query leaves out what took longer; more than that would be looked ahead for nothing. */
const MAX_POD_START: Seconds = 900;
/** Times of our own era: 2001 to 2128. A clock in milliseconds is far above. */
const [earliest, latest] = [1e9, 5e9];

/** A History that also knows the replicas that were, and lets go of its connections. */
export interface PrometheusHistory extends History {
  readonly scales: ScaleHistory;
  /** What the doctor says of the queries themselves. */
  checks(queries: readonly HistoryQuery[], now: EpochSeconds): Promise<readonly Check[]>;
  close(): void;
}

/** History over HTTP. Nothing is read or connected before the first call. */
export function prometheusHistory(settings: PrometheusSettings, outside: PrometheusOutside = {}): PrometheusHistory {
  let opened: Promise<PrometheusHttp> | undefined;
  const http = () => {
    opened ??= openPrometheus(settings, outside).catch((error: unknown) => {
      opened = undefined;
      throw new HistoryError("Prometheus", undefined, messageOf(error), error);
    });
    return opened;
  };
  const ask: Ask = async (path, form, how) => (await http()).ask(path, form, how);
  const log = outside.log ?? (() => {});
  return {
    now: async (signal) => {
      const answer = await ask("/api/v1/query", { query: "vector(1)" }, { bytes: SMALL, signal });
      const at = parsed(answer, parseInstant)?.at;
      if (at === undefined) throw new HistoryError(answer.asked, 200, "an empty answer to vector(1)");
      if (at > earliest && at < latest) return at;
      throw new HistoryError(answer.asked, 200, `its clock says ${at}, which is no time in seconds since 1970`);
    },
    read: (queries, now, signal) => {
      const until: Ask = (path, form, how) => ask(path, form, { ...how, signal });
      return Promise.all(queries.map((query) => readMetric(settings, until, query, now, log).catch(asError)));
    },
    scales: prometheusScales(settings.matchers, ask),
    checks: async (queries, now) => (await import("./prometheus-checks.ts")).queryChecks(settings, ask, queries, now),
    close: () => {
      opened?.then((open) => open.close()).catch(() => {});
    },
  };
}

type Ask = PrometheusHttp["ask"];
type Log = (level: "debug" | "warn", message: string) => void;

/** Bytes of an instant answer: one value, and warnings. */
const SMALL = 64 * 1024;

/** Bytes of a range answer: a sample is 25 to 48 of them; room for a few series more, so that they can be counted and named. */
function bytesOf(points: number): number {
  return 256 * 1024 + points * 64 * 4;
}

async function readMetric(
  settings: PrometheusSettings,
  ask: Ask,
  { target, metric }: HistoryQuery,
  now: EpochSeconds,
  log: Log,
): Promise<HistoryReading> {
  const query = promqlOf(settings, target, metric);
  // the pods' start is the target's, and asked for once
  const first = metricsOf(target)[0]?.name === metric.name;
  const softly: Ask = (path, form, how) => ask(path, form, { ...how, soft: true });
  const { longHistory } = settings;
  const measured = queryRange(ask, query, now, readWindow(target), target.step);
  const [range, count, long, start] = await Promise.all([
    measured,
    // asked once the sum has come: where Prometheus hangs, one query a target waits for it
    measured.then(() => countPods(ask, settings, target, metric, now).catch(asError)),
    longHistory &&
      soft(
        log,
        queryRange(softly, longQuery(settings, target, metric, query), now, longHistory.range, longHistory.step),
      ),
    settings.measurePodStart && first ? soft(log, queryPodStart(softly, target, settings.matchers, now)) : undefined,
  ]);
  if (range.warnings.length > 0)
    log("warn", `${target.namespace}/${target.name}: Prometheus warns: ${range.warnings.join("; ")}`);
  if (count instanceof Error)
    log("warn", `${target.namespace}/${target.name}: its pods could not be counted: ${count.message}`);
  return {
    samples: range.samples,
    // without the count half of the pods may be missing, and nobody would know
    partial: range.partial || count instanceof Error,
    ...(count && !(count instanceof Error) ? { pods: count } : {}),
    seriesCount: range.seriesCount,
    source: query,
    ...(range.seriesCount === 0 && hintOf(settings, metric)),
    ...(long && longHistory && long.seriesCount === 1 ? { longSamples: long.samples, longStep: longHistory.step } : {}),
    ...(start === undefined ? {} : { podStart: start }),
  };
}

/**
 * The count of measured pods at each point of the last minutes: no row is no pod. Undefined of a query of the user's own, and where the answer is not marked as a count.
 */
async function countPods(
  ask: Ask,
  settings: PrometheusSettings,
  target: TargetConfig,
  metric: Metric,
  now: EpochSeconds,
): Promise<Samples | undefined> {
  if ((metric.query ?? settings.query) !== undefined) return undefined;
  const query = podsQuery(target, settings.rateWindow, settings.matchers);
  if (query === undefined) return undefined;
  const seconds = Math.min(readWindow(target), Math.max(COUNT_BACK, 2 * target.interval));
  const { samples, labels, seriesCount } = await queryRange(ask, query, now, seconds, target.step);
  if (seriesCount > 0 && labels[COUNTED.label] !== COUNTED.value) return undefined;
  const counted = new Map([...samples.times].map((time, i) => [time, samples.values[i]!]));
  const { start, points } = grid(now, seconds, target.step);
  const times = Float64Array.from({ length: points }, (_, i) => start + i * target.step);
  return { times, values: times.map((time) => counted.get(time) ?? 0) };
}

/** The metric's own query, else the settings' for CPU, else the built one. */
function promqlOf({ query, rateWindow, matchers }: PrometheusSettings, target: TargetConfig, metric: Metric): string {
  const own = metric.query ?? query;
  const filled = own === undefined ? defaultQuery(target, rateWindow, matchers) : fillQuery(own, target, matchers);
  if (filled !== undefined) return filled;
  const { kind, name } = target.scaleTargetRef;
  const why = `pod names of a ${kind} follow no known rule: set a query`;
  throw new HistoryError(`CPU of ${kind}/${name}`, undefined, why);
}

/** A built query that gave nothing at all: of a scrape that is too rare, rate() makes no sample. */
function hintOf({ query, rateWindow }: PrometheusSettings, metric: Metric): { readonly hint: string } | null {
  if (metric.query !== undefined || query !== undefined) return null;
  const half = `${rateWindow / 2} s`;
  return {
    hint: `rate() needs two scrapes within rateWindow (${rateWindow} s): if they are ${half} apart or more, raise it`,
  };
}

/** The query of the longer history, where it is another; one that does not name the metric is about the first. */
function longQuery(
  { longHistory, matchers }: PrometheusSettings,
  target: TargetConfig,
  metric: Metric,
  usual: string,
): string {
  const own = longHistory?.query;
  const first = metricsOf(target)[0]?.name === metric.name;
  if (own === undefined || !(first || /\$metric\b/.test(own))) return usual;
  return fillQuery(
    own.replace(/\$metric\b/g, () => quotePromql(metric.name)),
    target,
    matchers,
  );
}

async function queryRange(
  ask: Ask,
  query: string,
  now: EpochSeconds,
  history: Seconds,
  step: Seconds,
): Promise<RangeAnswer> {
  const { start, end, points } = grid(now, history, step);
  if (points > MAX_POINTS) {
    throw new HistoryError(
      query,
      undefined,
      `${history} s in steps of ${step} s are ${pluralize(points, "point")}, at most ${MAX_POINTS} are given: raise the step`,
    );
  }
  const form = { query, start: String(start), end: String(end), step: String(step) };
  const answer = await ask("/api/v1/query_range", form, { bytes: bytesOf(points) });
  return parsed(answer, (body) => parseRange(body, { start, end, step, points }));
}

/** The range of a query: both ends on multiples of the step, so that runs see the same points and caches serve them. */
export function grid(
  now: EpochSeconds,
  history: Seconds,
  step: Seconds,
): { readonly start: EpochSeconds; readonly end: EpochSeconds; readonly points: number } {
  const points = Math.max(1, Math.floor(history / step + 1e-9));
  const end = Math.floor(now / step + 1e-9) * step;
  return { start: end - (points - 1) * step, end, points };
}

async function queryPodStart(
  ask: Ask,
  target: TargetConfig,
  matchers: Matchers,
  now: EpochSeconds,
): Promise<Seconds | undefined> {
  const query = podStartQuery(target, matchers);
  if (query === undefined) return undefined;
  const answer = await ask("/api/v1/query", { query, time: String(now) }, { bytes: SMALL });
  const value = parsed(answer, parseInstant)?.value;
  // NaN: no pod of it has started yet
  if (value === undefined || Number.isNaN(value)) return undefined;
  if (value >= 0 && value <= MAX_POD_START) return value;
  throw new HistoryError(answer.asked, 200, `a pod start of ${value} s, where 0 to ${MAX_POD_START} were asked for`);
}

/** The error's own cause is not kept: its message quotes the body, in which a proxy may echo a credential. */
function parsed<T>({ asked, body, redact }: PrometheusAnswer, parse: (body: string) => T): T {
  try {
    return parse(body);
  } catch (error) {
    if (error instanceof AnswerError) throw new HistoryError(asked, 200, redact(error.message));
    throw error;
  }
}

/** What is good to have but not needed: its failure is a warning. */
async function soft<T>(log: Log, promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    log("warn", error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

function messageOf(error: unknown): string {
  return asError(error).message;
}
