/** Builds the PromQL of a target: exactly this workload's containers, every value escaped. */
import type { TargetConfig } from "../core/target.ts";
import type { Seconds } from "../core/units.ts";

/**
 * A pod-template-hash: a 32-bit number in decimal, each digit sent through Kubernetes' safe alphabet (code mod 27: 0 -> 4, 1 -> 5, ... 6 -> b, ... 9 -> f), so it never begins
 * with 4, and with 10 digits it is at most 4294967295 and begins with 5 to 8. Fewer than 4 digits come up once in 4.3 million (1000 / 2^32) and are left out: they would let
 * `web` match the pods of a DaemonSet or Job `web-db`. Another Deployment's pods have one more hyphen and never match.
 */
const hash = "(?:[56789bcdf][456789bcdf]{3,8}|[5678][456789bcdf]{9})";
/** The five letters at the end of a generated name. */
const suffix = "[bcdfghjklmnpqrstvwxz2456789]{5}";
/** Kubernetes cuts the base of a generated name at 58 characters, so that the whole fits 63. */
const longestBase = 58;

/**
 * RE2 pattern (PromQL anchors it) of the pod names of a workload, or undefined when its kind has no naming rule that we
 * know. `web` matches `web-5d4f8c9b7-x2x4z`, never `web-api-5d4f8c9b7-x2x4z`.
 */
export function podPattern(kind: string, name: string): string | undefined {
  if (kind === "StatefulSet") return `${quoteRe2(name)}-[0-9]+`;
  if (kind === "ReplicaSet" || kind === "ReplicationController" || kind === "DaemonSet") {
    return `${quoteRe2(`${name}-`.slice(0, longestBase))}${suffix}`;
  }
  if (kind !== "Deployment" && kind !== "Rollout") return undefined;
  if (name.length >= longestBase) return `${quoteRe2(name.slice(0, longestBase))}${suffix}`;
  // "-" + 10 of hash + "-" no longer fit: the hash, or only its hyphen, may be cut
  if (name.length > longestBase - 12) return `${quoteRe2(name)}-[456789bcdf]{0,10}-?${suffix}`;
  return `${quoteRe2(name)}-${hash}-${suffix}`;
}

/** Escapes the characters that RE2 reads as operators. */
export function quoteRe2(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");
}

/** The inside of a double-quoted PromQL string (Go's escapes). */
export function quotePromql(text: string): string {
  return text.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n").replace(/\r/g, "\\r");
}

/**
 * Total CPU of the workload in cores, or undefined when the kind has no known pod names. `container!=""` leaves out the
 * pod-level cgroup rows, which would count everything twice; `max by` counts a container once that two scrapes or a
 * restart made two series of.
 */
export function defaultQuery(target: TargetConfig, rateWindow: Seconds): string | undefined {
  const pods = podPattern(target.scaleTargetRef.kind, target.scaleTargetRef.name);
  if (pods === undefined) return undefined;
  const selector = `namespace="${quotePromql(target.namespace)}",pod=~"${quotePromql(pods)}",container!="",container!="POD"`;
  const rate = `rate(container_cpu_usage_seconds_total{${selector}}[${duration(rateWindow)}])`;
  return `sum(max by (namespace, pod, container) (${rate}))`;
}

/**
 * Replaces `$namespace`, `$name`, `$kind` and `$pods` (the pattern of the pod names) in a user's query, each escaped for
 * the inside of a double-quoted string. Any other `$` stays: regular expressions end in it.
 */
export function fillQuery(query: string, target: TargetConfig): string {
  const { kind, name } = target.scaleTargetRef;
  return query.replace(/\$(namespace|name|kind|pods)\b/g, (whole, word: string) => {
    if (word === "namespace") return quotePromql(target.namespace);
    if (word === "name") return quotePromql(name);
    if (word === "kind") return quotePromql(kind);
    const pods = podPattern(kind, name);
    return pods === undefined ? whole : quotePromql(pods);
  });
}

/**
 * Upper quantile of the seconds from a pod's creation to its readiness, from kube-state-metrics. Above 900 s a pod did
 * not start, it became ready again: kube_pod_status_ready_time is the time of the last change.
 */
export function podStartQuery(target: TargetConfig): string | undefined {
  const pods = podPattern(target.scaleTargetRef.kind, target.scaleTargetRef.name);
  if (pods === undefined) return undefined;
  const selector = `{namespace="${quotePromql(target.namespace)}",pod=~"${quotePromql(pods)}"}`;
  const of = (metric: string) => `max by (namespace, pod) (${metric}${selector})`;
  return `quantile(0.9, ((${of("kube_pod_status_ready_time")} - ${of("kube_pod_created")}) >= 0) <= 900)`;
}

/** A PromQL duration in whole milliseconds, or in seconds where those are whole. */
export function duration(seconds: Seconds): string {
  return Number.isInteger(seconds) ? `${seconds}s` : `${Math.max(1, Math.round(seconds * 1000))}ms`;
}
