/** Reads what a run needs: the time and the histories, the scale of every target, and the state. What cannot be read is an error value. */
import { asError } from "../core/result.ts";
import { metricsOf, type TargetConfig } from "../core/target.ts";
import type { EpochSeconds, Seconds } from "../core/units.ts";
import { inParallel } from "../in-parallel.ts";
import type { HistoryQuery, HistoryReading, Ports, ScaleReading, StateReading } from "../ports.ts";
import { memoryOf } from "./memory.ts";
import type { TargetOrShare } from "./shares.ts";

/** All that a run read, in the order of the targets; what could not be read is its error. */
export interface Readings {
  readonly now: EpochSeconds;
  /** For each target one history per metric. */
  readonly histories: readonly (readonly (HistoryReading | Error)[])[];
  readonly scales: readonly (ScaleReading | Error)[];
  readonly state: StateReading | Error;
}

/** The queries about a target, one for each of its metrics. */
export function queriesOf(target: TargetOrShare): readonly HistoryQuery[] {
  return target.refused !== undefined ? [] : metricsOf(target).map((metric) => ({ target, metric }));
}

/** Clocks that differ by more than this give a warning; "now" is the source's in any case. */
export const MAX_CLOCK_SKEW: Seconds = 5;

/** The source's time and one history per metric of each target. Without the source the time is our own. */
export async function readHistories(
  { history, clock, reporter }: Ports,
  targets: readonly TargetOrShare[],
  signal: AbortSignal,
  warns = true,
): Promise<Pick<Readings, "now" | "histories">> {
  const local = clock.now();
  const queries = targets.map(queriesOf);
  try {
    const now = await history.now(signal);
    const skew = Math.abs(now - local);
    if (warns && skew > MAX_CLOCK_SKEW) {
      const text = `the clock of the metric source is ${skew.toFixed(1)} s away from ours; its time is used`;
      reporter.log("warn", text, { skew });
    }
    const answers = (await history.read(queries.flat(), now, signal)).values();
    const missing = new Error("the source gave no reading for this metric");
    return { now, histories: queries.map((own) => own.map(() => answers.next().value ?? missing)) };
  } catch (cause) {
    const error = asError(cause);
    return { now: local, histories: queries.map((own) => own.map(() => error)) };
  }
}

/** The scale of every target, or its error, a few at a time. */
export async function readScales(
  { scaler }: Ports,
  targets: readonly TargetOrShare[],
  signal: AbortSignal,
): Promise<readonly (ScaleReading | Error)[]> {
  return inParallel(targets, async (target) => target.refused ?? scaler.read(target, signal).catch(asError));
}

/**
 * The readings with the name of whoever set the replicas since our last write. It takes one more call, only for targets that need it.
 * A change that stays is asked about once, in the run that finds it. One that came twice in a row is asked about in every run, since a warning
 * names its writer.
 */
export async function nameWriters(
  { scaler }: Ports,
  targets: readonly TargetConfig[],
  { scales, state }: Pick<Readings, "scales" | "state">,
  signal?: AbortSignal,
): Promise<Readings["scales"]> {
  if (scaler.otherWriter === undefined || state instanceof Error) return scales;
  return inParallel(targets, async (target, i) => {
    const scale = scales[i]!;
    if (scale instanceof Error || scale.conditions.otherWriter !== undefined || target.mode === "Off") return scale;
    const last = memoryOf(state.state, target)?.lastWritten;
    const again = last?.foreign === true && last.overruled > 1;
    if (scale.floor !== undefined || !last || (!again && last.replicas === scale.replicas)) return scale;
    const otherWriter = await scaler.otherWriter?.(target, scale.replicas, signal);
    return { ...scale, conditions: { ...scale.conditions, ...(otherWriter && { otherWriter }) } };
  });
}
