/** The History over Prometheus: its clock and the metrics' histories, read for many targets together where possible. */
import type { PrometheusSettings } from "../config/types.ts";
import { asError } from "../core/result.ts";
import type { EpochSeconds } from "../core/units.ts";
import type { History, HistoryQuery, ScaleHistory } from "../ports.ts";
import type { Check } from "./check.ts";
import { HistoryError } from "./errors.ts";
import { parseInstant } from "./prometheus-answer.ts";
import type { Grouped, GroupedHistory } from "./prometheus-grouped.ts";
import { openPrometheus, type PrometheusHttp, type PrometheusOutside } from "./prometheus-http.ts";
import { GROUPED_FROM } from "./prometheus-records.ts";
import { prometheusScales } from "./prometheus-scales.ts";
import { type Ask, MAX_INSTANT_BYTES, parsed, readMetric } from "./prometheus-single.ts";

/** Plausible times: 2001 to 2128. A clock in milliseconds is far above. */
const [earliest, latest] = [1e9, 5e9];

/** A History that also reads past replicas and can close its connections. */
export interface PrometheusHistory extends History {
  readonly scales: ScaleHistory;
  /** The doctor's checks of the queries. */
  checks(queries: readonly HistoryQuery[], now: EpochSeconds): Promise<readonly Check[]>;
  close(): void;
}

/** History over HTTP. Nothing is read or connected before the first call. */
export function prometheusHistory(settings: PrometheusSettings, outside: PrometheusOutside = {}): PrometheusHistory {
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
  let grouped: Promise<GroupedHistory> | undefined;
  const together = async (...[queries, ...rest]: Parameters<GroupedHistory>): Promise<Grouped | undefined> => {
    const { grouped: when } = settings;
    if (when === "never" || (when === "auto" && queries.length < GROUPED_FROM)) return undefined;
    grouped ??= import("./prometheus-grouped.ts").then(({ groupedHistory }) => groupedHistory(settings, ask, log));
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
      return Promise.all(
        queries.map((query) => readMetric(settings, until, query, now, log, readings?.get(query)).catch(asError)),
      );
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
