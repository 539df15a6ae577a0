/** The replicas that a metric with one number for the whole asks for, such as a queue's length. */
import type { Replicas } from "../../core/units.ts";
import { isWithin, type Tolerances } from "./recommend.ts";
import type { HpaSync, HpaValueMetric, Milli } from "./types.ts";

/** The controller counts replicas in 32 bits. */
const MAX_INT32 = 2 ** 31 - 1;

/**
 * The replicas that the metric asks for. Undefined without an answer, or without a pod to multiply with.
 * AverageValue needs no pods: 90 in the queue at 30 a pod are 3, from any count.
 * Value multiplies the ready pods by the ratio: 90 of 60 on 2 ready pods are 3. From 0 replicas it asks for the ratio itself, without
 * tolerance.
 * Algorithm: kubernetes 1.36 pkg/controller/podautoscaler/replica_calculator.go. O(pods).
 */
export function recommendByValue(metric: HpaValueMetric, sync: HpaSync, tolerances: Tolerances): Replicas | undefined {
  const values = sync.values?.[metric.name] ?? [];
  // what is no number is missing
  if (values.length === 0 || !values.every(Number.isFinite)) return undefined;
  if ("averageValue" in metric.target) {
    const usage = metric.type === "External" ? externalSum(values) : sum(values);
    return byAverage(usage, metric.target.averageValue, sync, tolerances);
  }
  const ratio = sum(values) / metric.target.value;
  if (sync.currentReplicas === 0) return Math.ceil(ratio);
  if (isWithin(tolerances, ratio)) return sync.currentReplicas;
  return sync.pods.length === 0 ? undefined : Math.ceil(ratio * readyPods(sync));
}

/** If the metric is on target, the result is the current number of pods, not the requested one. */
function byAverage(usage: Milli, averageValue: Milli, sync: HpaSync, tolerances: Tolerances): Replicas {
  const pods = sync.statusReplicas ?? sync.currentReplicas;
  return isWithin(tolerances, usage / (averageValue * pods))
    ? pods
    : Math.min(MAX_INT32, Math.ceil(usage / averageValue));
}

function sum(values: readonly Milli[]): Milli {
  return values.reduce((total, value) => total + value, 0);
}

/** The controller takes a sum below zero for an overflow, so that an external metric of -1 asks for all replicas. */
function externalSum(values: readonly Milli[]): Milli {
  let total = 0;
  for (const value of values) {
    total += value;
    if (total < 0) return Number.POSITIVE_INFINITY;
  }
  return total;
}

/** The ready pods; terminating ones count as long as they are ready. */
function readyPods(sync: HpaSync): number {
  return sync.pods.filter((pod) => (pod.phase ?? "Running") === "Running" && pod.ready === "True").length;
}
