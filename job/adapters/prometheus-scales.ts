/** Reads the replicas that a target had, from kube-state-metrics in Prometheus. */
import { setObjectOf, type TargetConfig } from "../core/target.ts";
import type { RecordedScale, RecordedScales, ScaleHistory, Times } from "../ports.ts";
import { parseRange } from "./prometheus-answer.ts";
import type { PrometheusHttp } from "./prometheus-http.ts";
import { duration, type Matchers, matchersOf, quotePromql } from "./prometheus-query.ts";

/** By kind: the metric of the number that is set, and the label with the object's name. */
const SERIES: Readonly<Record<string, readonly [metric: string, label: string]>> = {
  Deployment: ["kube_deployment_spec_replicas", "deployment"],
  StatefulSet: ["kube_statefulset_replicas", "statefulset"],
  ReplicaSet: ["kube_replicaset_spec_replicas", "replicaset"],
  HorizontalPodAutoscaler: ["kube_horizontalpodautoscaler_spec_min_replicas", "horizontalpodautoscaler"],
};
/** Points of one query. Prometheus answers 11,000 a series at most; a query for fewer leaves room for its own rounding. */
export const MAX_POINTS_PER_QUERY = 10_000;
/** A sample of an answer is 25 to 48 bytes. */
const bytesFor = (points: number) => 64 * 1024 + 64 * points;

/** A ScaleHistory over the same connection as the metrics. Gives null for a kind whose replicas kube-state-metrics does not export. */
export function prometheusScales(matchers: Matchers, ask: PrometheusHttp["ask"]): ScaleHistory {
  return {
    read: async (target, times, signal) => {
      const { kind, name } = target.scaleTargetRef;
      const pods = seriesOf(kind, name, target, matchers);
      const set = seriesOf(...setObjectOf(target), target, matchers);
      if (set === null) return null;
      const range = (query: string) => readRange(ask, query, times, signal);
      const since = `[${duration(times.step)}]`;
      const [value, at, most, least, existing] = await Promise.all([
        range(`max(${set.selector})`),
        range(`max(timestamp(${set.selector}))`),
        range(`max(max_over_time(${set.selector}${since}))`),
        range(`min(min_over_time(${set.selector}${since}))`),
        pods === null || pods.selector === set.selector ? null : range(`max(${pods.selector})`),
      ]);
      return recorded(set.metric, times, { value, at, most, least, pods: existing });
    },
  };
}

function seriesOf(kind: string, name: string, { namespace }: TargetConfig, matchers: Matchers) {
  const [metric, label] = SERIES[kind] ?? [];
  if (metric === undefined) return null;
  const own = `namespace="${quotePromql(namespace)}",${label}="${quotePromql(name)}"`;
  const more = matchersOf(matchers);
  return { metric, selector: `${metric}{${more === "" ? own : `${own},${more}`}}` };
}

/** Values by the index of their time; times without an answer are absent. */
type ByIndex = ReadonlyMap<number, number>;

async function readRange(
  ask: PrometheusHttp["ask"],
  query: string,
  { start, step, points }: Times,
  signal: AbortSignal | undefined,
): Promise<ByIndex> {
  const found = new Map<number, number>();
  for (let first = 0; first < points; first += MAX_POINTS_PER_QUERY) {
    const count = Math.min(MAX_POINTS_PER_QUERY, points - first);
    const from = start + first * step;
    const end = from + (count - 1) * step;
    const form = { query, start: String(from), end: String(end), step: String(step) };
    const { body } = await ask("/api/v1/query_range", form, { bytes: bytesFor(count), signal, soft: true });
    const { samples } = parseRange(body, { start: from, end, step, points: count });
    samples.times.forEach((t, i) => {
      const value = samples.values[i]!;
      if (Number.isFinite(value)) found.set(Math.round((t - start) / step), value);
    });
  }
  return found;
}

function recorded(
  source: string,
  { points }: Times,
  found: Readonly<Record<"value" | "at" | "most" | "least", ByIndex>> & { readonly pods: ByIndex | null },
): RecordedScales | null {
  if (found.value.size === 0) return null;
  const scales = Array.from({ length: points }, (_, i): RecordedScale | null => {
    const [set, at] = [found.value.get(i), found.at.get(i)];
    if (set === undefined || at === undefined) return null;
    const pods = found.pods?.get(i);
    const [most, least] = [found.most.get(i) ?? set, found.least.get(i) ?? set];
    return { set, at, highest: most, lowest: least, ...(pods === undefined ? {} : { pods }) };
  });
  return { source, scales };
}
