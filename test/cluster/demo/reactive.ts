/** The policy that the demo is compared with: HPA v2's algorithm, every 15 s, over the same Prometheus. */
import { EMPTY_MEMORY } from "../../../job/replay/hpa/defaults.ts";
import { hpaSync } from "../../../job/replay/hpa/sync.ts";
import type { HpaMemory, HpaSpec } from "../../../job/replay/hpa/types.ts";
import type { DemoSample } from "./waves.ts";
import type { DemoWorkload } from "./workload.ts";

/** Seconds between two syncs. */
export const SYNC_EVERY = 15;
/** Milli-cores a pod should carry, and the bounds: the autoscaler's own, manifests/overlays/demo/config.yaml. */
const PLAIN: HpaSpec = { minReplicas: 1, maxReplicas: 10, target: { averageValue: 50 } };
/** With a scale-in window of 60 s in place of HPA's 300 s, in which a wave of five minutes has no trough. */
const SPEC: HpaSpec = { ...PLAIN, behavior: { scaleDown: { stabilizationWindowSeconds: 60 } } };

/** Syncs once and gives the memory for the next sync. Without an answer from Prometheus nothing changes, as in HPA. */
export async function reactiveSync(workload: DemoWorkload, memory: HpaMemory = EMPTY_MEMORY): Promise<HpaMemory> {
  const now = Date.now() / 1000;
  const [cpu, { replicas }, pods] = await Promise.all([workload.cpu(), workload.scale(), workload.pods()]);
  const ready = pods.filter((p) => p.ready === "True" && p.deleting !== true).length;
  const failed = !Number.isFinite(cpu) || ready === 0;
  const usage = { milli: failed ? 0 : Math.round((cpu / ready) * 1000), timestamp: now, window: SYNC_EVERY };
  const seen = pods.map((pod) => (pod.ready === "True" && !failed ? { ...pod, usage } : pod));
  const decision = hpaSync(SPEC, memory, { now, currentReplicas: replicas, pods: seen, metricsFailed: failed });
  if (decision.replicas !== replicas) await workload.scaleTo(decision.replicas);
  return decision.memory;
}

/**
 * What HPA with its default window of 300 s would have done, modelled over the measured CPU of a run: pods are ready at the next
 * sample. For the report only: nothing of it has run.
 */
export function modelledHpa(samples: readonly DemoSample[]): DemoSample[] {
  let memory = EMPTY_MEMORY;
  let replicas = samples[0]?.replicas ?? 1;
  let next = 0;
  return samples.map((sample) => {
    const ready = replicas;
    if (sample.t >= next && Number.isFinite(sample.measured)) {
      next = sample.t + SYNC_EVERY - 1;
      const usage = { milli: Math.round((sample.measured / replicas) * 1000), timestamp: sample.t, window: SYNC_EVERY };
      // long ready: no pod is taken for one that warms up
      const pod = { startTime: sample.t - 3600, ready: "True", lastTransitionTime: sample.t - 3500, usage } as const;
      const pods = Array.from({ length: replicas }, () => pod);
      const decision = hpaSync(PLAIN, memory, { now: sample.t, currentReplicas: replicas, pods });
      memory = decision.memory;
      replicas = decision.replicas;
    }
    return { ...sample, replicas, ready: Math.min(ready, replicas) };
  });
}
