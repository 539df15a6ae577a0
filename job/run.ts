/** One run over the ports: now -> histories, scales, state -> ticks -> claim state -> scale -> report; several in one process. */
import { forecasterOf } from "./core/forecast/method.ts";
import type { Forecaster } from "./core/forecast/types.ts";
import { WRITER_ADVICE } from "./core/policy/writer.ts";
import type { TargetConfig } from "./core/target.ts";
import type { EpochSeconds, Seconds } from "./core/units.ts";
import type { HistoryReading, Outcome, Ports } from "./ports.ts";
import { outcomeOf, writerOf } from "./run/outcome.ts";
import { nameWriters, type Plan, planAll, readScales, readState, type Seen } from "./run/plan.ts";
import { settle } from "./run/settle.ts";

/** `dryRun` writes nothing: no claim, no scale. `forecaster` takes the place of the one that each target's method names. */
export interface RunOptions {
  readonly dryRun?: boolean;
  readonly forecaster?: Forecaster;
}

/** One outcome per target, same order; exit code 0 when each was done or held, 1 when one failed; milliseconds of each step. */
export interface RunResult {
  readonly targets: readonly Outcome[];
  readonly exitCode: 0 | 1;
  readonly now: EpochSeconds;
  readonly timings: Readonly<Record<string, number>>;
}

/** Clocks further apart than this are worth a warning; "now" is the source's in any case. */
const MOST_SKEW: Seconds = 5;

/** One run. Never throws for what the world does: a target that fails gives a failed outcome and the others go on. */
export async function runOnce(ports: Ports, targets: readonly TargetConfig[], options: RunOptions): Promise<RunResult> {
  const timings: Record<string, number> = {};
  const timed = stopwatch(ports, timings);
  const [{ now, histories }, read, state] = await Promise.all([
    timed("history", () => readHistories(ports, targets)),
    timed("scale", () => readScales(ports.scaler, targets)),
    timed("state", () => readState(ports)),
  ]);
  const scales = options.dryRun === true ? read : await nameWriters(ports, targets, { scales: read, state });
  const seen: Seen = { now, histories, scales, state };
  const plans = await timed("decide", async () => planAll(targets, seen, chooser(options)));
  const outcomes =
    options.dryRun === true
      ? plans.map((plan) => outcomeOf(plan, "dry run: "))
      : await timed("act", () => settle(ports, seen, plans, chooser(options)));
  report(ports, plans, outcomes);
  return { targets: outcomes, exitCode: outcomes.some((outcome) => outcome.action === "failed") ? 1 : 0, now, timings };
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
  targets: readonly TargetConfig[],
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
    const run = await runOnce(ports, paced, options);
    runs.push(run);
    await options.after?.(run);
    longest = Math.max(longest, elapsed() - started);
    // A slot that a slow run has swallowed is skipped, not caught up.
    due = Math.max(due + options.every, Math.ceil(elapsed() / options.every) * options.every);
  }
  return { runs, exitCode: runs.at(-1)?.exitCode ?? 0 };
}

function chooser({ forecaster }: RunOptions): typeof forecasterOf {
  return forecaster === undefined ? forecasterOf : () => forecaster;
}

async function readHistories(ports: Ports, targets: readonly TargetConfig[]): Promise<Pick<Seen, "now" | "histories">> {
  const local = ports.clock.now();
  try {
    const now = await ports.history.now();
    const skew = Math.abs(now - local);
    if (skew > MOST_SKEW)
      ports.reporter.log(
        "warn",
        `the clock of the metric source is ${skew.toFixed(1)} s away from ours; its time is used`,
        { skew },
      );
    const histories = await ports.history.read(targets, now);
    return {
      now,
      histories: targets.map((_, i) => histories[i] ?? new Error("the source gave no reading for this target")),
    };
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    return { now: local, histories: targets.map((): HistoryReading | Error => error) };
  }
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
function report({ reporter }: Ports, plans: readonly Plan[], outcomes: readonly Outcome[]): void {
  for (const [i, plan] of plans.entries()) {
    try {
      const writer = writerOf(plan);
      if (writer !== null && writer.times > 1)
        reporter.log("warn", `${plan.target.namespace}/${plan.target.name}: ${writer.message}; ${WRITER_ADVICE}`);
      reporter.tick(plan.target, plan.output?.record ?? null, outcomes[i]!);
    } catch {
      // Nothing is left to tell it to.
    }
  }
}
