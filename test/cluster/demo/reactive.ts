/** The policy that the demo is compared with: HPA v2's algorithm, every 15 s, over the same Prometheus. */
import { EMPTY_MEMORY } from "../../../job/replay/hpa/defaults.ts";
import { hpaSync } from "../../../job/replay/hpa/sync.ts";
import type { HpaMemory, HpaPod, HpaSpec } from "../../../job/replay/hpa/types.ts";
import type { Workload } from "./workload.ts";

/** Milli-cores a pod should carry: the autoscaler's target of 0.05 cores. */
const SPEC: HpaSpec = { minReplicas: 1, maxReplicas: 10, target: { averageValue: 50 } };

interface PodJson {
  readonly status: {
    readonly startTime?: string;
    readonly phase: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
    readonly conditions?: readonly { type: string; status: "True" | "False" | "Unknown"; lastTransitionTime: string }[];
  };
}

/** Syncs once and gives the memory for the next sync. Without an answer from Prometheus nothing changes, as in HPA. */
export async function reactiveSync(workload: Workload, memory: HpaMemory = EMPTY_MEMORY): Promise<HpaMemory> {
  const now = Date.now() / 1000;
  const [cpu, { replicas }, pods] = [await workload.cpu(), await workload.scale(), await workload.pods<PodJson>()];
  const ready = pods.filter((p) => p.status.conditions?.some((c) => c.type === "Ready" && c.status === "True")).length;
  const failed = !Number.isFinite(cpu) || ready === 0;
  const milli = failed ? 0 : Math.round((cpu / ready) * 1000);
  const seen = pods.map((pod) => podOf(pod, milli, now, failed));
  const decision = hpaSync(SPEC, memory, { now, currentReplicas: replicas, pods: seen, metricsFailed: failed });
  if (decision.replicas !== replicas) await workload.scaleTo(decision.replicas);
  return decision.memory;
}

function podOf({ status }: PodJson, milli: number, now: number, failed: boolean): HpaPod {
  const seconds = (text: string) => Date.parse(text) / 1000;
  const ready = status.conditions?.find((c) => c.type === "Ready");
  return {
    phase: status.phase,
    ...(status.startTime === undefined ? {} : { startTime: seconds(status.startTime) }),
    ...(ready === undefined ? {} : { ready: ready.status, lastTransitionTime: seconds(ready.lastTransitionTime) }),
    ...(ready?.status === "True" && !failed ? { usage: { milli, timestamp: now, window: 15 } } : {}),
  };
}
