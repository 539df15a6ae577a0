/** History from Prometheus: its clock, one range query per target, the longer history and the measured pod start. */
import type { PrometheusSettings } from "../config/types.ts";
import { asError } from "../core/result.ts";
import type { Samples } from "../core/series/types.ts";
import { readWindow, type TargetConfig } from "../core/target.ts";
import type { EpochSeconds, Seconds } from "../core/units.ts";
import type { Redactor } from "../output/redactor.ts";
import type { History, HistoryReading } from "../ports.ts";
import { HistoryError, isTransientStatus, TransportError } from "./errors.ts";
import { AnswerError, errorText, parseInstant, parseRange, type RangeAnswer } from "./prometheus-answer.ts";
import { type Answer, openPrometheus, type PrometheusHttp } from "./prometheus-http.ts";
import { COUNTED, defaultQuery, fillQuery, type Matchers, podStartQuery, podsQuery } from "./prometheus-query.ts";
import { realTiming, retry, retryAfter, type Timing, type Verdict } from "./retry.ts";

/** Prometheus refuses range queries of more points a series. */
const mostPoints = 11_000;
/** Pods are counted this far back: what the sum lacked since the last run is not learned. */
const COUNT_BACK: Seconds = 300;
/** Queries under way at a time: a thousand targets must not become a thousand connections. */
const parallel = 4;

/** What beside the settings a Prometheus history uses; all optional. */
export interface PrometheusOptions {
  readonly log?: (level: "debug" | "warn", message: string) => void;
  /** Learns every secret that is read. */
  readonly redactor?: Redactor;
  readonly timing?: Timing;
  /** Local time in epoch seconds, for dates in Retry-After. */
  readonly localTime?: () => EpochSeconds;
}

/** A History that also lets go of its connections. */
export interface PrometheusHistory extends History {
  close(): void;
}

/** History over HTTP. Nothing is read or connected before the first call. */
export function prometheusHistory(settings: PrometheusSettings, options: PrometheusOptions = {}): PrometheusHistory {
  let opened: Promise<PrometheusHttp> | undefined;
  const http = () => {
    opened ??= openPrometheus(settings, options.redactor).catch((error: unknown) => {
      throw new HistoryError("Prometheus", undefined, error instanceof Error ? error.message : String(error), error);
    });
    return opened;
  };
  const log = options.log ?? (() => {});
  const localTime = options.localTime ?? (() => Date.now() / 1000);
  const ask = async (path: string, form: Readonly<Record<string, string>>): Promise<Asked> =>
    send(await http(), path, form, settings, options.timing ?? realTiming, localTime);
  return {
    now: async () => {
      const answer = await ask("/api/v1/query", { query: "vector(1)" });
      const value = parsed(answer, parseInstant);
      if (value === null) throw new HistoryError(answer.asked, 200, "an empty answer to vector(1)");
      return value.at;
    },
    read: (targets, now) => inParallel(targets, (target) => readTarget(settings, ask, target, now, log)),
    close: () => {
      opened?.then((open) => open.close()).catch(() => {});
    },
  };
}

type Ask = (path: string, form: Readonly<Record<string, string>>) => Promise<Asked>;
type Log = (level: "debug" | "warn", message: string) => void;

interface Asked {
  /** What was asked, for messages. */
  readonly asked: string;
  readonly body: string;
  readonly redact: (text: string) => string;
}

async function send(
  http: PrometheusHttp,
  path: string,
  form: Readonly<Record<string, string>>,
  settings: PrometheusSettings,
  timing: Timing,
  localTime: () => EpochSeconds,
): Promise<Asked> {
  const asked = http.redact(`POST ${http.base}${path} ${JSON.stringify(form.query ?? "")}`);
  const attempts = settings.retries + 1;
  let tried = 0;
  try {
    const body = await retry(
      async (milliseconds, n) => {
        tried = n;
        const answer = await http.post(path, form, milliseconds);
        if (answer.status === 200) return answer.body;
        throw new Refused(answer);
      },
      (error) => judge(error, localTime()),
      { attempts, timeout: settings.timeout, deadline: settings.timeout * Math.min(2, attempts) },
      timing,
    );
    return { asked, body, redact: http.redact };
  } catch (error) {
    const times = tried > 1 ? ` (${tried} attempts)` : "";
    if (error instanceof Refused) {
      throw new HistoryError(asked, error.answer.status, http.redact(refusal(error.answer)) + times);
    }
    if (error instanceof TransportError) throw new HistoryError(asked, undefined, error.message + times, error);
    throw error;
  }
}

/** An answer other than 200. */
class Refused extends Error {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super(`status ${answer.status}`);
    this.answer = answer;
  }
}

function judge(error: unknown, now: EpochSeconds): Verdict {
  if (error instanceof TransportError) return { again: error.transient };
  if (!(error instanceof Refused) || !isTransientStatus(error.answer.status)) return { again: false };
  const after = retryAfter(error.answer.retryAfter, now);
  return after === undefined ? { again: true } : { again: true, after };
}

function refusal({ status, body, location }: Answer): string {
  if (status >= 300 && status < 400) {
    return `${status}, redirected to ${originOf(location)}; redirects are not followed, set the URL to where it should go`;
  }
  return `${status} ${errorText(body)}`;
}

function originOf(location: string | undefined): string {
  if (location === undefined) return "nowhere";
  return URL.canParse(location) ? new URL(location).origin : (location.split("?")[0] ?? "");
}

async function readTarget(
  settings: PrometheusSettings,
  ask: Ask,
  target: TargetConfig,
  now: EpochSeconds,
  log: Log,
): Promise<HistoryReading> {
  const own = target.query ?? settings.query;
  const query =
    own === undefined
      ? defaultQuery(target, settings.rateWindow, settings.matchers)
      : fillQuery(own, target, settings.matchers);
  if (query === undefined) {
    const { kind, name } = target.scaleTargetRef;
    throw new HistoryError(
      `CPU of ${kind}/${name}`,
      undefined,
      `pod names of a ${kind} follow no known rule: set a query`,
    );
  }
  const counting = own === undefined ? podsQuery(target, settings.rateWindow, settings.matchers) : undefined;
  const [range, count, long, start] = await Promise.all([
    queryRange(ask, query, now, readWindow(target), target.step),
    counting && countPods(ask, counting, target, now).catch(asError),
    settings.longHistory &&
      soft(log, queryRange(ask, query, now, settings.longHistory.range, settings.longHistory.step)),
    settings.measurePodStart ? soft(log, queryPodStart(ask, target, settings.matchers)) : undefined,
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
    ...(long && settings.longHistory && long.seriesCount === 1
      ? { longSamples: long.samples, longStep: settings.longHistory.step }
      : {}),
    ...(start === undefined ? {} : { podStart: start }),
  };
}

/** The count of measured pods at each point of the last minutes: no row is no pod. Undefined where the answer is not marked as a count. */
async function countPods(
  ask: Ask,
  query: string,
  target: TargetConfig,
  now: EpochSeconds,
): Promise<Samples | undefined> {
  const seconds = Math.min(readWindow(target), Math.max(COUNT_BACK, 2 * target.interval));
  const { samples, labels, seriesCount } = await queryRange(ask, query, now, seconds, target.step);
  if (seriesCount > 0 && labels[COUNTED.label] !== COUNTED.value) return undefined;
  const counted = new Map([...samples.times].map((time, i) => [time, samples.values[i]!]));
  const { start, points } = grid(now, seconds, target.step);
  const times = Float64Array.from({ length: points }, (_, i) => start + i * target.step);
  return { times, values: times.map((time) => counted.get(time) ?? 0) };
}

async function queryRange(
  ask: Ask,
  query: string,
  now: EpochSeconds,
  history: Seconds,
  step: Seconds,
): Promise<RangeAnswer> {
  const { start, end, points } = grid(now, history, step);
  if (points > mostPoints) {
    throw new HistoryError(
      query,
      undefined,
      `${history} s in steps of ${step} s are ${points} points, at most ${mostPoints} are given: raise the step`,
    );
  }
  const answer = await ask("/api/v1/query_range", {
    query,
    start: String(start),
    end: String(end),
    step: String(step),
  });
  return parsed(answer, parseRange);
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

async function queryPodStart(ask: Ask, target: TargetConfig, matchers: Matchers): Promise<Seconds | undefined> {
  const query = podStartQuery(target, matchers);
  if (query === undefined) return undefined;
  const answer = await ask("/api/v1/query", { query });
  const value = parsed(answer, parseInstant)?.value;
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

/** The error's own cause is not kept: its message quotes the body, in which a proxy may echo a credential. */
function parsed<T>({ asked, body, redact }: Asked, parse: (body: string) => T): T {
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

async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<(R | Error)[]> {
  const results: (R | Error)[] = new Array(items.length);
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < items.length; i = next++) {
      results[i] = await work(items[i]!).catch((e: unknown) => (e instanceof Error ? e : new Error(String(e))));
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, items.length) }, worker));
  return results;
}
