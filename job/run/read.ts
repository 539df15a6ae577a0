/** What a run reads: the time and the histories, the scale of every target, the state; what cannot be read is its error. */
import { asError } from "../core/result.ts";
import { metricsOf, type TargetConfig } from "../core/target.ts";
import type { EpochSeconds, Seconds } from "../core/units.ts";
import { inParallel } from "../in-parallel.ts";
import type { HistoryQuery, HistoryReading, Ports, ScaleReading, StateReading } from "../ports.ts";
import { memoryOf } from "./memory.ts";
import type { TargetOrShare } from "./shares.ts";

/** Everything a run has read; what could not be read is its error. Same order as the targets. */
export interface Readings {
  readonly now: EpochSeconds;
  /** Of each target one for each of its metrics. */
  readonly histories: readonly (readonly (HistoryReading | Error)[])[];
  readonly scales: readonly (ScaleReading | Error)[];
  readonly state: StateReading | Error;
}

/** What is asked about a target, one query for each of its metrics. */
export function queriesOf(target: TargetOrShare): readonly HistoryQuery[] {
  return target.refused !== undefined ? [] : metricsOf(target).map((metric) => ({ target, metric }));
}

/** Clocks further apart than this are worth a warning; "now" is the source's in any case. */
const MAX_SKEW: Seconds = 5;

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
    if (warns && skew > MAX_SKEW) {
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
 * The readings, with the name of whoever set the replicas since our last write, where it can be asked for: one more
 * call, for such a target alone. A change that stays is asked about in the run that finds it; one that came for the
 * second time in a row, in every run, for a warning goes with it.
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
