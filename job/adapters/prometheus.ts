/** The History over Prometheus: its clock and the metrics' histories, read for many targets together where possible. */
import type { PrometheusSettings } from "../config/types.ts";
import { asError } from "../core/result.ts";
import type { EpochSeconds } from "../core/units.ts";
import type { History, HistoryQuery, ScaleHistory } from "../ports.ts";
import type { Check } from "./check.ts";
import { HistoryError } from "./errors.ts";
import { parseInstant } from "./prometheus-answer.ts";
import type { Grouped, GroupedHistory } from "./prometheus-grouped.ts";
import { openPrometheus, type PrometheusHttp, type PrometheusTools } from "./prometheus-http.ts";
import { type Ask, parsed, queryRange, type RangeReader } from "./prometheus-range.ts";
import { GROUPED_FROM, type RecordsReader } from "./prometheus-records.ts";
import { prometheusScales } from "./prometheus-scales.ts";
import { MAX_INSTANT_BYTES, readMetric } from "./prometheus-single.ts";

/** Plausible times: 2001 to 2128. A clock in milliseconds is far above. */
const [earliest, latest] = [1e9, 5e9];

/** A History that also reads past replicas and can close its connections. */
export interface PrometheusHistory extends History {
  readonly scales: ScaleHistory;
  /** The doctor's checks of the queries. */
  checks(queries: readonly HistoryQuery[], now: EpochSeconds): Promise<readonly Check[]>;
  close(): void;
}

/** How a history is opened. */
export interface PrometheusOptions extends PrometheusTools {
  /** It is read again and again: what was read is kept, and only new points are asked for. */
  readonly keeps?: boolean;
}

/** History over HTTP. Nothing is read or connected before the first call. */
export function prometheusHistory(settings: PrometheusSettings, outside: PrometheusOptions = {}): PrometheusHistory {
  let opened: Promise<PrometheusHttp> | undefined;
  const http = () => {
    opened ??= openPrometheus(settings, outside).catch((error: unknown) => {
      opened = undefined;
      throw new HistoryError("Prometheus", undefined, asError(error).message, error);
    });
    return opened;
  };
  const ask: Ask = async (path, form, how) => (await http()).ask(path, form, how);
  const log = outside.log ?? (() => {});
  let keeping: Promise<Readers> | undefined;
  const readers = () => {
    keeping ??= outside.keeps ? openKept(settings) : Promise.resolve({ range: queryRange });
    return keeping;
  };
  let grouped: Promise<GroupedHistory> | undefined;
  const together = async (...[queries, ...rest]: Parameters<GroupedHistory>): Promise<Grouped | undefined> => {
    const { grouped: when } = settings;
    if (when === "never" || (when === "auto" && queries.length < GROUPED_FROM)) return undefined;
    grouped ??= import("./prometheus-grouped.ts").then(async ({ groupedHistory }) =>
      groupedHistory(settings, ask, log, (await readers()).records),
    );
    return (await grouped)(queries, ...rest);
  };
  return {
    now: async (signal) => {
      const answer = await ask("/api/v1/query", { query: "vector(1)" }, { bytes: MAX_INSTANT_BYTES, signal });
      const at = parsed(answer, parseInstant)?.at;
      if (at === undefined) throw new HistoryError(answer.request, 200, "an empty answer to vector(1)");
      if (at > earliest && at < latest) return at;
      throw new HistoryError(answer.request, 200, `its clock says ${at}, which is not a time in seconds since 1970`);
    },
    read: async (queries, now, signal) => {
      const until: Ask = (path, form, how) => ask(path, form, { ...how, signal });
      const readings = (await together(queries, now, signal))?.readings;
      const reader = { settings, ask: until, range: (await readers()).range, log };
      return Promise.all(queries.map((query) => readMetric(reader, query, now, readings?.get(query)).catch(asError)));
    },
    scales: prometheusScales(settings.matchers, ask),
    checks: async (queries, now) => {
      const { queryChecks } = await import("./prometheus-checks.ts");
      const { groupedCheck } = await import("./prometheus-grouped-check.ts");
      const [own, many] = await Promise.all([
        queryChecks(settings, ask, queries, now),
        together(queries, now).then((read) => groupedCheck(settings, queries, read)),
      ]);
      return [...own, ...many];
    },
    close: () => {
      opened?.then((open) => open.close()).catch(() => {});
    },
  };
}

/** How series are read; without `records` the recorded ones are read whole. */
interface Readers {
  readonly range: RangeReader;
  readonly records?: RecordsReader;
}

async function openKept({ rateWindow }: PrometheusSettings): Promise<Readers> {
  const [{ keptSeries }, { keptRange, keptRecords }] = await Promise.all([
    import("./kept-series.ts"),
    import("./prometheus-kept.ts"),
  ]);
  const kept = keptSeries(rateWindow);
  return { range: keptRange(kept), records: keptRecords(kept) };
}
