/** The shadow HPA: what a simulated HPA would have set by now, over the history that a run read. It changes nothing. */
import type { MetricRecord, TickRecord } from "../core/policy/types.ts";
import type { TargetConfig } from "../core/target.ts";
import type { Replicas, Seconds } from "../core/units.ts";
import { DemandError, type RecordedMetric, toDemands } from "./demand.ts";
import { hpaPolicy } from "./peers/hpa.ts";
import { simulate } from "./simulate.ts";
import type { ReplayOptions, ReplayRow } from "./types.ts";
import { REPLAY_DEFAULTS, requestFor } from "./world.ts";

/** The longest history that is replayed. The HPA remembers 300 s. After six times that only its tolerance still depends on the first count. */
const MAX_REPLAYED: Seconds = 1800;
/** A history shorter than the HPA's memory would only return the first count. */
const MIN_HISTORY: Seconds = 300;

/** A policy knows the steps before its own: one step is added after the newest value, and the last sync is in it. */
const STEP: Seconds = 15;

/** The settings of a target that the simulated HPA uses. */
export type ShadowTarget = Pick<TargetConfig, "podStart" | "minReplicas" | "maxReplicas">;

/**
 * The HPA's replicas at the time of the record. It starts half an hour earlier with the pods that the load of then needs, and continues as in
 * a replay with the target's settings.
 * Null where a metric has no usable data, or less than 5 minutes of them. O(steps x pods).
 */
export async function shadowHpa(target: ShadowTarget, { metrics }: TickRecord): Promise<Replicas | null> {
  const [first, ...others] = metrics.flatMap(usable);
  if (first === undefined || others.length + 1 < metrics.length) return null;
  const options = worldOf(target, first.metric.averageValue);
  let replicas: Replicas | null = null;
  const row = (one: ReplayRow) => {
    replicas = one.replicas;
  };
  try {
    const demand = toDemands(first.samples, others, options.targetCpu / options.request, STEP);
    if (demand.values.length * demand.step <= MIN_HISTORY) return null;
    await simulate(demand, [hpaPolicy(options, demand.others, !metrics[0]!.metric.ofPods)], options, { row });
  } catch (error) {
    // too little was measured, or at no time every metric
    if (!(error instanceof DemandError)) throw error;
  }
  return replicas;
}

/** The measured values of the replayed time, and one step more. */
function usable({ metric, series, quality }: MetricRecord): readonly RecordedMetric[] {
  if (series === null || quality.verdict === "hold") return [];
  const { start, step, values, filled } = series;
  const first = Math.max(0, values.length - Math.round(MAX_REPLAYED / step));
  const kept = [...values.keys()].filter((i) => i >= first && filled[i] === 0);
  const last = kept.at(-1);
  if (last === undefined) return [];
  const times = Float64Array.from([...kept.map((i) => start + i * step), start + last * step + STEP]);
  return [{ metric, samples: { times, values: Float64Array.from([...kept, last], (i) => values[i]!) } }];
}

/** The modelled world for these settings, from the first two steps on. */
function worldOf({ podStart, minReplicas, maxReplicas }: ShadowTarget, averageValue: number): ReplayOptions {
  return {
    ...REPLAY_DEFAULTS,
    warmup: 0,
    startup: podStart,
    request: requestFor(averageValue),
    targetCpu: averageValue,
    min: minReplicas,
    max: maxReplicas,
  };
}
