/** From what was read to a plan per target, and the claim of the state that carries the plans. */
import type { Forecaster, Method } from "../core/forecast/types.ts";
import { EMPTY_STATE, encodeTarget, lastSeen } from "../core/state/codec.ts";
import type { JobState, TargetState } from "../core/state/types.ts";
import type { TargetConfig } from "../core/target.ts";
import { type TickOutput, tick } from "../core/tick.ts";
import type { EpochSeconds, Seconds } from "../core/units.ts";
import { eachAtOnce } from "../each-at-once.ts";
import {
  type HistoryReading,
  MOST_CALLS,
  type Ports,
  type ScaleReading,
  type Scaler,
  type StateReading,
} from "../ports.ts";

/** Everything a run has read; what could not be read is its error. Same order as the targets. */
export interface Seen {
  readonly now: EpochSeconds;
  readonly histories: readonly (HistoryReading | Error)[];
  readonly scales: readonly (ScaleReading | Error)[];
  readonly state: StateReading | Error;
}

/** One target's plan. `output` null: nothing is decided, see `failure`. */
export interface Plan {
  readonly target: TargetConfig;
  readonly output: TickOutput | null;
  readonly failure?: Error;
  /** The history could not be read; the decision was made without. */
  readonly historyError?: Error;
  /** Memory before this plan, to go back to when it was claimed and could not be done. */
  readonly before: TargetState | undefined;
}

/** Memory of targets that are no longer configured is kept for a day: two configs may share one store while one is being moved. */
const KEPT: Seconds = 86_400;

/** The key of a target in the state. */
export function keyOf(target: TargetConfig): string {
  return `${target.namespace}/${target.name}`;
}

/** Decides for every target. Pure but for the forecasters it is given. */
export function planAll(
  targets: readonly TargetConfig[],
  seen: Seen,
  forecasterOf: (method: Method) => Forecaster,
): readonly Plan[] {
  const stored: JobState = seen.state instanceof Error ? EMPTY_STATE : seen.state.state;
  return targets.map((target, i): Plan => {
    const history = seen.histories[i]!;
    const scale = seen.scales[i]!;
    const before = Object.hasOwn(stored.targets, keyOf(target)) ? stored.targets[keyOf(target)] : undefined;
    if (scale instanceof Error) return { target, output: null, failure: scale, before };
    const failed = history instanceof Error ? { historyError: history } : {};
    try {
      const current = currentOf(target, scale);
      const read = history instanceof Error ? null : history;
      const input = {
        now: seen.now,
        history: read,
        current,
        pods: scale.replicas,
        conditions: scale.conditions,
        memory: before,
        config: target,
      };
      return { target, output: tick(input, forecasterOf(target.method)), before, ...failed };
    } catch (error) {
      return { target, output: null, failure: error instanceof Error ? error : new Error(String(error)), before };
    }
  });
}

/** The state with the memory of these plans in it, and without what was last seen long ago. */
export function withMemory(state: JobState, plans: readonly Plan[], now: EpochSeconds): JobState {
  const kept = Object.entries(state.targets).filter(([, target]) => now - lastSeen(target) < KEPT);
  const planned = plans.flatMap((plan) =>
    plan.output === null ? [] : [[keyOf(plan.target), plan.output.memory] as const],
  );
  return { ...state, targets: Object.fromEntries([...kept, ...planned]) };
}

/** Writes the memory of all plans in one claim, before anything is scaled. An Error when the store could not be read or written. */
export async function claim(
  { state: store, reporter }: Ports,
  seen: Seen,
  plans: readonly Plan[],
): Promise<"claimed" | "lost" | Error> {
  if (seen.state instanceof Error) return seen.state;
  // no plans at all: what was claimed and not done is to be taken out again
  if (plans.length > 0 && plans.every((plan) => plan.output === null && plan.failure !== undefined)) return "claimed";
  if (seen.state.warning !== undefined) reporter.log("warn", seen.state.warning);
  try {
    return await store.claim(withMemory(seen.state.state, plans, seen.now), seen.state.version);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The state as it stands now, with the memory of these plans put back where it still is what they claimed: they did not happen. */
export function release(reading: StateReading | Error, plans: readonly Plan[]): StateReading | Error {
  if (reading instanceof Error) return reading;
  const targets = new Map(Object.entries(reading.state.targets));
  for (const { target, output, before } of plans) {
    const stored = targets.get(keyOf(target));
    if (stored === undefined || output === null || encodeTarget(stored) !== encodeTarget(output.memory)) continue;
    if (before === undefined) targets.delete(keyOf(target));
    else targets.set(keyOf(target), before);
  }
  return { ...reading, state: { ...reading.state, targets: Object.fromEntries(targets) } };
}

/** Whether another run has decided on this plan's target since its memory was read. */
export function decidedSince(plan: Plan, reading: StateReading | Error): boolean {
  if (reading instanceof Error) return false;
  const { targets } = reading.state;
  const key = keyOf(plan.target);
  if (!Object.hasOwn(targets, key)) return false;
  return lastSeen(targets[key]!) > (plan.before === undefined ? 0 : lastSeen(plan.before));
}

/** State, or why it could not be read. */
export async function readState({ state }: Ports): Promise<StateReading | Error> {
  try {
    return await state.read();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The scale of every target, or its error, a few at a time. `earlier`: readings of this run, whose conditions are taken over. */
export async function readScales(
  scaler: Scaler,
  targets: readonly TargetConfig[],
  earlier: readonly (ScaleReading | Error)[] = [],
): Promise<readonly (ScaleReading | Error)[]> {
  return eachAtOnce(targets, async (target, i) => {
    const known = earlier[i];
    try {
      return await scaler.read(target, known instanceof Error ? undefined : known?.conditions);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  });
}

/** What comes after a reading whose writer is asked for, at the most: the question, claim, write, and the claim that takes it back; the state was read beside it. */
const MOST_BEFORE_ASKING = MOST_CALLS - 5;

/**
 * The readings, with the name of whoever set the replicas since our last write, where it can be asked for: one more call, for such a target alone. A change that stays is asked
 * about in the run that finds it; one that came for the second time in a row, in every run, for a warning goes with it.
 */
export async function nameWriters(
  { scaler }: Ports,
  targets: readonly TargetConfig[],
  { scales, state }: Pick<Seen, "scales" | "state">,
): Promise<readonly (ScaleReading | Error)[]> {
  if (scaler.otherWriter === undefined || state instanceof Error) return scales;
  const { targets: memory } = state.state;
  const name = async (target: TargetConfig, scale: ScaleReading | Error) => {
    if (scale instanceof Error || scale.conditions.otherWriter !== undefined || target.mode === "Off") return scale;
    if ((scale.calls ?? 1) > MOST_BEFORE_ASKING) return scale;
    const last = Object.hasOwn(memory, keyOf(target)) ? memory[keyOf(target)]?.lastWritten : null;
    const again = last?.foreign === true && last.overruled > 1;
    if (target.actuator !== "scale" || !last || (!again && last.replicas === scale.replicas)) return scale;
    const otherWriter = await scaler.otherWriter?.(target, scale.replicas);
    const calls = (scale.calls ?? 1) + 1;
    return { ...scale, calls, conditions: { ...scale.conditions, ...(otherWriter && { otherWriter }) } };
  };
  return eachAtOnce(targets, (target, i) => name(target, scales[i]!));
}

/** What is set: the replicas, or the floor of an HPA that is not switched off. */
function currentOf(target: TargetConfig, scale: ScaleReading): number {
  return target.actuator === "hpa" && scale.replicas > 0 ? (scale.floor ?? 1) : scale.replicas;
}
