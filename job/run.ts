/** One run over the ports: now -> histories, scales, state -> ticks -> claim state -> scale -> report; several in one process. */
import { forecasterOf } from "./core/forecast/method.ts";
import type { Forecaster } from "./core/forecast/types.ts";
import { WRITER_ADVICE } from "./core/policy/writer.ts";
import type { EpochSeconds, Seconds } from "./core/units.ts";
import type { Outcome, Ports } from "./ports.ts";
import { openBudget } from "./run/budget.ts";
import { decideAll, type TargetDecision } from "./run/decide.ts";
import { type Told, toldBefore } from "./run/news.ts";
import { notWritten, outcomeOf, writerOf } from "./run/outcome.ts";
import { nameWriters, type Readings, readHistories, readScales, readState } from "./run/read.ts";
import { settle } from "./run/settle.ts";
import { haveCores, inCores, type TargetOrShare, tellMisfits } from "./run/shares.ts";

/** `dryRun` writes nothing: no claim, no scale. `forecaster` takes the place of the one that each target's method names. */
export interface RunOptions {
  readonly dryRun?: boolean;
  readonly forecaster?: Forecaster;
  /** Time for all of it; absent: no end. What has been read when the share of reading is over is decided and carried out, the rest fails by name. */
  readonly timeout?: Seconds;
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
  readonly told: readonly Told[] | null;
  /** Aborted when the run's time is over, for what is still to be told. */
  readonly over: AbortSignal;
}

/** One run. Never throws for what the world does: a target that fails gives a failed outcome and the others go on. */
export async function runOnce(ports: Ports, wanted: readonly TargetOrShare[], options: RunOptions): Promise<RunResult> {
  const timings: Record<string, number> = {};
  const timed = stopwatch(ports, timings);
  const { reading, whole } = openBudget(ports.clock, options.timeout);
  const scaled = timed("scale", () => readScales(ports, wanted, reading)).then((scales) => inCores(wanted, scales));
  // what is asked of a metric source must be known before it is asked
  const sized = async () => (haveCores(wanted) ? wanted : (await scaled).targets);
  const [{ now, histories }, { targets, scales: read }, state] = await Promise.all([
    timed("history", async () => readHistories(ports, await sized(), reading)),
    scaled,
    timed("state", () => readState(ports, reading)),
  ]);
  tellMisfits(ports, { targets, scales: read });
  const scales = options.dryRun === true ? read : await nameWriters(ports, targets, { scales: read, state }, reading);
  const readings: Readings = { now, histories, scales, state };
  const chooser = options.forecaster === undefined ? forecasterOf : () => options.forecaster!;
  const decisions = await timed("decide", async () => decideAll(targets, readings, chooser));
  const settled =
    options.dryRun === true
      ? decisions.map((decided) => outcomeOf(decided))
      : await timed("act", () => settle(ports, readings, decisions, whole));
  const dryRun = options.dryRun === true || ports.scaler.pretended === true;
  const outcomes = dryRun ? settled.map(notWritten) : settled;
  report(ports, decisions, outcomes);
  const exitCode = outcomes.some(({ action, blindSince }) => action === "failed" || blindSince !== undefined) ? 1 : 0;
  const told = state instanceof Error ? null : decisions.map(({ before }) => toldBefore(before));
  return { now, dryRun, targets: outcomes, exitCode, timings, told, over: whole };
}

/** A run every `every` seconds for `for` seconds; `after` is told of each when it is done, and is waited for. */
export interface Repetition {
  readonly every: Seconds;
  readonly for: Seconds;
  readonly after?: (run: RunResult) => Promise<void>;
}

/** Several runs in one process, as long as one more is likely to end in time; each as safe as a process of its own. */
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
      timings[name] = Math.round((clock.tick() - start) * 1000) / 1000;
    }
  };
}

/** Reporting must never fail a run. */
function report({ reporter }: Ports, decisions: readonly TargetDecision[], outcomes: readonly Outcome[]): void {
  for (const [i, decided] of decisions.entries()) {
    try {
      const writer = writerOf(decided);
      if (writer !== null && writer.times > 1)
        reporter.log("warn", `${decided.target.namespace}/${decided.target.name}: ${writer.message}; ${WRITER_ADVICE}`);
      reporter.tick(decided.target, decided.output?.record ?? null, outcomes[i]!);
    } catch {
      // Nothing is left to tell it to.
    }
  }
}
