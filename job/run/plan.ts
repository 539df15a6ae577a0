/** From what was read to a plan per target, and the claim of the state that carries the plans. */
import type { Forecaster, Method } from "../core/forecast/types.ts";
import { EMPTY_STATE, encodeTarget, lastSeen } from "../core/state/codec.ts";
import type { JobState, TargetState } from "../core/state/types.ts";
import type { TargetConfig } from "../core/target.ts";
import { type TickOutput, tick } from "../core/tick.ts";
import type { EpochSeconds, Seconds } from "../core/units.ts";
import type { HistoryReading, Ports, ScaleReading, Scaler, StateReading } from "../ports.ts";

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
/** Requests to the API server at a time. */
const AT_ONCE = 16;

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
      const current = target.actuator === "hpa" && scale.replicas > 0 ? (scale.floor ?? 1) : scale.replicas;
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

/** Writes the memory of all plans in one claim, before anything is scaled. An Error when the store could not be read or written. */
export async function claim(
  { state: store, reporter }: Ports,
  seen: Seen,
  plans: readonly Plan[],
): Promise<"claimed" | "lost" | Error> {
  if (seen.state instanceof Error) return seen.state;
  if (plans.every((plan) => plan.output === null) && plans.every((plan) => plan.failure !== undefined))
    return "claimed";
  if (seen.state.warning !== undefined) reporter.log("warn", seen.state.warning);
  const kept = Object.entries(seen.state.state.targets).filter(([, target]) => seen.now - lastSeen(target) < KEPT);
  const planned = plans.flatMap((plan) =>
    plan.output === null ? [] : [[keyOf(plan.target), plan.output.memory] as const],
  );
  try {
    return await store.claim(
      { ...seen.state.state, targets: Object.fromEntries([...kept, ...planned]) },
      seen.state.version,
    );
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The state as read again, with the memory of these plans put back where it still is what they claimed: they did not happen. */
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

/** State, or why it could not be read. */
export async function readState({ state }: Ports): Promise<StateReading | Error> {
  try {
    return await state.read();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The scale of every target, or its error, a few at a time. */
export async function readScales(
  scaler: Scaler,
  targets: readonly TargetConfig[],
): Promise<readonly (ScaleReading | Error)[]> {
  const readings: (ScaleReading | Error)[] = new Array(targets.length);
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < targets.length; i = next++) {
      try {
        readings[i] = await scaler.read(targets[i]!);
      } catch (error) {
        readings[i] = error instanceof Error ? error : new Error(String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, targets.length) }, worker));
  return readings;
}
