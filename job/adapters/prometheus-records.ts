/** The shipped recording rules (manifests/monitoring/recording), as the job queries them. */
import type { PrometheusSettings } from "../config/types.ts";
import type { Samples } from "../core/series/types.ts";
import { isFirstMetric, type TargetConfig } from "../core/target.ts";
import type { EpochSeconds, Seconds } from "../core/units.ts";
import type { HistoryQuery } from "../ports.ts";
import { duration, type Matchers, matchersOf, quotePromql, quoteRe2 } from "./prometheus-query.ts";

/** Names of the recorded series of each workload. */
export const RECORDS = {
  cores: "namespace_kind_workload:prophet_autoscaler_cpu_cores:sum_rate1m",
  pods: "namespace_kind_workload:prophet_autoscaler_pods:count",
  podStart: "namespace_kind_workload:prophet_autoscaler_pod_start_seconds:quantile90",
} as const;

/** `auto` uses grouped reading from this many metrics on: it takes three queries for all, before those for metrics that are not recorded. */
export const GROUPED_FROM = 10;

/** Window of rate() in the rules. */
export const RECORDED_WINDOW: Seconds = 60;

/** The label that selects a workload. Hundreds of values fit one selector, and it selects no other workload. */
export const RECORDED_LABEL = "scale_target";

/** Kinds whose pods the rules count; a workload of another kind is asked for by itself. */
export const RECORDED_KINDS: readonly string[] = ["Deployment", "StatefulSet", "Rollout", "ReplicationController"];

/** The value of RECORDED_LABEL. */
export function recordedName({ namespace, scaleTargetRef: { kind, name } }: TargetConfig): string {
  return `${namespace}/${kind}/${name}`;
}

/** Selects the recorded series of these workloads. `window` selects that many seconds of them, with the times of recording. */
export function recordSelector(record: string, names: readonly string[], matchers: Matchers, window?: Seconds): string {
  const own = `${RECORDED_LABEL}=~"${quotePromql(names.map(quoteRe2).join("|"))}"`;
  const inside = [own, matchersOf(matchers)].filter((part) => part !== "").join(",");
  return `${record}{${inside}}${window === undefined ? "" : `[${duration(window)}]`}`;
}

/** Recorded series by the workload that they are of. */
export type SeriesByName = ReadonlyMap<string, readonly Samples[]>;

/** Reads the series of workloads over the window before now; `ask` asks for those of some of them over the last so many seconds. Throws what it throws. */
export type RecordsReader = (
  names: readonly string[],
  wanted: { readonly now: EpochSeconds; readonly window: Seconds; readonly step: Seconds },
  ask: (names: readonly string[], window: Seconds) => Promise<SeriesByName>,
) => Promise<SeriesByName>;

/** Asks for all of it. */
export const readWhole: RecordsReader = (names, { window }, ask) => ask(names, window);

/** Why the rules cannot record this metric; undefined if they can. */
export function unrecorded(
  { query, rateWindow }: Pick<PrometheusSettings, "query" | "rateWindow">,
  { target, metric }: HistoryQuery,
): string | undefined {
  if (!metric.ofPods || (metric.query ?? query) !== undefined) return "a query of its own";
  if (rateWindow !== RECORDED_WINDOW) return `rateWindow is ${duration(rateWindow)}, and that of the rules 1m`;
  const { kind } = target.scaleTargetRef;
  if (!RECORDED_KINDS.includes(kind)) return `a ${kind}`;
  return isFirstMetric(target, metric) ? undefined : "not the first metric";
}
