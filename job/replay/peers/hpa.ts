/** HPA v2 under replay: the verified simulation of its controller, fed with what a metrics server would have seen. */
import { EMPTY_MEMORY } from "../hpa/defaults.ts";
import { hpaSync } from "../hpa/sync.ts";
import type { HpaMemory, HpaPod, HpaSpec } from "../hpa/types.ts";
import type { ReplayOptions, ReplayPolicy, View } from "../types.ts";

/** Kubernetes' sync period. */
const SYNC = 15;
/** Window of a metrics-server sample at its default resolution of 15 s. */
const WINDOW = 15;

/** HPA v2 with its defaults at `hpaTarget` of the request, every 15 s; demand is spread evenly over the ready pods. */
export function hpaPolicy(options: ReplayOptions): ReplayPolicy {
  return hpaLike("hpa", options, (view) => view.demand);
}

/**
 * HPA with a linear forecast, as predictive-horizontal-pod-autoscaler's Linear model does it: the demand it sees is the
 * larger of the current one and the least-squares line of the last 5 minutes, read `startup` seconds ahead.
 */
export function linearHpaPolicy(options: ReplayOptions): ReplayPolicy {
  return hpaLike("linear", options, (view) => Math.max(view.demand, lineAhead(view, options.startup)));
}

function hpaLike(name: string, options: ReplayOptions, demandOf: (view: View) => number): ReplayPolicy {
  const spec: HpaSpec = {
    minReplicas: options.min,
    maxReplicas: options.max,
    target: { averageUtilization: Math.round(options.hpaTarget * 100) },
    requestMilli: Math.round(options.request * 1000),
  };
  let memory: HpaMemory = EMPTY_MEMORY;
  return {
    name,
    every: SYNC,
    decide(view) {
      const milli = view.ready > 0 ? Math.round((demandOf(view) / view.ready) * 1000) : 0;
      const pods = view.pods.map((pod): HpaPod => {
        const ready = pod.readyAt <= view.now;
        return {
          startTime: pod.start,
          ready: ready ? "True" : "False",
          lastTransitionTime: ready ? pod.readyAt : pod.start,
          ...(ready ? { usage: { milli, timestamp: view.now, window: WINDOW } } : {}),
        };
      });
      const decision = hpaSync(spec, memory, { now: view.now, currentReplicas: view.replicas, pods });
      memory = decision.memory;
      return { replicas: decision.replicas, reason: decision.reason };
    },
  };
}

/** The least-squares line through the last 5 minutes, `ahead` seconds after the newest sample. */
function lineAhead(view: View, ahead: number): number {
  const { times, values } = view.history(300);
  const n = values.length;
  if (n < 3) return view.demand;
  const last = times[n - 1]!;
  let [sx, sy, sxx, sxy] = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const x = times[i]! - last;
    sx += x;
    sy += values[i]!;
    sxx += x * x;
    sxy += x * values[i]!;
  }
  const slope = (n * sxy - sx * sy) / (n * sxx - sx * sx);
  return Math.max(0, (sy - slope * sx) / n + slope * ahead);
}
