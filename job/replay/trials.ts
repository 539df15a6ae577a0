/** Replays settings side by side over one stretch of a history, and adds up each one's result day by day. */
import { DAY } from "../core/calendar/days.ts";
import type { Forecaster, ForecastMethod } from "../core/forecast/types.ts";
import { QUANTILE_LEVELS } from "../core/policy/level.ts";
import { metricsOf, type TargetConfig } from "../core/target.ts";
import type { EpochSeconds, Probability, Replicas, Seconds } from "../core/units.ts";
import { autoPolicy } from "./auto.ts";
import type { Demand } from "./demand.ts";
import { hpaPolicy } from "./peers/hpa.ts";
import { remembering } from "./remembered-forecasts.ts";
import { simulate } from "./simulate.ts";
import type { ReplayOptions, ReplayPolicy, ReplayRow, Watch } from "./types.ts";

/** Replicas as recorded: `values[i]` from `times[i]` (epoch seconds) on. */
export interface RecordedReplicas {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** Who decides: our code with a target's settings, the simulated HPA at `options.hpaTarget`, or whoever set the recorded replicas. */
export type Decider =
  | { readonly by: "ours"; readonly target: TargetConfig }
  /** `external`: the first metric is not the pods' CPU. */
  | { readonly by: "hpa"; readonly external: boolean }
  | { readonly by: "recorded"; readonly replicas: RecordedReplicas };

/** A trial: who decides, and its options in the modelled world, such as pod start and interval. */
export interface Trial {
  readonly label: string;
  readonly decider: Decider;
  readonly options: ReplayOptions;
}

/** Trials over `[from, to)` of a demand, all in the world of the first one's options. Plain data, except for functions in a target's calendars. */
export interface Stretch {
  readonly demand: Demand;
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  readonly trials: readonly Trial[];
}

/** The result of a trial over a day or less, as sums that can be added. */
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

/** The days of each trial; the last one may be shorter. `until`: how far all were replayed. */
export interface StretchSums {
  readonly days: readonly (readonly Sums[])[];
  readonly until: EpochSeconds;
}

/** What a replay of trials needs. */
export interface TrialTools {
  readonly forecasterOf: (method: ForecastMethod) => Forecaster;
  readonly watch: Watch;
}

/** The sums of no steps. */
export const NO_STEPS: Sums = { steps: 0, pods: 0, under: 0, missing: 0, load: 0, actions: 0 };

/**
 * Replays the trials in lockstep, each in a world of its own, so that a forecast is made once for all that request it. Nothing after `to` is
 * visible to them. Throws DemandError where nothing was measured. O(trials x steps), and one forecast for each origin and lead.
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
  const shared = new Map<ForecastMethod, Forecaster>();
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

/**
 * All levels that any trial requests, ascending, so that one forecast serves all. A metric without a level of its own requests those of the
 * policy.
 */
function levelsOf(trials: readonly Trial[]): readonly Probability[] {
  const levels = trials.flatMap(({ decider }) =>
    decider.by === "ours"
      ? metricsOf(decider.target).flatMap(({ quantile, scaleDownQuantile }) =>
          [quantile ?? QUANTILE_LEVELS, scaleDownQuantile ?? []].flat(),
        )
      : [],
  );
  return [...new Set(levels)].sort((a, b) => a - b);
}

/** Sets the recorded replicas. */
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

/** Adds up the rows of one trial by day. Steps that nobody measured do not count. */
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
