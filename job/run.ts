/** One run over the ports: now -> histories, scales, state -> ticks -> claim state -> scale -> report; several in one process. */
import { forecasterOf } from "./core/forecast/method.ts";
import type { Forecaster } from "./core/forecast/types.ts";
import type { TargetConfig } from "./core/target.ts";
import type { EpochSeconds, Seconds } from "./core/units.ts";
import type { HistoryReading, Outcome, Ports } from "./ports.ts";
import { conflictOutcome, failedOutcome, outcomeOf } from "./run/outcome.ts";
import { claim, type Plan, planAll, readScales, readState, release, type Seen } from "./run/plan.ts";

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
  const [{ now, histories }, scales, state] = await Promise.all([
    timed("history", () => readHistories(ports, targets)),
    timed("scale", () => readScales(ports.scaler, targets)),
    timed("state", () => readState(ports)),
  ]);
  const seen: Seen = { now, histories, scales, state };
  const plans = await timed("decide", async () => planAll(targets, seen, chooser(options)));
  const outcomes =
    options.dryRun === true
      ? plans.map((plan) => outcomeOf(plan, "dry run: "))
      : await timed("act", () => settle(ports, targets, seen, plans, options));
  report(ports, plans, outcomes);
  return { targets: outcomes, exitCode: outcomes.some((outcome) => outcome.action === "failed") ? 1 : 0, now, timings };
}

/** Several runs in one process, `every` seconds, as long as one more is likely to end within `for` seconds; each as safe as a process of its own. */
export async function runFor(
  ports: Ports,
  targets: readonly TargetConfig[],
  options: RunOptions & { readonly every: Seconds; readonly for: Seconds },
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
    runs.push(await runOnce(ports, paced, options));
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

/** Claims, then acts; whoever loses the claim, or finds other replicas than read, looks and decides again once and then leaves it to the next run. */
async function settle(
  ports: Ports,
  targets: readonly TargetConfig[],
  seen: Seen,
  first: readonly Plan[],
  options: RunOptions,
): Promise<readonly Outcome[]> {
  let plans = first;
  let current = seen;
  let claimed = await claim(ports, current, plans);
  if (claimed === "lost") {
    current = await lookAgain(ports, targets, seen);
    plans = planAll(targets, current, chooser(options));
    claimed = await claim(ports, current, plans);
  }
  if (claimed === "lost")
    return plans.map((plan) =>
      conflictOutcome(plan, "StateConflict", "another run claimed the state first, twice; left to the next run"),
    );
  if (claimed instanceof Error) {
    const failure = claimed;
    return plans.map((plan) => (plan.failure === undefined ? failedOutcome(plan, failure) : outcomeOf(plan)));
  }
  const acted = await Promise.all(plans.map((plan) => act(ports, plan)));
  const undone = acted.flatMap((result, i) => (result === "done" ? [] : [i]));
  if (undone.length === 0) return plans.map((plan) => outcomeOf(plan));
  const outcomes = plans.map((plan, i) =>
    acted[i] instanceof Error ? failedOutcome(plan, acted[i]) : outcomeOf(plan),
  );
  for (const [i, outcome] of await again(ports, current, plans, undone, acted, options)) outcomes[i] = outcome;
  return outcomes;
}

/** Second and last try of the targets whose replicas had changed; what was claimed and not done is taken out of the memory again. */
async function again(
  ports: Ports,
  seen: Seen,
  plans: readonly Plan[],
  undone: readonly number[],
  acted: readonly ("done" | "conflict" | Error)[],
  options: RunOptions,
): Promise<ReadonlyMap<number, Outcome>> {
  const outcomes = new Map<number, Outcome>();
  const broken = undone.map((i) => plans[i]!);
  const retry = undone.filter((i) => acted[i] === "conflict");
  const targets = broken.map((plan) => plan.target);
  const fresh = await lookAgain(ports, targets, { ...seen, histories: undone.map((i) => seen.histories[i]!) });
  const healed: Seen = { ...fresh, state: release(fresh.state, broken) };
  const second = planAll(targets, healed, chooser(options)).map((plan, k) =>
    retry.includes(undone[k]!) ? plan : { ...plan, output: null },
  );
  const claimed = await claim(ports, healed, second);
  for (const [k, plan] of second.entries()) {
    const i = undone[k]!;
    if (!retry.includes(i)) continue;
    const result = claimed === "claimed" ? await act(ports, plan) : claimed;
    if (result === "done") outcomes.set(i, outcomeOf(plan));
    else if (result instanceof Error) outcomes.set(i, failedOutcome(plan, result));
    else
      outcomes.set(
        i,
        conflictOutcome(
          plan,
          "ScaleConflict",
          "the replicas changed between reading and writing, twice; left to the next run",
        ),
      );
  }
  return outcomes;
}

async function lookAgain(ports: Ports, targets: readonly TargetConfig[], seen: Seen): Promise<Seen> {
  const [scales, state] = await Promise.all([readScales(ports.scaler, targets), readState(ports)]);
  return { ...seen, scales, state };
}

async function act({ scaler }: Ports, plan: Plan): Promise<"done" | "conflict" | Error> {
  const decision = plan.output?.decision;
  if (decision === undefined || decision.action !== "scale") return "done";
  try {
    return await scaler.scale(plan.target, decision.current, decision.replicas);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
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
      reporter.tick(plan.target, plan.output?.record ?? null, outcomes[i]!);
    } catch {
      // Nothing is left to tell it to.
    }
  }
}
