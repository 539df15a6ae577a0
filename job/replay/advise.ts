/** Plays a grid of settings over a history, chooses on its earlier half, judges on its later one. */
import type { Samples } from "../core/series/types.ts";
import { type EpochSeconds, type Probability, pluralize, type Seconds } from "../core/units.ts";
import { type Demand, DemandError, type RecordedMetric, toDemands } from "./demand.ts";
import { NO_STEPS, type Played, type Player, playStretch, type Stretch, type Sums, type Trial } from "./trials.ts";
import type { ReplayOptions, Watch } from "./types.ts";

/** What a trial came to over a stretch of time. */
export interface TrialScore {
  /** Pod-hours, with starting pods. */
  readonly cost: number;
  /** Share of the time with more demand than ready pods serve. */
  readonly under: number;
  /** Share of the demand above what they serve. */
  readonly unserved: number;
  readonly actions: number;
}

/** A trial with its scores. */
export interface Tried extends Trial {
  readonly chosenOn: TrialScore;
  readonly judgedOn: TrialScore;
  /** Of the later half, a day each, the last one as long as is left. */
  readonly days: readonly TrialScore[];
}

/** A stretch of time. */
export interface Span {
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
}

/** All that was tried, and the time over which it was; `ended`: all of the time was played. */
export interface Trials {
  readonly tried: readonly Tried[];
  readonly chosenOn: Span;
  readonly judgedOn: Span;
  readonly ended: boolean;
}

/** A history and what is tried on it. */
export interface TrialSetup {
  readonly samples: Samples;
  readonly others: readonly RecordedMetric[];
  readonly trials: readonly Trial[];
  /** The world as the current settings have it: its warm-up, and what a pod serves of each metric. */
  readonly world: ReplayOptions;
}

/** Plays stretches, side by side where it can; one result each, same order. */
export type Play = (stretches: readonly Stretch[], watch: Watch) => Promise<readonly Played[]>;

/** Later than this share of the history is judged. */
const TRAINING_SHARE = 0.5;
/** Settings with one thing changed are played over so much before the split and after it. */
const NEIGHBOUR_SPAN: Seconds = 43_200;

/** One stretch after the other. */
export function inTurn(forecasterOf: Player["forecasterOf"]): Play {
  return async (stretches, watch) => {
    const total = stretches.reduce((sum, one) => sum + stepsOf(one), 0);
    const played: Played[] = [];
    let before = 0;
    for (const one of stretches) {
      played.push(await playStretch(one, { forecasterOf, watch: (done) => watch(before + done, total) }));
      before += stepsOf(one);
    }
    return played;
  };
}

/** How many steps of the demand a stretch has. */
export function stepsOf({ from, to, demand }: Stretch): number {
  return Math.round((to - from) / demand.step);
}

/** Plays every trial over both halves of the history after the warm-up, each half from a start of its own. Throws DemandError where the series is too short. */
export async function playTrials(setup: TrialSetup, play: Play, watch: Watch): Promise<Trials> {
  const { trials } = setup;
  const { demand, begin, split, end } = halvesOf(setup);
  const stretch = (from: EpochSeconds, to: EpochSeconds): Stretch => ({ demand, from, to, trials });
  const [earlier, later] = (await play([stretch(begin, split), stretch(split, end)], watch)) as [Played, Played];
  const score = (days: readonly Sums[]) => scoreOf(days, demand.step);
  const tried = trials.map((trial, k): Tried => {
    const days = later.days[k]!;
    return {
      ...trial,
      chosenOn: score(earlier.days[k]!),
      judgedOn: score(days),
      days: days.map((day) => score([day])),
    };
  });
  const spans = { chosenOn: { from: begin, to: earlier.until }, judgedOn: { from: split, to: later.until } };
  return { tried, ...spans, ended: earlier.until === split && later.until === end };
}

/** Trials over the same time, half a day on both sides of the split; nothing is chosen among them. `ended`: all of the time was played. */
export interface Compared {
  readonly over: Span;
  readonly ended: boolean;
  readonly scores: readonly TrialScore[];
}

/** Plays settings with one thing changed each, every one in the world of its own options. */
export async function compare(setup: TrialSetup, play: Play, watch: Watch): Promise<Compared> {
  const { trials } = setup;
  const { demand, begin, split, end } = halvesOf(setup);
  const over = { from: Math.max(begin, split - NEIGHBOUR_SPAN), to: Math.min(end, split + NEIGHBOUR_SPAN) };
  const played = await play(
    trials.map((trial) => ({ demand, ...over, trials: [trial] })),
    watch,
  );
  const ended = played.every(({ until }) => until === over.to);
  return { over, ended, scores: played.map(({ days }) => scoreOf(days[0]!, demand.step)) };
}

/** The demand of the setup's world. Throws DemandError where the series make none. */
export function demandOf({ samples, others, world }: TrialSetup): Demand {
  return toDemands(samples, others, world.targetCpu / world.request);
}

function halvesOf(setup: TrialSetup) {
  const demand = demandOf(setup);
  const { start, step, values } = demand;
  const first = Math.max(2, Math.round(setup.world.warmup / step));
  const steps = values.length - first;
  if (steps < 2)
    throw new DemandError(
      `the series has ${pluralize(values.length, "step")} of ${step} s, the warm-up takes ${first}: nothing is left to play; choose a shorter --warmup`,
    );
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

/** Trials that no other one beats in both cost and time below the demand, on the part that is chosen on; cheapest first. */
export function frontOf(tried: readonly Tried[]): readonly Tried[] {
  const better = (a: TrialScore, b: TrialScore) =>
    a.cost <= b.cost && a.under <= b.under && (a.cost < b.cost || a.under < b.under);
  return tried
    .filter(({ chosenOn }) => !tried.some((other) => better(other.chosenOn, chosenOn)))
    .toSorted((a, b) => a.chosenOn.cost - b.chosenOn.cost);
}

/** The cheapest trial with at most `slo` of the time below the demand, on the part that is chosen on; null: none. */
export function cheapestWithin(tried: readonly Tried[], slo: Probability): Tried | null {
  return tried
    .filter(({ chosenOn }) => chosenOn.under <= slo)
    .reduce<Tried | null>((best, one) => (best === null || one.chosenOn.cost < best.chosenOn.cost ? one : best), null);
}
