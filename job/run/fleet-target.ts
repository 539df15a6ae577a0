/** One target of the fleet brake: whether it wants to shrink by more than half, since when it is held, and the held decision. */
import { heldSince } from "../core/policy/standing.ts";
import { recall } from "../core/state/memory.ts";
import type { TargetState } from "../core/state/types.ts";
import type { TargetConfig } from "../core/target.ts";
import type { TickOutput } from "../core/tick.ts";
import type { EpochSeconds } from "../core/units.ts";

/** The brake counts scale-ins below this share of the replicas: a usual evening takes hours for it. */
const HALF_OF_REPLICAS = 0.5;
/** A missed run does not restart the hold; a pause of so many intervals does. */
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
 * Whether the demand needs less than half of the replicas, and the decision scales in. A limit on the rate does not hide it; a lowered ceiling
 * is not demand.
 */
export function wantsHalf({ config, output: { decision, record } }: FleetTarget): boolean {
  const { action, replicas, current } = decision;
  const needed = Math.max(record.recommendation ?? current, config.minReplicas);
  return action === "scale" && replicas < current && needed < HALF_OF_REPLICAS * current;
}

/**
 * Since when its scale-in has been held in every run; null: this is the first. A pause of the job ends the hold, since no run checked in
 * between.
 */
export function dropHeldSince({ config, before }: FleetTarget, now: EpochSeconds): EpochSeconds | null {
  const since = before?.standing?.FleetDrop;
  const last = before?.recommendations.at(-1)?.at ?? 0;
  return since === undefined || last < now - MAX_PAUSE_RUNS * config.interval ? null : Math.min(since, now);
}

/** The output with the scale-in held: it changes nothing, remembers no change, and notes the start of the hold in memory. */
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
  const held = heldSince(before, decision, now);
  const memory = {
    ...output.memory,
    changes: changes.slice(0, -1),
    lastWritten: recall(before, now, current, config).lastWritten,
    standing: { ...standing, FleetDrop: since },
    ...(held !== null && { heldSince: held }),
  };
  return { decision, memory, record: { ...output.record, heldSince: held, decision } };
}

/** The output without the note of a hold, which is over or no longer counts. `keep`: the drop lasts, and must not be held again. */
export function releaseDrop(output: TickOutput, keep: EpochSeconds | null): TickOutput {
  const { FleetDrop: marked, ...others } = output.memory.standing ?? {};
  if (keep !== null) return { ...output, memory: { ...output.memory, standing: { ...others, FleetDrop: keep } } };
  if (marked === undefined) return output;
  const { standing: _, ...memory } = output.memory;
  return { ...output, memory: Object.keys(others).length === 0 ? memory : { ...memory, standing: others } };
}
