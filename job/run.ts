/** One run over the ports, slice by slice: now -> histories, scales, state -> ticks -> claim state -> scale -> report; several runs in one process. */
import { forecasterOf } from "./core/forecast/method.ts";
import type { Forecaster } from "./core/forecast/types.ts";
import type { TargetConfig } from "./core/target.ts";
import type { EpochSeconds, Seconds } from "./core/units.ts";
import { inParallel, takeTurns } from "./in-parallel.ts";
import type { Outcome, Ports, StateStore } from "./ports.ts";
import { openBudget, readingUntil } from "./run/budget.ts";
import { type FleetDrop, fleetBrake } from "./run/fleet-drop.ts";
import { type NotifiedConditions, notifiedBefore } from "./run/news.ts";
import { type SharedState, sharedState } from "./run/shared-state.ts";
import type { TargetOrShare } from "./run/shares.ts";
import { brokenSlice, runSlice, type SliceResult } from "./run/slice.ts";
import { lanesFor, MAX_SLICE_TARGETS, type Slice, slicesOf } from "./run/slices.ts";

/** `dryRun` writes nothing: no claim, no scale. `forecaster` takes the place of the one that each target's method names. */
export interface RunOptions {
  readonly dryRun?: boolean;
  readonly forecaster?: Forecaster;
  /** When most targets want to shrink at once; absent: nothing is held for it. */
  readonly fleetDrop?: FleetDrop;
  /** Time for all of it; absent: no end. What has been read when the share of reading is over is decided and carried out, the rest fails by name. */
  readonly timeout?: Seconds;
  /** Is told of each part of the targets when it is done, and is waited for; must not reject. */
  readonly part?: (part: Part) => Promise<void>;
}

/** Targets that are done, with what became of them. */
export interface Part {
  readonly now: EpochSeconds;
  readonly dryRun: boolean;
  readonly targets: readonly TargetConfig[];
  readonly outcomes: readonly Outcome[];
  readonly over: AbortSignal;
}

/** One outcome per target, same order; exit code 0 when each was done or held, 1 when one failed or has long been blind; milliseconds of each step. */
export interface RunResult {
  /** The time that was decided for, by the metric source's clock. */
  readonly now: EpochSeconds;
  /** Nothing was written: a dry run, or a pretended cluster. */
  readonly dryRun: boolean;
  readonly targets: readonly Outcome[];
  readonly exitCode: 0 | 1;
  readonly timings: Readonly<Record<string, number>>;
  /** What people had been told of each target before this run; null: the state could not be read. */
  readonly notified: readonly NotifiedConditions[] | null;
  /** Aborted when the run's time is over, for what is still to be told. */
  readonly over: AbortSignal;
}

/** One run. Never throws for what the world does: a target that fails gives a failed outcome and the others go on. */
export async function runOnce(
  ports: Ports,
  targets: readonly TargetOrShare[],
  options: RunOptions,
): Promise<RunResult> {
  const timings: Record<string, number> = {};
  const { clock } = ports;
  const { timeout, part } = options;
  const begin = clock.tick();
  const { reading, whole } = openBudget(clock, timeout);
  const slices = slicesOf(targets, ports.state);
  const lanes = lanesFor(slices);
  const dryRun = options.dryRun === true;
  const tools = {
    whole,
    deciding: takeTurns(),
    forecasterOf: options.forecaster === undefined ? forecasterOf : () => options.forecaster!,
    dryRun,
    timed: stopwatch(ports, timings),
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
    // of a whole run that breaks the caller is told; a slice does not take the others along
    const broken = (error: unknown) => {
      brake.skip();
      return brokenSlice(ports, slice, error);
    };
    const result = slices.length === 1 ? await work : await work.catch(broken);
    const { now, outcomes } = result;
    await part?.({ now, dryRun: !written, targets: slice.targets, outcomes, over: whole });
    return result;
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

/** What the slices came to (of a target whose state could not be read nothing is known to have been told), in the order of the run's targets. */
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

/** A run every `every` seconds for `for` seconds; `after` is told of each when it is done, and is waited for. */
export interface Repetition {
  readonly every: Seconds;
  readonly for: Seconds;
  readonly after?: (run: RunResult) => Promise<void>;
}

/** Several runs (where each is told to `after`: the last of them) in one process, as long as one more is likely to end in time; each as safe as a process of its own. */
export async function runFor(
  ports: Ports,
  targets: readonly TargetOrShare[],
  options: RunOptions & Repetition,
): Promise<{ readonly runs: readonly RunResult[]; readonly exitCode: 0 | 1 }> {
  const { clock } = ports;
  const begin = clock.tick();
  const elapsed = () => (clock.tick() - begin) / 1000;
  const paced = targets.map((target) => ({ ...target, interval: options.every }));
  const runs: RunResult[] = [];
  let longest = 0;
  for (let due = 0; due === 0 || due + longest <= options.for; ) {
    if (due > elapsed()) await clock.sleep(due - elapsed());
    const started = elapsed();
    const { timeout } = options;
    // the last one must not outlive the process
    const left = timeout === undefined ? {} : { timeout: Math.min(timeout, options.for - started) };
    const run = await runOnce(ports, paced, { ...options, ...left });
    // what was told is kept no longer: an hour of a thousand targets would be 60,000 outcomes
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
