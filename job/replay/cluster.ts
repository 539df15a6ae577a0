/** A modelled workload: pods become ready some time after they are created, and are removed in a fixed order. */
import type { EpochSeconds, Replicas, Seconds } from "../core/units.ts";

/** One modelled pod. */
export interface ModelPod {
  readonly name: string;
  readonly start: EpochSeconds;
  readonly readyAt: EpochSeconds;
}

/** A workload whose replicas can be set. */
export interface ModelCluster {
  readonly replicas: Replicas;
  /** The number of changes of the replicas. */
  readonly actions: number;
  /** Pods, oldest first. */
  readonly pods: readonly ModelPod[];
  ready(now: EpochSeconds): Replicas;
  /** Adds pods that start now, or removes the newest first, so that starting pods go before ready ones. */
  scale(to: Replicas, now: EpochSeconds): void;
}

/** A workload of `replicas` pods that are ready at `now`. New pods are ready after `startup` seconds. */
export function createCluster(replicas: Replicas, startup: Seconds, now: EpochSeconds): ModelCluster {
  let serial = 0;
  let actions = 0;
  const name = () => `p${String(++serial).padStart(6, "0")}`;
  // Old enough that no peer takes them for pods that still warm up (HPA's initialisation period is 300 s).
  const pods: ModelPod[] = Array.from({ length: replicas }, () => ({
    name: name(),
    start: now - 3600 - startup,
    readyAt: now - 3600,
  }));
  return {
    get replicas() {
      return pods.length;
    },
    get actions() {
      return actions;
    },
    pods,
    ready(at) {
      // Pods are in the order of their readiness: those that are not ready stand at the end.
      let n = pods.length;
      while (n > 0 && pods[n - 1]!.readyAt > at) n--;
      return n;
    },
    scale(to, at) {
      if (to === pods.length) return;
      actions++;
      if (to < pods.length) pods.length = to;
      while (pods.length < to) pods.push({ name: name(), start: at, readyAt: at + startup });
    },
  };
}
