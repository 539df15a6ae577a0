/** Replays a grid of settings over a history: the earlier half chooses among them, the later half judges. */
import type { Samples } from "../core/series/types.ts";
import type { EpochSeconds, Probability, Seconds, TimeRange } from "../core/units.ts";
import { type Demand, firstStep, type RecordedMetric, toDemands } from "./demand.ts";
import {
  NO_STEPS,
  playStretch,
  type Stretch,
  type StretchSums,
  type Sums,
  type Trial,
  type TrialTools,
} from "./trials.ts";
import type { ReplayOptions, Watch } from "./types.ts";

/** The result of a trial over a stretch of time. */
export interface TrialScore {
  /** Pod-hours, starting pods included. */
  readonly cost: number;
  /** Share of the time with more demand than ready pods serve. */
  readonly under: number;
  /** Share of the demand above what ready pods serve. */
  readonly unserved: number;
  readonly actions: number;
}

/** A trial with its scores. */
export interface ScoredTrial extends Trial {
  readonly chosenOn: TrialScore;
  readonly judgedOn: TrialScore;
  /** The later half day by day; the last day may be shorter. */
  readonly days: readonly TrialScore[];
}

/** All trials with their scores, and the times that chose and judged. `ended`: all of the time was replayed. */
export interface Trials {
  readonly tried: readonly ScoredTrial[];
  readonly chosenOn: TimeRange;
  readonly judgedOn: TimeRange;
  readonly ended: boolean;
}

/** A history, and the trials to replay on it. */
export interface TrialSetup {
  readonly samples: Samples;
  readonly others: readonly RecordedMetric[];
  readonly trials: readonly Trial[];
  /** The modelled world by the current settings: its warm-up, and what a pod serves of each metric. */
  readonly world: ReplayOptions;
}

/** Replays stretches, in parallel where it can. Gives one result each, in their order. */
export type PlayStretches = (stretches: readonly Stretch[], watch: Watch) => Promise<readonly StretchSums[]>;

/** The history after this share of it judges; the part before it chooses. */
const TRAINING_SHARE = 0.5;
/** Other worlds are replayed over at most so many seconds before the split and after it. */
const MAX_COMPARED_SPAN: Seconds = 86_400;

/** Replays stretches one after the other. */
export function inTurn(forecasterOf: TrialTools["forecasterOf"]): PlayStretches {
  return async (stretches, watch) => {
    const total = stretches.reduce((sum, one) => sum + stepsOf(one), 0);
    const played: StretchSums[] = [];
    let before = 0;
    for (const one of stretches) {
      played.push(await playStretch(one, { forecasterOf, watch: (done) => watch(before + done, total) }));
      before += stepsOf(one);
    }
    return played;
  };
}

/** The number of steps of a stretch. */
export function stepsOf({ from, to, demand }: Stretch): number {
  return Math.round((to - from) / demand.step);
}

/**
 * Replays every trial over both halves of the history after the warm-up; each half starts anew. Throws DemandError where the series is too
 * short.
 */
export async function playTrials(setup: TrialSetup, play: PlayStretches, watch: Watch): Promise<Trials> {
  const { worlds, ...spans } = await playWorlds(halvesOf(setup), [setup.trials], play, watch);
  return { tried: worlds[0]!, ...spans };
}

/** Trials of several worlds over a day on both sides of the split. The day before it chooses, the day after it judges. */
export interface Compared extends Omit<Trials, "tried"> {
  readonly worlds: readonly (readonly ScoredTrial[])[];
}

/** Replays trials in several worlds. The trials of one list share the world of its first. Throws DemandError where the series is too short. */
export function compare(
  setup: Omit<TrialSetup, "trials">,
  worlds: readonly (readonly Trial[])[],
  play: PlayStretches,
  watch: Watch,
): Promise<Compared> {
  const { demand, begin, split, end } = halvesOf(setup);
  const near = {
    demand,
    begin: Math.max(begin, split - MAX_COMPARED_SPAN),
    split,
    end: Math.min(end, split + MAX_COMPARED_SPAN),
  };
  return playWorlds(near, worlds, play, watch);
}

async function playWorlds(
  { demand, begin, split, end }: ReturnType<typeof halvesOf>,
  worlds: readonly (readonly Trial[])[],
  play: PlayStretches,
  watch: Watch,
): Promise<Compared> {
  const stretch = (from: EpochSeconds, to: EpochSeconds, trials: readonly Trial[]): Stretch => ({
    ...{ demand, from, to, trials },
  });
  const played = await play(
    worlds.flatMap((trials) => [stretch(begin, split, trials), stretch(split, end, trials)]),
    watch,
  );
  const score = (days: readonly Sums[]) => scoreOf(days, demand.step);
  const halves = worlds.map((_, w) => [played[2 * w]!, played[2 * w + 1]!] as const);
  const until = (half: 0 | 1) => Math.min(...halves.map((one) => one[half].until));
  return {
    worlds: worlds.map((trials, w) => {
      const [earlier, later] = halves[w]!;
      return trials.map((trial, k): ScoredTrial => {
        const days = later.days[k]!;
        const scores = { chosenOn: score(earlier.days[k]!), judgedOn: score(days) };
        return { ...trial, ...scores, days: days.map((day) => score([day])) };
      });
    }),
    chosenOn: { from: begin, to: until(0) },
    judgedOn: { from: split, to: until(1) },
    ended: until(0) === split && until(1) === end,
  };
}

/** The demand of the setup's world. Throws DemandError where the series gives none. */
export function demandOf({ samples, others, world }: Omit<TrialSetup, "trials">): Demand {
  return toDemands(samples, others, world.targetCpu / world.request);
}

function halvesOf(setup: Omit<TrialSetup, "trials">) {
  const demand = demandOf(setup);
  const { start, step } = demand;
  // one step to choose, one to judge
  const first = firstStep(demand, setup.world.warmup, 2);
  const steps = demand.values.length - first;
  const begin = start + first * step;
  return { demand, begin, split: begin + Math.round(TRAINING_SHARE * steps) * step, end: begin + steps * step };
}

function scoreOf(days: readonly Sums[], step: Seconds): TrialScore {
  const sums = days.reduce((all, day) => {
    const add = (name: keyof Sums) => all[name] + day[name];
    return {
      steps: add("steps"),
      pods: add("pods"),
      under: add("under"),
      missing: add("missing"),
      load: add("load"),
      actions: add("actions"),
    };
  }, NO_STEPS);
  return {
    cost: (sums.pods * step) / 3600,
    under: sums.under / Math.max(1, sums.steps),
    unserved: sums.load > 0 ? sums.missing / sums.load : 0,
    actions: sums.actions,
  };
}

/** The trials that no other one beats in both cost and time below the demand, by the half that chooses; cheapest first (the Pareto front). */
export function frontOf(tried: readonly ScoredTrial[]): readonly ScoredTrial[] {
  const better = (a: TrialScore, b: TrialScore) =>
    a.cost <= b.cost && a.under <= b.under && (a.cost < b.cost || a.under < b.under);
  return tried
    .filter(({ chosenOn }) => !tried.some((other) => better(other.chosenOn, chosenOn)))
    .toSorted((a, b) => a.chosenOn.cost - b.chosenOn.cost);
}

/** The cheapest trial with at most `slo` of the time below the demand, by the half that chooses; null: none. */
export function cheapestWithin(tried: readonly ScoredTrial[], slo: Probability): ScoredTrial | null {
  return tried
    .filter(({ chosenOn }) => chosenOn.under <= slo)
    .reduce<ScoredTrial | null>(
      (best, one) => (best === null || one.chosenOn.cost < best.chosenOn.cost ? one : best),
      null,
    );
}
