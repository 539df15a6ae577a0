/** One slice of a run: read, decide, claim, act and report. A slice that fails does not affect the others. */
import { WRITER_ADVICE } from "../core/policy/writer.ts";
import { asError } from "../core/result.ts";
import type { EpochSeconds } from "../core/units.ts";
import { inParallel } from "../in-parallel.ts";
import type { Outcome, Ports } from "../ports.ts";
import { decideBy, type TargetDecision, type Ticks } from "./decide.ts";
import type { SliceBrake } from "./fleet-drop.ts";
import { type NotifiedConditions, notifiedBefore } from "./notifications.ts";
import { failedOutcome, notWritten, outcomeOf, writerOf } from "./outcome.ts";
import { nameWriters, type Readings, readHistories, readScales } from "./read.ts";
import { settle } from "./settle.ts";
import type { SharedState } from "./shared-state.ts";
import { haveCores, inCores, warnOfMisfits } from "./shares.ts";
import type { Slice } from "./slices.ts";

/** What a slice needs beside its ports. */
export interface SliceTools {
  readonly shared: SharedState;
  readonly reading: AbortSignal;
  readonly whole: AbortSignal;
  /** Makes the ticks of this slice's targets. */
  readonly ticks: Ticks;
  /** The run's fleet brake, for this slice. */
  readonly brake: SliceBrake;
  readonly dryRun: boolean;
  /** Whether it warns of clocks that differ: one slice of a run does. */
  readonly first: boolean;
  readonly timed: <T>(name: string, work: () => Promise<T>) => Promise<T>;
}

/** The result of a slice: outcomes in the order of its targets. */
export interface SliceResult {
  readonly now: EpochSeconds;
  readonly outcomes: readonly Outcome[];
  /** What people had been notified of for each target; null: the state could not be read. */
  readonly notified: readonly NotifiedConditions[] | null;
}

/** Runs a slice. Rejects only where a port breaks its promises. */
export async function runSlice(ports: Ports, { targets: wanted }: Slice, tools: SliceTools): Promise<SliceResult> {
  const { shared, reading, whole, dryRun, timed } = tools;
  const scaled = timed("scale", () => readScales(ports, wanted, reading)).then((scales) => inCores(wanted, scales));
  // the queries must be known before the metric source gets them
  const sized = async () => (haveCores(wanted) ? wanted : (await scaled).targets);
  const [{ now, histories }, { targets, scales: read }, state] = await Promise.all([
    timed("history", async () => readHistories(ports, await sized(), reading, tools.first)),
    scaled,
    timed("state", () => shared.read(reading)),
  ]);
  warnOfMisfits(ports, { targets, scales: read });
  const scales = dryRun ? read : await nameWriters(ports, targets, { scales: read, state }, reading);
  const readings: Readings = { now, histories, scales, state };
  const decided = await timed("decide", () => decideBy(tools.ticks, targets, readings));
  const decisions = await tools.brake.apply(decided, now, reading);
  const settled = dryRun
    ? decisions.map((decided) => outcomeOf(decided))
    : await timed("act", () => settle(ports, shared, readings, decisions, whole));
  const outcomes = dryRun || ports.scaler.pretended === true ? settled.map(notWritten) : settled;
  await inParallel(decisions, async (decision, i) => report(ports, decision, outcomes[i]!));
  const notified = state instanceof Error ? null : decisions.map(({ before }) => notifiedBefore(before));
  return { now, outcomes, notified };
}

/** The result of a slice that broke: every target of it failed. */
export function brokenSlice({ clock }: Ports, { targets }: Slice, thrown: unknown): SliceResult {
  const error = asError(thrown);
  const outcomes = targets.map((target) =>
    failedOutcome({ target, output: null, failure: error, historyErrors: [], before: undefined }, error, "state"),
  );
  return { now: clock.now(), outcomes, notified: null };
}

/** Reporting must never fail a run. */
function report({ reporter }: Ports, decided: TargetDecision, outcome: Outcome): void {
  try {
    const writer = writerOf(decided);
    if (writer !== null && writer.times > 1)
      reporter.log("warn", `${decided.target.namespace}/${decided.target.name}: ${writer.message}; ${WRITER_ADVICE}`);
    reporter.tick(decided.target, decided.output?.record ?? null, outcome);
  } catch {
    // Nothing is left to tell it to.
  }
}
