/** Makes a decision for each target from what a run read. Pure, but for the forecasters. */
import type { Forecaster, Method } from "../core/forecast/types.ts";
import { asError } from "../core/result.ts";
import { EMPTY_STATE } from "../core/state/codec.ts";
import type { TargetState } from "../core/state/types.ts";
import { metricsOf, type TargetConfig } from "../core/target.ts";
import { type TickOutput, tick } from "../core/tick.ts";
import { yieldToOthers } from "../in-parallel.ts";
import type { ScaleReading } from "../ports.ts";
import { memoryOf } from "./memory.ts";
import type { Readings } from "./read.ts";

/** A metric whose history could not be read. */
export interface HistoryFailure {
  readonly metric: string;
  readonly error: Error;
}

/** The decision for one target. `output` null: nothing was decided, see `failure`. */
export interface TargetDecision {
  readonly target: TargetConfig;
  readonly output: TickOutput | null;
  readonly failure?: Error;
  /** Histories that could not be read, by metric name; the decision was made without them. */
  readonly historyErrors: readonly HistoryFailure[];
  /** Memory before this decision, to restore where it was claimed and could not be carried out. */
  readonly before: TargetState | undefined;
}

/** Decides for every target; one that goes wrong keeps its error, and the others go on. */
export function decideAll(
  targets: readonly TargetConfig[],
  readings: Readings,
  forecasterOf: (method: Method) => Forecaster,
): readonly TargetDecision[] {
  return targets.map((target, i) => decideOne(target, i, readings, forecasterOf));
}

/**
 * decideAll, with other work let in between two targets: a tick takes 4 to 40 ms, and a server closes a connection that nobody serves for
 * seconds.
 */
export async function decideInTurn(...[targets, readings, forecasterOf]: Parameters<typeof decideAll>) {
  const decisions: TargetDecision[] = [];
  for (const [i, target] of targets.entries()) {
    if (i > 0) await yieldToOthers();
    decisions.push(decideOne(target, i, readings, forecasterOf));
  }
  return decisions;
}

/** The decision for one target. An error becomes that target's failure. */
function decideOne(
  target: TargetConfig,
  i: number,
  readings: Readings,
  forecasterOf: (method: Method) => Forecaster,
): TargetDecision {
  const stored = readings.state instanceof Error ? EMPTY_STATE : readings.state.state;
  const read = readings.histories[i]!;
  const names = metricsOf(target).map(({ name }) => name);
  const historyErrors = read.flatMap((history, k) =>
    history instanceof Error ? [{ metric: names[k]!, error: history }] : [],
  );
  const scale = readings.scales[i]!;
  const before = memoryOf(stored, target);
  if (scale instanceof Error) return { target, output: null, failure: scale, historyErrors, before };
  try {
    const input = {
      now: readings.now,
      histories: read.map((history) => (history instanceof Error ? null : history)),
      current: currentOf(scale),
      pods: scale.replicas,
      conditions: scale.conditions,
      memory: before,
      config: target,
    };
    return { target, output: tick(input, forecasterOf(target.method)), historyErrors, before };
  } catch (error) {
    return { target, output: null, failure: asError(error), historyErrors, before };
  }
}

/** The number that is set: the replicas, or the floor that an actuator sets in their place, unless they are switched off. */
function currentOf({ replicas, floor }: ScaleReading): number {
  return replicas > 0 ? (floor ?? replicas) : replicas;
}
