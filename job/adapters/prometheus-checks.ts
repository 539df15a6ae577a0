/** The doctor's checks of the queries: an idiom that turns missing data into zero, and a second cluster behind the same address. */

import type { PrometheusSettings } from "../config/types.ts";
import { asError } from "../core/result.ts";
import { type Metric, metricsOf, type TargetConfig } from "../core/target.ts";
import { type EpochSeconds, pluralize, type Seconds } from "../core/units.ts";
import type { HistoryQuery } from "../ports.ts";
import { type Check, reasonOf, stepCheck } from "./check.ts";
import { HistoryError } from "./errors.ts";
import { type LabelledValue, parseVector } from "./prometheus-answer.ts";
import type { PrometheusHttp } from "./prometheus-http.ts";
import { counterOf, duration } from "./prometheus-query.ts";

/**
 * Labels that distinguish clusters, as agents, Thanos and clouds name them. prometheus_replica and replica are not among them: both replicas
 * measure the same pods.
 */
const CLUSTER_LABELS = [
  "cluster",
  "cluster_name",
  "clusterName",
  "cluster_id",
  "clusterID",
  "k8s_cluster",
  "k8s_cluster_name",
  "kubernetes_cluster",
  "kube_cluster",
  "project_id",
] as const;
/** Names one Prometheus of several. Two in one cluster that measure the same pods have two values as well. */
const SERVER_LABEL = "prometheus";
const LABELS = [...CLUSTER_LABELS, SERVER_LABEL];
/** The largest answer: a row of 11 labels has 400 to 900 bytes, so hundreds of clusters fit. */
const MAX_CHECK_BYTES = 512 * 1024;

/** The checks other than those of each metric's data. Never throws. */
export async function queryChecks(
  settings: PrometheusSettings,
  ask: PrometheusHttp["ask"],
  queries: readonly HistoryQuery[],
  now: EpochSeconds,
): Promise<readonly Check[]> {
  const checks = await Promise.all(
    queries.map(async (query): Promise<readonly Check[]> => {
      const counter = query.metric.ofPods ? counterOf(query.target, settings.matchers) : undefined;
      if (counter === undefined) return idiomCheck(settings, query);
      const vector = vectorOf(ask, now);
      const own = ownQuery(settings, query.metric);
      const clusters = await clusterCheck(vector, counter, query, own);
      const scrape = own === undefined ? await scrapeCheck(vector, counter, query) : [];
      return [...idiomCheck(settings, query), ...scrape, ...clusters];
    }),
  );
  return checks.flat();
}

/** The query from the settings, as written there. */
function ownQuery(settings: PrometheusSettings, { query }: Metric): string | undefined {
  return query ?? settings.query;
}

/** Zero as a number may be written: 0, -0.00, .0, 0e3, 0x0. */
const ZERO = String.raw`[-+]?(?:0x0+|(?:0+(?:\.0*)?|\.0+)(?:e[-+]?\d+)?)(?![\w.])`;
/** What may stand between `or` and that which is zero: how both sides match, and functions around it. */
const BEFORE = String.raw`(?:(?:on|ignoring)\s*\([^)]*\)\s*)?(?:group_(?:left|right)\s*(?:\([^)]*\)\s*)?)?(?:(?:\w+\s*(?:(?:by|without)\s*\([^)]*\)\s*)?)?\(\s*)*`;
/** What is zero whatever is measured: the number, times 0, an absence less its one or limited to 0, a metric less itself. */
const NOTHING = String.raw`(?:vector\s*\(\s*${ZERO}\s*\)|${ZERO}\s*(?:[*/),]|$)|[^,]*?\*\s*${ZERO}|absent\w*\s*\([^)]*\)\s*(?:-\s*1(?![\w.])|,\s*${ZERO})|([a-z_:][\w:]*)\s*-\s*\1(?![\w:{[]))`;
/** `or vector(0)`, the same in other words, and MetricsQL's `default 0`. */
const ZERO_FOR_NOTHING = new RegExp(String.raw`\bor\b\s*${BEFORE}${NOTHING}|\bdefault\b\s*\(?\s*${ZERO}`, "i");

/** The part of the query that turns missing data into zero, in the query's own words; undefined if there is none. Ignores strings and comments. */
export function zeroForNothing(promql: string): string | undefined {
  const code = promql.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|#[^\n]*/g, (text) =>
    text.startsWith("#") ? " " : '""',
  );
  return ZERO_FOR_NOTHING.exec(code)?.[0];
}

function idiomCheck(settings: PrometheusSettings, { target, metric }: HistoryQuery): readonly Check[] {
  const found = zeroForNothing(ownQuery(settings, metric) ?? "");
  if (found === undefined) return [];
  const effect = metric.ofPods
    ? "a zero of running pods is refused, and the replicas are held"
    : "an outage of the exporter looks like the end of all demand";
  return [
    {
      check: `query of ${placeOf(target, metric)}`,
      status: "warn",
      message: `\`${found}\` makes 0 of nothing measured: ${effect}`,
      todo: `take \`${found}\` out of the query: an empty answer holds the replicas and says so`,
    },
  ];
}

function placeOf(target: TargetConfig, metric: Metric): string {
  const several = metricsOf(target).length > 1 || !metric.ofPods;
  return `${target.namespace}/${target.name}${several ? `, metric ${metric.name}` : ""}`;
}

/** Requests the rows of an instant vector. Throws HistoryError. */
type Vector = (query: string) => Promise<readonly LabelledValue[]>;

function vectorOf(ask: PrometheusHttp["ask"], now: EpochSeconds): Vector {
  return async (query) => {
    const { request, body, redact } = await ask(
      "/api/v1/query",
      { query, time: String(now) },
      { bytes: MAX_CHECK_BYTES },
    );
    try {
      return parseVector(body);
    } catch (error) {
      throw new HistoryError(request, 200, redact(asError(error).message));
    }
  };
}

/** Scrapes are counted over so many seconds, of series that are as old. */
const SCRAPE_COUNT_RANGE: Seconds = 1200;

/**
 * Checks how often the counters are scraped. The sum does not show it: each of its pods is scraped at moments of its own. With a finer step
 * values repeat.
 */
async function scrapeCheck(
  vector: Vector,
  counter: string,
  { target, metric }: HistoryQuery,
): Promise<readonly Check[]> {
  const window = duration(SCRAPE_COUNT_RANGE);
  try {
    const most = (await vector(`max(count_over_time(${counter}[${window}]) and (${counter} offset ${window}))`))[0];
    return most === undefined ? [] : stepCheck(placeOf(target, metric), target.step, SCRAPE_COUNT_RANGE / most.value);
  } catch (error) {
    const todo = "see how often the source is scraped: step should be no finer";
    return [{ check: `step of ${placeOf(target, metric)}`, status: "warn", message: reasonOf(error), todo }];
  }
}

/** Checks whether the sum contains pods of more than one cluster. */
async function clusterCheck(
  vector: Vector,
  counter: string,
  { target, metric }: HistoryQuery,
  own: string | undefined,
): Promise<readonly Check[]> {
  const check = `cluster of ${placeOf(target, metric)}`;
  try {
    const rows = await vector(`count by (${LABELS.join(", ")}) (count by (${LABELS.join(", ")}, pod) (${counter}))`);
    if (rows.length === 0) return [];
    const all = (await vector(`count(count by (pod) (${counter}))`))[0]?.value ?? 0;
    // a query that names the label chooses by itself
    const found = LABELS.filter((label) => own === undefined || !new RegExp(`\\b${label}\\s*[=!]`).test(own))
      .map((label) => ({ label, pods: podsBy(rows, label) }))
      .find(({ label, pods }) => pods.size > 1 && (label !== SERVER_LABEL || sum(pods) === all));
    return [found === undefined ? { check, status: "ok", message: "one" } : severalClusters(check, found, own)];
  } catch (error) {
    return [{ check, status: "warn", message: reasonOf(error), todo: "see whether several clusters are added up" }];
  }
}

/** The pods of each value of a label. A series without it has the value "". */
function podsBy(rows: readonly LabelledValue[], label: string): ReadonlyMap<string, number> {
  const pods = new Map<string, number>();
  for (const { labels, value } of rows) pods.set(labels[label] ?? "", (pods.get(labels[label] ?? "") ?? 0) + value);
  return pods;
}

function sum(pods: ReadonlyMap<string, number>): number {
  return [...pods.values()].reduce((all, count) => all + count, 0);
}

/** The most values that a message names; the others are counted. */
const MAX_NAMED = 5;

function severalClusters(
  check: string,
  { label, pods }: { readonly label: string; readonly pods: ReadonlyMap<string, number> },
  own: string | undefined,
): Check {
  const named = [...pods]
    .slice(0, MAX_NAMED)
    .map(([value, count]) => `${JSON.stringify(value)} (${pluralize(count, "pod")})`);
  const more = pods.size > MAX_NAMED ? ` and ${pods.size - MAX_NAMED} more` : "";
  const first = JSON.stringify([...pods.keys()].find((value) => value !== "") ?? "");
  const there = own === undefined ? "" : ", and put $matchers into the selectors of the query";
  return {
    check,
    status: "warn",
    message: `${label} has ${pluralize(pods.size, "value")} for pods of this name, which are added up: ${named.join(", ")}${more}`,
    todo: `set the one that the job scales, such as prometheus.matchers: { ${label}: ${first} }${there}`,
  };
}
