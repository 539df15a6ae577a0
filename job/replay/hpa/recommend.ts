/** The replicas that one metric of the pods asks for, before windows, rates and bounds. */
import type { Replicas } from "../../core/units.ts";
import type { HpaMetricTarget, HpaPod, HpaPodMetric, HpaSettings, HpaSpec, HpaSync, Milli } from "./types.ts";

/** Tolerated distance of the ratio from 1, per direction. */
export interface Tolerances {
  readonly scaleUp: number;
  readonly scaleDown: number;
}

type PodGroup = "ready" | "unready" | "missing" | "ignored";

/** Sums over pods; `requests` is only used for a utilisation target. */
interface Tally {
  readonly usage: Milli;
  readonly requests: Milli;
  readonly pods: number;
}

/**
 * The replicas that a metric of the pods asks for. Undefined without an answer, pods or usable samples, or where a pod has no request.
 * Pods without a sample count as full on the way down and as idle on the way up. Starting pods count as idle on the way up.
 * Each softens the change; where it would turn the direction, nothing changes.
 * Algorithm: kubernetes 1.36 pkg/controller/podautoscaler/replica_calculator.go. O(pods).
 */
export function recommendByPods(
  metric: HpaPodMetric,
  spec: HpaSpec,
  sync: HpaSync,
  tolerances: Tolerances,
  settings: HpaSettings,
): Replicas | undefined {
  const { target } = metric;
  if ((metric.type === "Resource" && sync.metricsFailed) || sync.pods.length === 0) return undefined;
  const byUtilization = "averageUtilization" in target;
  if (byUtilization && sync.pods.some((pod) => requestOf(pod, spec, metric) === undefined)) return undefined;
  const groups = tallyGroups(metric, spec, sync, settings);
  const sampled = withOrphans(groups.ready, orphansOf(metric, sync), byUtilization);
  if (sampled.pods === 0 || (byUtilization && sampled.requests === 0)) return undefined;
  const ratio = usageRatio(target, sampled);
  const cushioned = cushion(target, sampled, groups, ratio);
  if (cushioned === sampled) {
    return isWithin(tolerances, ratio) ? sync.currentReplicas : Math.ceil(ratio * groups.ready.pods);
  }
  return cushionedReplicas(sync.currentReplicas, ratio, usageRatio(target, cushioned), cushioned.pods, tolerances);
}

/** Whether a ratio counts as on target. */
export function isWithin(tolerances: Tolerances, ratio: number): boolean {
  return 1 - tolerances.scaleDown <= ratio && ratio <= 1 + tolerances.scaleUp;
}

/** The recommendation from the softened ratio; the current count where its direction contradicts the plain ratio. */
function cushionedReplicas(
  current: Replicas,
  plainRatio: number,
  ratio: number,
  pods: number,
  tolerances: Tolerances,
): Replicas {
  const turned = (plainRatio < 1 && ratio > 1) || (plainRatio > 1 && ratio < 1);
  if (turned || isWithin(tolerances, ratio)) return current;
  const replicas = Math.ceil(ratio * pods);
  const against = (ratio < 1 && replicas > current) || (ratio > 1 && replicas < current);
  return against ? current : replicas;
}

/** Adds samples of pods that are gone. They have no request and take no part in a utilisation, but count among the pods with samples. */
function withOrphans(ready: Tally, orphans: readonly Milli[], byUtilization: boolean): Tally {
  const usage = byUtilization ? 0 : orphans.reduce((sum, milli) => sum + milli, 0);
  return { usage: ready.usage + usage, requests: ready.requests, pods: ready.pods + orphans.length };
}

/** Adds the pods with a missing or unreliable sample. Returns the same tally where there are none. */
function cushion(target: HpaMetricTarget, sampled: Tally, groups: Record<PodGroup, Tally>, ratio: number): Tally {
  const { missing, unready } = groups;
  const withUnready = unready.pods > 0 && ratio > 1;
  if (missing.pods === 0 && !withUnready) return sampled;
  let { usage, requests, pods } = sampled;
  if (missing.pods > 0 && ratio !== 1) {
    if (ratio < 1) usage += "averageUtilization" in target ? missing.usage : missing.pods * target.averageValue;
    requests += missing.requests;
    pods += missing.pods;
  }
  if (withUnready) {
    requests += unready.requests;
    pods += unready.pods;
  }
  return { usage, requests, pods };
}

function tallyGroups(
  metric: HpaPodMetric,
  spec: HpaSpec,
  sync: HpaSync,
  settings: HpaSettings,
): Record<PodGroup, Tally> {
  const groups = { ready: zero(), unready: zero(), missing: zero(), ignored: zero() };
  const fullPercent =
    "averageUtilization" in metric.target ? Math.max(100, metric.target.averageUtilization) : undefined;
  for (const pod of sync.pods) {
    const sample = sampleOf(pod, metric);
    const name = groupOf(pod, sample, isCpu(metric), sync.now, settings);
    const group = groups[name];
    const request = requestOf(pod, spec, metric) ?? 0;
    group.pods += 1;
    group.requests += request;
    // a missing pod's usage is what it is taken for on the way down: its request, or the target where that is higher
    if (name === "missing") group.usage += fullPercent === undefined ? 0 : timesOver(request, fullPercent, 100);
    else group.usage += sample ?? 0;
  }
  return groups;
}

/**
 * Whether a pod's sample is used. For CPU the sample must cover a whole window since the pod became ready, in its first
 * `cpuInitializationPeriod`. After that only a pod that was never ready counts as unready.
 */
function groupOf(pod: HpaPod, sample: Milli | undefined, cpu: boolean, now: number, settings: HpaSettings): PodGroup {
  if (pod.deleting || pod.phase === "Failed") return "ignored";
  if (pod.phase === "Pending") return "unready";
  if (sample === undefined) return "missing";
  if (!cpu || pod.usage === undefined) return "ready";
  if (pod.ready === undefined || pod.startTime === undefined) return "unready";
  const changed = pod.lastTransitionTime ?? pod.startTime;
  const isFalse = pod.ready === "False";
  const unready =
    pod.startTime + settings.cpuInitializationPeriod > now
      ? isFalse || pod.usage.timestamp < changed + pod.usage.window
      : isFalse && pod.startTime + settings.initialReadinessDelay > changed;
  return unready ? "unready" : "ready";
}

/** Usage divided by target. The usage is first truncated to a whole percent or milli, as the controller shows it. */
function usageRatio(target: HpaMetricTarget, tally: Tally): number {
  return "averageUtilization" in target
    ? timesOver(tally.usage, 100, tally.requests) / target.averageUtilization
    : Math.trunc(tally.usage / tally.pods) / target.averageValue;
}

/** a * b / c in whole numbers, rounded towards zero. 300 pods of 1 GiB exceed 2^53 when 100 % is taken of their milli-bytes. */
function timesOver(a: Milli, b: number, c: number): number {
  const product = a * b;
  const exact = Number.isSafeInteger(product) || ![a, b, c].every(Number.isInteger);
  return exact ? Math.trunc(product / c) : Number((BigInt(a) * BigInt(b)) / BigInt(c));
}

function isCpu(metric: HpaPodMetric): boolean {
  return metric.type === "Resource" && metric.name === "cpu";
}

/** The pod's sample; a value that is not a number counts as missing. */
function sampleOf(pod: HpaPod, metric: HpaPodMetric): Milli | undefined {
  const milli = isCpu(metric) ? pod.usage?.milli : pod.values?.[metric.name];
  return Number.isFinite(milli) ? milli : undefined;
}

function orphansOf(metric: HpaPodMetric, sync: HpaSync): readonly Milli[] {
  return (isCpu(metric) ? sync.orphanMilli : sync.orphanValues?.[metric.name]) ?? [];
}

function requestOf(pod: HpaPod, spec: HpaSpec, metric: HpaPodMetric): Milli | undefined {
  return metric.name === "memory"
    ? (pod.memoryRequestMilli ?? spec.memoryRequestMilli)
    : (pod.requestMilli ?? spec.requestMilli);
}

function zero(): { usage: Milli; requests: Milli; pods: number } {
  return { usage: 0, requests: 0, pods: 0 };
}
