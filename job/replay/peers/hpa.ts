/** HPA v2 under replay: the simulated controller, with the values that a metrics server would give it. */

import type { OtherDemand } from "../demand.ts";
import { EMPTY_MEMORY } from "../hpa/defaults.ts";
import { hpaSync } from "../hpa/sync.ts";
import type { HpaMemory, HpaMetric, HpaPod, HpaSpec } from "../hpa/types.ts";
import type { ReplayOptions, ReplayPolicy, View } from "../types.ts";

/** Kubernetes' sync period. */
const SYNC_PERIOD = 15;
/** The name of the first metric if it is not the CPU. No setting can have this name. */
const FIRST_METRIC = "(first)";
/** Window of a metrics-server sample at its default resolution of 15 s. */
const METRICS_WINDOW = 15;

/**
 * HPA v2 with its defaults at `hpaTarget` of the request, every 15 s. Demand is spread evenly over the ready pods.
 * Other metrics are External ones, with an AverageValue of the same share of what a pod can serve. So is the first metric where it is not the
 * CPU (`external`).
 */
export function hpaPolicy(options: ReplayOptions, others: readonly OtherDemand[] = [], external = false): ReplayPolicy {
  return hpaLike("hpa", options, (view) => view.demand, others, external);
}

/**
 * HPA with a linear forecast, as in predictive-horizontal-pod-autoscaler's Linear model. Its demand is the current one or the forecast,
 * whichever is larger: the least-squares line of the last 5 minutes, `startup` seconds ahead.
 */
export function linearHpaPolicy(options: ReplayOptions): ReplayPolicy {
  return hpaLike("linear", options, (view) => Math.max(view.demand, lineAhead(view, options.startup)));
}

function hpaLike(
  name: string,
  options: ReplayOptions,
  demandOf: (view: View) => number,
  others: readonly OtherDemand[] = [],
  external = false,
): ReplayPolicy {
  const spec = specOf(options, others, external);
  let memory: HpaMemory = EMPTY_MEMORY;
  return {
    name,
    every: SYNC_PERIOD,
    minReplicas: 1,
    decide(view) {
      const milli = view.ready > 0 ? Math.round((demandOf(view) / view.ready) * 1000) : 0;
      const pods = view.pods.map((pod): HpaPod => {
        const ready = pod.readyAt <= view.now;
        return {
          startTime: pod.start,
          ready: ready ? "True" : "False",
          lastTransitionTime: ready ? pod.readyAt : pod.start,
          ...(ready ? { usage: { milli, timestamp: view.now, window: METRICS_WINDOW } } : {}),
        };
      });
      const values = {
        [FIRST_METRIC]: [milliOf(view.demand)],
        ...Object.fromEntries(others.map((other) => [other.name, [milliOf(view.other(other.name).demand)]])),
      };
      const decision = hpaSync(spec, memory, { now: view.now, currentReplicas: view.replicas, pods, values });
      memory = decision.memory;
      return { replicas: decision.replicas, reason: decision.reason };
    },
  };
}

/** The HPA's spec: the short form where CPU is the only metric. An HPA does not scale to 0 by default. */
function specOf(
  { min, max, hpaTarget, request }: ReplayOptions,
  others: readonly OtherDemand[],
  firstIsExternal: boolean,
): HpaSpec {
  const target = { averageUtilization: Math.round(hpaTarget * 100) };
  const limits = { minReplicas: Math.max(1, min), maxReplicas: max, requestMilli: Math.round(request * 1000) };
  if (others.length === 0 && !firstIsExternal) return { ...limits, target };
  const external = (name: string, capacity: number): HpaMetric => {
    return { type: "External", name, target: { averageValue: milliOf(hpaTarget * capacity) } };
  };
  const first: HpaMetric = firstIsExternal
    ? external(FIRST_METRIC, request)
    : { type: "Resource", name: "cpu", target };
  return { ...limits, metrics: [first, ...others.map(({ name, capacity }) => external(name, capacity))] };
}

function milliOf(value: number): number {
  return Math.round(value * 1000);
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
