/** A scale-in that is held because most of the fleet wants to shrink at once: what counts as such a wish, since when, and the decision that takes its place. */
import { recall } from "../core/state/memory.ts";
import type { TargetState } from "../core/state/types.ts";
import type { TargetConfig } from "../core/target.ts";
import type { TickOutput } from "../core/tick.ts";
import type { EpochSeconds } from "../core/units.ts";

/** More than half of the replicas: a usual evening takes hours for it. */
const HALF_OF_REPLICAS = 0.5;
/** A run that was missed does not begin the hold anew, a pause of the job does. */
const MAX_PAUSE_RUNS = 3;

/** The part of a target that the check reads. */
export interface FleetTarget {
  readonly config: TargetConfig;
  readonly output: TickOutput;
  /** Memory before this run. */
  readonly before: TargetState | undefined;
}

/** Whether a target could scale in by more than half: only such targets count. */
export function couldHalve({ config, output: { decision } }: FleetTarget): boolean {
  return config.mode === "Active" && !decision.blind && config.minReplicas < HALF_OF_REPLICAS * decision.current;
}

/**
 * Whether the decision is a scale-in because the demand needs less than half of the replicas. A limit on the rate does
 * not hide it, and a ceiling that was lowered is no demand.
 */
export function wantsHalf({ config, output: { decision, record } }: FleetTarget): boolean {
  const { action, replicas, current } = decision;
  const needed = Math.max(record.recommendation ?? current, config.minReplicas);
  return action === "scale" && replicas < current && needed < HALF_OF_REPLICAS * current;
}

/** Since when its scale-in has been held in every run; null if this is the first. A pause of the job ends the hold, since no run checked meanwhile. */
export function heldSince({ config, before }: FleetTarget, now: EpochSeconds): EpochSeconds | null {
  const since = before?.standing?.FleetDrop;
  const last = before?.recommendations.at(-1)?.at ?? 0;
  return since === undefined || last < now - MAX_PAUSE_RUNS * config.interval ? null : Math.min(since, now);
}

/** The output with the scale-in held: changes nothing, remembers no change, and puts the start of the hold into the memory. */
export function holdDrop(
  { config, output, before }: FleetTarget,
  now: EpochSeconds,
  since: EpochSeconds,
  why: string,
): TickOutput {
  const { current, replicas, reason, message } = output.decision;
  const decision = {
    ...output.decision,
    action: "hold" as const,
    replicas: current,
    reason: "FleetDrop" as const,
    message: `${why}; else ${current} -> ${replicas}, ${reason}: ${message}`,
  };
  const { changes, standing } = output.memory;
  const memory = {
    ...output.memory,
    changes: changes.slice(0, -1),
    lastWritten: recall(before, now, current, config).lastWritten,
    standing: { ...standing, FleetDrop: since },
  };
  return { decision, memory, record: { ...output.record, decision } };
}

/** The output without the mark of a hold: the drop is over, or it is believed. `keep`: it goes on, and must not be held anew. */
export function releaseDrop(output: TickOutput, keep: EpochSeconds | null): TickOutput {
  const { FleetDrop: marked, ...others } = output.memory.standing ?? {};
  if (keep !== null) return { ...output, memory: { ...output.memory, standing: { ...others, FleetDrop: keep } } };
  if (marked === undefined) return output;
  const { standing: _, ...memory } = output.memory;
  return { ...output, memory: Object.keys(others).length === 0 ? memory : { ...memory, standing: others } };
}
