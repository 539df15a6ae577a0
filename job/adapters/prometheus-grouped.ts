/** Reads the histories of many targets by one query over recorded series. Series that are not whole, fresh and unambiguous are read singly. */

import type { PrometheusSettings } from "../config/types.ts";
import { asError } from "../core/result.ts";
import { readWindow } from "../core/target.ts";
import type { EpochSeconds, Seconds } from "../core/units.ts";
import { inParallel, ownTurn } from "../in-parallel.ts";
import type { HistoryQuery, HistoryReading } from "../ports.ts";
import { excerpt, HistoryError } from "./errors.ts";
import type { AdapterLog } from "./log.ts";
import { parseMatrix, parseVector } from "./prometheus-answer.ts";
import { type Ask, parsed } from "./prometheus-range.ts";
import { countsOf, recordedSeries } from "./prometheus-recorded.ts";
import {
  RECORDED_LABEL,
  RECORDS,
  type RecordsReader,
  readWhole,
  recordedName,
  recordSelector,
  unrecorded,
} from "./prometheus-records.ts";
import { countBack, isPodStart } from "./prometheus-single.ts";

/** The grouped readings, and why the other queries have none. Every query is in exactly one of the two. */
export interface Grouped {
  readonly readings: ReadonlyMap<HistoryQuery, HistoryReading>;
  readonly why: ReadonlyMap<HistoryQuery, string>;
}

/** Reads as many of the queries as it can. Never throws: a query that it could not read has no reading. */
export type GroupedHistory = (
  queries: readonly HistoryQuery[],
  now: EpochSeconds,
  signal?: AbortSignal,
) => Promise<Grouped>;

/** The expected size of an answer in bytes; it may be twice as large. Parsing blocks everything else for 20 ms per MiB. */
const ANSWER_BYTES = 2 * 1024 * 1024;
/** A sample of an answer has 35 to 42 bytes, a series 300 more. */
const [SAMPLE, SERIES] = [44, 500];
/** The most targets per query: Prometheus looks up 256 alternatives, and matches longer selectors one by one. */
const MAX_TARGETS = 200;
/** Where nothing at all is recorded, it is asked again after this time. */
const ABSENT: Seconds = 300;
/** After this many failed queries in a row, it is asked again after this time: not in the same run, but in the next runs of the process. */
const [MAX_FAILURES, FAILED]: readonly [number, Seconds] = [2, 30];

/** Why there is no reading where no rule of ours has run. */
const NOTHING_RECORDED = "nothing is recorded";

/** The queries of one read that have no answer yet. */
interface PendingQueries {
  readonly ask: Ask;
  readonly settings: PrometheusSettings;
  readonly now: EpochSeconds;
  readonly log: AdapterLog;
  readonly signal: AbortSignal | undefined;
  /** Reads the cores: whole, or only what is new. */
  readonly records: RecordsReader;
}

/** Grouped reading over one Prometheus. It remembers where nothing is recorded. */
export function groupedHistory(
  settings: PrometheusSettings,
  ask: Ask,
  log: AdapterLog,
  records = readWhole,
): GroupedHistory {
  // not repeated, and for a quarter of a single query's time, 2.5 s at the defaults: where it hangs those come after it.
  // An answer for 95 targets took about 0.1 s of a free processor.
  const once: Ask = (path, form, how) => ask(path, form, { ...how, once: settings.timeout / 4 });
  let pause = { from: Number.NEGATIVE_INFINITY, seconds: 0, why: NOTHING_RECORDED };
  let recorded = false;
  let failures = 0;
  return async (queries, now, signal) => {
    const readings = new Map<HistoryQuery, HistoryReading>();
    const why = new Map<HistoryQuery, string>();
    const recordable: HistoryQuery[] = [];
    for (const query of queries) {
      const reason = unrecorded(settings, query);
      why.set(query, reason ?? NOTHING_RECORDED);
      if (reason === undefined) recordable.push(query);
    }
    const paused = () => now >= pause.from && now < pause.from + pause.seconds;
    const keep = (query: HistoryQuery, reading: HistoryReading | string) => {
      if (typeof reading === "string") why.set(query, reading);
      else if (why.delete(query)) readings.set(query, reading);
    };
    const take = async (part: readonly HistoryQuery[]) => {
      const found = await readPart({ ask: once, settings, now, log, signal, records }, part);
      // of one namespace that nobody records the others are no worse
      if (found === "absent") pause = recorded ? pause : { from: now, seconds: ABSENT, why: NOTHING_RECORDED };
      else {
        [recorded, failures] = [true, 0];
        for (const [i, reading] of found.entries()) keep(part[i]!, reading);
      }
    };
    const fail = (part: readonly HistoryQuery[], error: unknown) => {
      const text = cameOf(error);
      for (const query of part) why.set(query, text);
      // where it hangs or is too much for the server, the parts to come shall not wait as well
      if (++failures >= MAX_FAILURES) pause = { from: now, seconds: FAILED, why: text };
      log("warn", `many targets could not be read together, each is asked for by itself: ${text}`);
    };
    const read = async (part: readonly HistoryQuery[]) => {
      if (paused()) for (const query of part) why.set(query, pause.why);
      else await take(part).catch((error: unknown) => fail(part, error));
    };
    await inParallel(partsOf(recordable), read, 2);
    return { readings, why };
  };
}

/** Groups queries by window and step, in parts whose answers stay within their bytes. */
function partsOf(queries: readonly HistoryQuery[]): readonly (readonly HistoryQuery[])[] {
  const alike = Map.groupBy(queries, ({ target }) => `${readWindow(target)}/${target.step}`);
  return [...alike.values()].flatMap((all) => {
    const { target } = all[0]!;
    const most = Math.floor(
      (2 * ANSWER_BYTES) / (bytesOf(1, readWindow(target), Math.min(target.step, 15)) - 64 * 1024),
    );
    const size = Math.max(1, Math.min(MAX_TARGETS, most));
    return Array.from({ length: Math.ceil(all.length / size) }, (_, k) => all.slice(k * size, (k + 1) * size));
  });
}

/** The reading of each query, or why there is none; "absent" if nothing at all is recorded. Throws if the answer is missing or partial. */
async function readPart(
  { ask, settings, now, log, signal, records }: PendingQueries,
  part: readonly HistoryQuery[],
): Promise<readonly (HistoryReading | string)[] | "absent"> {
  const { matchers, measurePodStart } = settings;
  const names = part.map(({ target }) => recordedName(target));
  const { target } = part[0]!;
  const points = Math.max(1, Math.floor(readWindow(target) / target.step + 1e-9));
  const matrix = async (record: string, of: readonly string[], window: Seconds) => {
    const query = recordSelector(record, of, matchers, window);
    const bytes = bytesOf(of.length, window, Math.min(target.step, 15));
    const answer = await ask("/api/v1/query", { query, time: String(now) }, { bytes, signal });
    await ownTurn();
    const { series, partial } = parsed(answer, (body) => parseMatrix(body, { start: now - window, end: now }));
    if (partial) throw new Error(`${record}: the answer is partial`);
    const own = series.filter(({ labels }) => labels.__name__ === record);
    const named = Map.groupBy(own, ({ labels }) => String(labels[RECORDED_LABEL]));
    return new Map([...named].map(([name, rows]) => [name, rows.map(({ samples }) => samples)]));
  };
  const counted = Math.max(...part.map((query) => countBack(query.target)));
  const [cores, pods, starts] = await Promise.all([
    records(names, { now, window: (points + 2) * target.step, step: target.step }, (of, window) =>
      matrix(RECORDS.cores, of, window),
    ),
    matrix(RECORDS.pods, names, counted + 2 * target.step),
    measurePodStart ? podStarts({ ask, settings, now, log, signal, records }, names) : new Map<string, number>(),
  ]);
  if (cores.size === 0) return "absent";
  return part.map((query, i): HistoryReading | string => {
    const name = names[i]!;
    const found = recordedSeries(cores.get(name), { now, step: target.step, points });
    if (typeof found === "string") return found;
    const counts = countsOf(pods.get(name), found.times, countBack(query.target));
    if (typeof counts === "string") return counts;
    const start = starts.get(name);
    const source = recordSelector(RECORDS.cores, [name], matchers);
    const podStart = start === undefined ? {} : { podStart: start };
    return { samples: found, pods: counts, partial: false, seriesCount: 1, source, ...podStart };
  });
}

/**
 * The largest accepted answer, in bytes, for so many series: twice the expected size for samples every `step` seconds, and at most twice
 * ANSWER_BYTES.
 */
function bytesOf(count: number, window: Seconds, step: Seconds = 15): number {
  return 64 * 1024 + Math.min(2 * ANSWER_BYTES, 2 * count * ((SAMPLE * window) / step + SERIES));
}

/** The measured pod starts, in seconds. They are optional: one that cannot be read, or is recorded twice, is left out. */
async function podStarts(
  { ask, settings, now, log, signal }: PendingQueries,
  names: readonly string[],
): Promise<ReadonlyMap<string, Seconds>> {
  const query = recordSelector(RECORDS.podStart, names, settings.matchers);
  try {
    const answer = await ask(
      "/api/v1/query",
      { query, time: String(now) },
      { bytes: bytesOf(names.length, 0), soft: true, signal },
    );
    const rows = Map.groupBy(parsed(answer, parseVector), ({ labels }) => labels[RECORDED_LABEL]!);
    const good = [...rows].filter(([, [first, second]]) => second === undefined && isPodStart(first!.value));
    return new Map(good.map(([name, [row]]) => [name, row!.value]));
  } catch (error) {
    log("warn", `pod starts could not be read together: ${cameOf(error)}`);
    return new Map();
  }
}

/** The error without its query, which names a hundred workloads. */
function cameOf(error: unknown): string {
  const { message } = asError(error);
  return excerpt(error instanceof HistoryError ? message.slice(error.request.length + 2) : message, 300);
}
