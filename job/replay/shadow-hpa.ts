/** The shadow HPA: what the replay's simulated HPA would have set by now, over the history that a run has read. It acts nowhere. */
import type { MetricRecord, TickRecord } from "../core/policy/types.ts";
import type { TargetConfig } from "../core/target.ts";
import type { Replicas, Seconds } from "../core/units.ts";
import { DemandError, type RecordedMetric, toDemands } from "./demand.ts";
import { hpaPolicy } from "./peers/hpa.ts";
import { simulate } from "./simulate.ts";
import type { ReplayOptions, ReplayRow } from "./types.ts";
import { REPLAY_DEFAULTS, requestFor } from "./world.ts";

/**
 * The longest history that is played. The HPA remembers 300 s; after six times that nothing is left of the count that it
 * began with, but for its tolerance.
 */
const MAX_REPLAYED: Seconds = 1800;
/** A history shorter than the HPA's memory would give back the count that it began with. */
const MIN_HISTORY: Seconds = 300;

/** A policy knows the steps before its own: the newest value gets one after it, in which the last sync is. */
const STEP: Seconds = 15;

/** What the shadow needs to know of a target. */
export type ShadowTarget = Pick<TargetConfig, "podStart" | "minReplicas" | "maxReplicas">;

/**
 * The replicas of the HPA at the time of the record. It begins half an hour ago with the pods that the load of then
 * needs, and goes on as in a replay with the target's settings. Null where it cannot be told: a metric has no usable
 * data, or less than 5 minutes of them. O(steps x pods).
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

/** What was measured in the time that is played, and one step more. */
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

/** The world of `replay` for these settings, from the first two steps on. */
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
