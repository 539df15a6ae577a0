/** Plays settings side by side over one stretch of a history, and counts what each came to, day by day. */
import type { Forecaster, Method } from "../core/forecast/types.ts";
import { LEVELS } from "../core/policy/level.ts";
import { metricsOf, type TargetConfig } from "../core/target.ts";
import type { EpochSeconds, Probability, Replicas, Seconds } from "../core/units.ts";
import { autoPolicy } from "./auto.ts";
import type { Demand } from "./demand.ts";
import { hpaPolicy } from "./peers/hpa.ts";
import { remembering } from "./remembered-forecasts.ts";
import { simulate } from "./simulate.ts";
import type { ReplayOptions, ReplayPolicy, ReplayRow, Watch } from "./types.ts";

/** Replicas as they were recorded, each from its time on. */
export interface RecordedReplicas {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** Who decides: our code with a target's settings, the simulated HPA at `options.hpaTarget`, or whoever really did. */
export type Decider =
  | { readonly by: "ours"; readonly target: TargetConfig }
  /** `external`: the first metric is not the pods' CPU. */
  | { readonly by: "hpa"; readonly external: boolean }
  | { readonly by: "recorded"; readonly replicas: RecordedReplicas };

/** What is tried, and what it is told of the modelled world: its own pod start and interval. */
export interface Trial {
  readonly label: string;
  readonly decider: Decider;
  readonly options: ReplayOptions;
}

/** Trials over `[from, to)` of a demand. All play in the world of the first one's options. Plain data, but for functions in a target's calendars. */
export interface Stretch {
  readonly demand: Demand;
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  readonly trials: readonly Trial[];
}

/** What a trial came to over a day or less, as sums that can be added. */
export interface Sums {
  readonly steps: number;
  /** Pods x steps, with starting pods. */
  readonly pods: number;
  /** Steps with more demand than ready pods serve. */
  readonly under: number;
  /** Demand above what ready pods serve, and all demand. */
  readonly missing: number;
  readonly load: number;
  /** Changes of the replicas. */
  readonly actions: number;
}

/** Of each trial its days, the last one as long as is left; `until`: how far all were played. */
export interface StretchSums {
  readonly days: readonly (readonly Sums[])[];
  readonly until: EpochSeconds;
}

/** What the trials are played with. */
export interface TrialTools {
  readonly forecasterOf: (method: Method) => Forecaster;
  readonly watch: Watch;
}

const DAY: Seconds = 86_400;
export const NO_STEPS: Sums = { steps: 0, pods: 0, under: 0, missing: 0, load: 0, actions: 0 };

/**
 * Plays the trials in lockstep, each in a world of its own, so that a forecast is made once for all that ask for the same. What comes after
 * `to` is not there for them. Throws DemandError where nothing was measured. O(trials x steps), and one forecast for each origin and lead.
 */
export async function playStretch(stretch: Stretch, { forecasterOf, watch }: TrialTools): Promise<StretchSums> {
  const { demand, from, to, trials } = stretch;
  const [{ options }] = trials as [Trial];
  const counts = trials.map(() => countDays(from, options.request));
  const policies = policiesOf(stretch, forecasterOf);
  const warmup = from - demand.start;
  const row = (one: ReplayRow) => counts[Number(one.policy)]!.count(one);
  const { steps, filler } = await simulate(until(demand, to), policies, { ...options, warmup }, { watch, row });
  return { days: counts.map(({ days }) => days), until: from + (steps + filler) * demand.step };
}

/** The policies of the trials, named by their index; those of one method share their forecasts. */
export function policiesOf(
  { trials, demand }: Pick<Stretch, "trials" | "demand">,
  forecasterOf: TrialTools["forecasterOf"],
): readonly ReplayPolicy[] {
  const shared = new Map<Method, Forecaster>();
  const levels = levelsOf(trials);
  return trials.map(({ decider, options }, k) => {
    const name = String(k);
    if (decider.by === "hpa") return { ...hpaPolicy(options, demand.others, decider.external), name };
    if (decider.by === "recorded") return { ...recordedPolicy(decider.replicas, demand.step), name };
    const { method } = decider.target;
    const forecaster = shared.get(method) ?? remembering(forecasterOf(method), levels);
    shared.set(method, forecaster);
    return { ...autoPolicy(decider.target, forecaster, options), name };
  });
}

/** All quantiles that any of the trials asks for, ascending; without a level of its own a metric asks for those of the policy: one forecast gives them all. */
function levelsOf(trials: readonly Trial[]): readonly Probability[] {
  const levels = trials.flatMap(({ decider }) =>
    decider.by === "ours"
      ? metricsOf(decider.target).flatMap(({ quantile, scaleDownQuantile }) =>
          [quantile ?? LEVELS, scaleDownQuantile ?? []].flat(),
        )
      : [],
  );
  return [...new Set(levels)].sort((a, b) => a - b);
}

/** Sets what was set. */
function recordedPolicy({ times, values }: RecordedReplicas, step: Seconds): ReplayPolicy {
  let at = 0;
  return {
    name: "recorded",
    every: step,
    judgesData: true,
    decide({ now, replicas }) {
      while (at < times.length && times[at]! <= now) at++;
      const set: Replicas = at === 0 ? replicas : values[at - 1]!;
      return { replicas: set, reason: "Recorded" };
    },
  };
}

function until(demand: Demand, to: EpochSeconds): Demand {
  const steps = Math.round((to - demand.start) / demand.step);
  const { filled, others } = demand;
  const cut = <T extends { readonly values: Float64Array; readonly filled?: Uint8Array }>(one: T): T => ({
    ...one,
    values: one.values.subarray(0, steps),
    ...(one.filled && { filled: one.filled.subarray(0, steps) }),
  });
  return {
    ...cut(demand),
    ...(filled && { filled: filled.subarray(0, steps) }),
    ...(others && { others: others.map(cut) }),
  };
}

/** Counts the rows of one trial by day. What nobody measured is not counted. */
function countDays(from: EpochSeconds, request: number) {
  const days: { -readonly [K in keyof Sums]: Sums[K] }[] = [];
  let before: Replicas | undefined;
  const count = ({ t, demand, ready, replicas, filled }: ReplayRow): void => {
    if (filled === true) return;
    const missing = Math.max(0, demand - ready * request);
    const index = Math.floor((t - from) / DAY);
    while (days.length <= index) days.push({ ...NO_STEPS });
    const day = days[index]!;
    day.steps += 1;
    day.pods += replicas;
    // a billionth of a core is rounding, not a lack of pods
    if (missing > 1e-9) day.under += 1;
    day.missing += missing;
    day.load += demand;
    if (before !== undefined && replicas !== before) day.actions += 1;
    before = replicas;
  };
  return { days, count };
}
