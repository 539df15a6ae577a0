/** One run over the ports, slice by slice: read, decide, claim the state, scale and report; or several runs in one process. */
import { forecasterOf } from "./core/forecast/method.ts";
import type { Forecaster } from "./core/forecast/types.ts";
import type { TargetConfig } from "./core/target.ts";
import type { EpochSeconds, Seconds } from "./core/units.ts";
import { inParallel } from "./in-parallel.ts";
import type { Outcome, Ports, StateStore } from "./ports.ts";
import { openBudget, readingUntil } from "./run/budget.ts";
import type { Ticks } from "./run/decide.ts";
import { type FleetDrop, fleetBrake } from "./run/fleet-drop.ts";
import { type NotifiedConditions, notifiedBefore } from "./run/notifications.ts";
import { type SharedState, sharedState } from "./run/shared-state.ts";
import type { TargetOrShare } from "./run/shares.ts";
import { brokenSlice, runSlice, type SliceResult } from "./run/slice.ts";
import { lanesFor, MAX_SLICE_TARGETS, type Slice, slicesOf } from "./run/slices.ts";
import { ticksHere } from "./run/ticks-here.ts";

/** Options of a run. `dryRun` writes nothing: no claim, no scale. `forecaster` replaces the one that each target's method names. */
export interface RunOptions {
  readonly dryRun?: boolean;
  readonly forecaster?: Forecaster;
  /** Makes the ticks of that many targets; `here` makes those that it cannot. undefined: `here` makes all of them. */
  readonly ticksFor?: (targets: number, here: Ticks) => Promise<Ticks | undefined>;
  /** Settings of the hold where most targets want to shrink at once; absent: no hold. */
  readonly fleetDrop?: FleetDrop;
  /**
   * Seconds for the whole run; absent: no limit. When the share for reading is over, what was read is decided and carried out; the other
   * targets fail by name.
   */
  readonly timeout?: Seconds;
  /** Called and awaited when a part of the targets is done; must not reject. */
  readonly part?: (part: FinishedTargets) => Promise<void>;
  /** What the result keeps of an outcome, once its part is done; absent: all of it. */
  readonly keep?: (outcome: Outcome) => Outcome;
}

/** Targets that are done, with their outcomes. */
export interface FinishedTargets {
  readonly now: EpochSeconds;
  readonly dryRun: boolean;
  readonly targets: readonly TargetConfig[];
  readonly outcomes: readonly Outcome[];
  readonly over: AbortSignal;
}

/**
 * The result of a run: one outcome per target, in their order, and the milliseconds of each step.
 * Exit code 0: each target was decided or held. 1: one failed, or has been blind for long.
 */
export interface RunResult {
  /** The time of the decisions, by the metric source's clock. */
  readonly now: EpochSeconds;
  /** Whether nothing was written: a dry run, or a pretended cluster. */
  readonly dryRun: boolean;
  readonly targets: readonly Outcome[];
  readonly exitCode: 0 | 1;
  readonly timings: Readonly<Record<string, number>>;
  /** What people had been notified of for each target before this run; null: the state could not be read. */
  readonly notified: readonly NotifiedConditions[] | null;
  /** Aborts when the run's time is over; for what is still to be sent. */
  readonly over: AbortSignal;
}

/** The targets of a run, or a function that finds them again for each run, within the time for reading. */
export type Targets = readonly TargetOrShare[] | ((reading: AbortSignal) => Promise<readonly TargetOrShare[]>);

/** Runs once. Never throws for failures outside: a target that fails gives a failed outcome, and the others continue. */
export async function runOnce(ports: Ports, given: Targets, options: RunOptions): Promise<RunResult> {
  const timings: Record<string, number> = {};
  const { clock } = ports;
  const { timeout, part, keep } = options;
  const begin = clock.tick();
  const { reading, whole } = openBudget(clock, timeout);
  const timed = stopwatch(ports, timings);
  const targets = typeof given === "function" ? await timed("discover", () => given(reading)) : given;
  const slices = slicesOf(targets, ports.state);
  const lanes = lanesFor(slices);
  const dryRun = options.dryRun === true;
  const { forecaster } = options;
  const here = ticksHere(forecaster === undefined ? forecasterOf : () => forecaster);
  const tools = {
    whole,
    ticks: (await options.ticksFor?.(targets.length, here)) ?? here,
    dryRun,
    timed,
  };
  const fleet = fleetBrake(options.fleetDrop, { targets: targets.length, enough: MAX_SLICE_TARGETS }, ports.reporter);
  const written = !dryRun && ports.scaler.pretended !== true;
  const sharedOf = sharing();
  const run = async (slice: Slice, i: number): Promise<SliceResult> => {
    const until =
      i < lanes || timeout === undefined ? reading : readingUntil(clock, timeout - (clock.tick() - begin) / 1000);
    const brake = fleet.slice(slice.targets.length);
    const own = { ...tools, brake, shared: sharedOf(slice.store), reading: until, first: i === 0 };
    const work = runSlice({ ...ports, state: slice.store }, slice, own);
    // the caller gets the error of a whole run that breaks; a slice does not take the others along
    const broken = (error: unknown) => {
      brake.skip();
      return brokenSlice(ports, slice, error);
    };
    const result = slices.length === 1 ? await work : await work.catch(broken);
    const { now, outcomes } = result;
    await part?.({ now, dryRun: !written, targets: slice.targets, outcomes, over: whole });
    return keep === undefined ? result : { ...result, outcomes: outcomes.map((outcome) => keep(outcome)) };
  };
  const results = await inParallel(slices, run, lanes);
  return { dryRun: !written, timings, over: whole, ...together(slices, results, targets.length) };
}

/** The states of a run: one for each object. */
function sharing(): (store: StateStore) => SharedState {
  const all = new Map<StateStore, SharedState>();
  return (store) => {
    const shared = all.get(store) ?? sharedState(store);
    all.set(store, shared);
    return shared;
  };
}

/** Joins the slices' results in the order of the run's targets. Where a slice's state could not be read, nothing counts as notified. */
function together(slices: readonly Slice[], results: readonly SliceResult[], count: number) {
  const targets = new Array<Outcome>(count);
  const notified = new Array<NotifiedConditions>(count);
  const known = results.some((result) => result.notified !== null);
  for (const [k, { places }] of slices.entries()) {
    const { outcomes, notified: own } = results[k]!;
    for (const [j, place] of places.entries()) {
      targets[place] = outcomes[j]!;
      notified[place] = own?.[j] ?? notifiedBefore(undefined);
    }
  }
  const failed = targets.some(({ action, blindSince }) => action === "failed" || blindSince !== undefined);
  return {
    now: results[0]!.now,
    targets,
    exitCode: failed ? (1 as const) : (0 as const),
    notified: known ? notified : null,
  };
}

/** A run every `every` seconds for `for` seconds. `after` is called and awaited after each. */
export interface Repetition {
  readonly every: Seconds;
  readonly for: Seconds;
  readonly after?: (run: RunResult) => Promise<void>;
}

/**
 * Runs several times in one process, as long as one more is likely to end in time. Each run is as safe as a process of its own.
 * Gives all results; with `after`, which gets each of them, only the last.
 */
export async function runFor(
  ports: Ports,
  targets: Targets,
  options: RunOptions & Repetition,
): Promise<{ readonly runs: readonly RunResult[]; readonly exitCode: 0 | 1 }> {
  const { clock } = ports;
  const begin = clock.tick();
  const elapsed = () => (clock.tick() - begin) / 1000;
  const pace = (all: readonly TargetOrShare[]) => all.map((target) => ({ ...target, interval: options.every }));
  const paced: Targets =
    typeof targets === "function" ? async (reading) => pace(await targets(reading)) : pace(targets);
  const runs: RunResult[] = [];
  let longest = 0;
  for (let due = 0; due === 0 || due + longest <= options.for; ) {
    if (due > elapsed()) await clock.sleep(due - elapsed());
    const started = elapsed();
    const { timeout } = options;
    // the last one must not outlive the process
    const left = timeout === undefined ? {} : { timeout: Math.min(timeout, options.for - started) };
    const run = await runOnce(ports, paced, { ...options, ...left });
    // earlier results are dropped: an hour of a thousand targets would be 60,000 outcomes
    if (options.after !== undefined) runs.length = 0;
    runs.push(run);
    await options.after?.(run);
    longest = Math.max(longest, elapsed() - started);
    // A slot that a slow run has swallowed is skipped, not caught up.
    due = Math.max(due + options.every, Math.ceil(elapsed() / options.every) * options.every);
  }
  return { runs, exitCode: runs.at(-1)?.exitCode ?? 0 };
}

function stopwatch({ clock }: Ports, timings: Record<string, number>) {
  return async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const start = clock.tick();
    try {
      return await work();
    } finally {
      timings[name] = Math.round(((timings[name] ?? 0) + clock.tick() - start) * 1000) / 1000;
    }
  };
}
