/** Builds the PromQL of a target: exactly this workload's containers, every value escaped. */
import type { TargetConfig } from "../core/target.ts";
import type { Seconds } from "../core/units.ts";

/**
 * A pod-template-hash: a 32-bit number in decimal, with each digit in Kubernetes' safe alphabet: code mod 27, so 0 -> 4, 1 -> 5, ... 6 -> b,
 * ... 9 -> f.
 * So it never begins with 4. With 10 digits it is at most 4294967295 and begins with 5 to 8.
 * Fewer than 4 digits occur once in 4.3 million (1000 / 2^32) and are left out: they would let `web` match pods of a DaemonSet or Job
 * `web-db`.
 * Another Deployment's pods have one more hyphen and never match.
 */
const HASH = "(?:[56789bcdf][456789bcdf]{3,8}|[5678][456789bcdf]{9})";
/** The five letters at the end of a generated name. */
const SUFFIX = "[bcdfghjklmnpqrstvwxz2456789]{5}";
/** Kubernetes cuts the base of a generated name at 58 characters, so that the whole fits 63. */
const MAX_BASE = 58;

/**
 * An RE2 pattern of a workload's pod names, which PromQL anchors; undefined for a kind without a known naming rule. `web` matches
 * `web-5d4f8c9b7-x2x4z`, never `web-api-5d4f8c9b7-x2x4z`.
 */
export function podPattern(kind: string, name: string): string | undefined {
  if (kind === "StatefulSet") return `${quoteRe2(name)}-[0-9]+`;
  if (kind === "ReplicaSet" || kind === "ReplicationController" || kind === "DaemonSet") {
    return `${quoteRe2(`${name}-`.slice(0, MAX_BASE))}${SUFFIX}`;
  }
  if (kind !== "Deployment" && kind !== "Rollout") return undefined;
  if (name.length >= MAX_BASE) return `${quoteRe2(name.slice(0, MAX_BASE))}${SUFFIX}`;
  // "-" + 10 of hash + "-" no longer fit: the hash, or only its hyphen, may be cut
  if (name.length > MAX_BASE - 12) return `${quoteRe2(name)}-[456789bcdf]{0,10}-?${SUFFIX}`;
  return `${quoteRe2(name)}-${HASH}-${SUFFIX}`;
}

/** Escapes the characters that RE2 reads as operators. */
export function quoteRe2(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");
}

/** Escapes a text for a double-quoted PromQL string (Go's escapes). */
export function quotePromql(text: string): string {
  return text.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n").replace(/\r/g, "\\r");
}

/** Labels and their required values, from the settings: for example one cluster of several behind one Thanos. */
export type Matchers = Readonly<Record<string, string>>;

/** The inside of a selector's braces: `cluster="eu-1",team="shop"`; empty without any. */
export function matchersOf(matchers: Matchers = {}): string {
  return Object.entries(matchers)
    .map(([label, value]) => `${label}="${quotePromql(value)}"`)
    .join(",");
}

/** A selector of exactly this workload's pods, with `more` matchers; undefined for a kind without a known naming rule. */
function selectorOf(target: TargetConfig, matchers: Matchers, ...more: readonly string[]): string | undefined {
  const pods = podPattern(target.scaleTargetRef.kind, target.scaleTargetRef.name);
  if (pods === undefined) return undefined;
  const own = [`namespace="${quotePromql(target.namespace)}"`, `pod=~"${quotePromql(pods)}"`];
  return `{${[...own, ...more, matchersOf(matchers)].filter((part) => part !== "").join(",")}}`;
}

/** The CPU counters of the workload's containers. `container!=""` excludes the pod-level cgroup rows, which would count everything twice. */
export function counterOf(target: TargetConfig, matchers: Matchers = {}): string | undefined {
  const selector = selectorOf(target, matchers, 'container!=""', 'container!="POD"');
  return selector === undefined ? undefined : `container_cpu_usage_seconds_total${selector}`;
}

/**
 * The query for the workload's total CPU in cores; undefined for a kind without known pod names.
 * Rows of single CPUs (`cpu="cpu00"`) are added first, since they are parts of one container.
 * `max by` then counts a container once where two scrapes, two replicas of Prometheus or a restart made two series of it.
 */
export function defaultQuery(target: TargetConfig, rateWindow: Seconds, matchers: Matchers = {}): string | undefined {
  const counter = counterOf(target, matchers);
  if (counter === undefined) return undefined;
  return `sum(max by (namespace, pod, container) (sum without (cpu) (rate(${counter}[${duration(rateWindow)}]))))`;
}

/** A label that marks the answer to podsQuery as a count of pods: a proxy that answers everything alike does not have it. */
export const COUNTED = { label: "counted", value: "pods" } as const;

/**
 * The query for the number of the workload's pods in its sum; undefined for a kind without known pod names.
 * A pod counts when it used any CPU, and the rate's window has nearly as many samples of it as the window before: less a fifth and one.
 * The rate of a lost target fades over 4, 3 and 2 samples, and that of a returning one grows.
 */
export function podsQuery(target: TargetConfig, rateWindow: Seconds, matchers: Matchers = {}): string | undefined {
  const counter = counterOf(target, matchers);
  if (counter === undefined) return undefined;
  const window = duration(rateWindow);
  const by = "by (namespace, pod)";
  const burning = `sum ${by} (rate(${counter}[${window}])) > 0`;
  const samples = `count_over_time(${counter}[${window}])`;
  const whole = `count ${by} (${samples} >= 0.8 * count_over_time(${counter}[${window}] offset ${window}) - 1)`;
  return `label_replace(count((${burning}) and (${whole})), "${COUNTED.label}", "${COUNTED.value}", "", "")`;
}

/**
 * Replaces `$namespace`, `$name`, `$kind`, `$pods` (the pattern of the pod names) and `$matchers` (those of the settings) in a user's query.
 * Each is escaped for a double-quoted string. Any other `$` stays: regular expressions end in it.
 */
export function fillQuery(query: string, target: TargetConfig, matchers: Matchers = {}): string {
  const { kind, name } = target.scaleTargetRef;
  return query.replace(/\$(namespace|name|kind|pods|matchers)\b/g, (whole, word: string) => {
    if (word === "namespace") return quotePromql(target.namespace);
    if (word === "name") return quotePromql(name);
    if (word === "kind") return quotePromql(kind);
    if (word === "matchers") return matchersOf(matchers);
    const pods = podPattern(kind, name);
    return pods === undefined ? whole : quotePromql(pods);
  });
}

/**
 * The query for an upper quantile of the seconds from a pod's creation to its readiness, from kube-state-metrics.
 * Above 900 s a pod did not start but became ready again: kube_pod_status_ready_time is the time of the last change.
 */
export function podStartQuery(target: TargetConfig, matchers: Matchers = {}): string | undefined {
  const selector = selectorOf(target, matchers);
  if (selector === undefined) return undefined;
  const of = (metric: string) => `max by (namespace, pod) (${metric}${selector})`;
  return `quantile(0.9, ((${of("kube_pod_status_ready_time")} - ${of("kube_pod_created")}) >= 0) <= 900)`;
}

/** A PromQL duration in whole milliseconds, or in seconds where those are whole. */
export function duration(seconds: Seconds): string {
  return Number.isInteger(seconds) ? `${seconds}s` : `${Math.max(1, Math.round(seconds * 1000))}ms`;
}
