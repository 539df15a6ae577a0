/** Conditions that last longer than a run (blind, another scaler, paused), each reported once when it begins and once when it ends; and a hold. */
import type { MetricState, Standing, StandingSince, TargetState } from "../state/types.ts";
import type { TargetConfig } from "../target.ts";
import type { EpochSeconds } from "../units.ts";
import type { Conditions } from "./conditions.ts";
import type { Decision } from "./types.ts";

/** The conditions that began and ended with a run. */
export interface StandingChanges {
  readonly began: readonly Standing[];
  readonly ended: readonly Standing[];
}

const STANDINGS: readonly Standing[] = ["Blind", "OtherScaler", "Paused", "FleetDrop"];

/** What a run observed. */
export interface StandingInput {
  readonly now: EpochSeconds;
  /** The memory of the metrics that should have data: those of pods that do not exist are left out. */
  readonly expected: readonly MetricState[];
  readonly conditions: Conditions;
}

/** Since when no metric has had usable data; null: one has, or none should have. */
function blindSince(expected: readonly MetricState[]): EpochSeconds | null {
  const since = expected.flatMap(({ missingSince }) => (missingSince === null ? [] : [missingSince]));
  return since.length === 0 || since.length < expected.length ? null : Math.max(...since);
}

/**
 * The conditions after a run, with their begin. What could not be read stays as it was: one failed call to the API server does not end a
 * pause. With mode Off nothing is read, and there are none.
 */
export function standingAfter(
  before: StandingSince | undefined,
  { now, expected, conditions }: StandingInput,
  { actuator, mode, blindAfter }: Pick<TargetConfig, "actuator" | "mode" | "blindAfter">,
): StandingSince | undefined {
  if (mode === "Off") return undefined;
  const since = blindSince(expected);
  const seen: Readonly<Record<Standing, boolean | undefined>> = {
    Blind: since !== null && now - since > blindAfter,
    OtherScaler:
      actuator !== "scale" ? false : conditions.otherScaler === undefined ? undefined : conditions.otherScaler !== null,
    Paused: conditions.paused,
    // of all targets together: the run decides it (job/run/fleet-drop.ts)
    FleetDrop: undefined,
  };
  const begin = (name: Standing) => before?.[name] ?? (name === "Blind" ? since! : now);
  const kept = STANDINGS.filter((name) => seen[name] ?? before?.[name] !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept.map((name) => [name, Math.min(begin(name), now)]));
}

/** The conditions that began and ended between two memories. */
export function standingChanges(before: StandingSince | undefined, after: StandingSince | undefined): StandingChanges {
  const only = (of: StandingSince | undefined, without: StandingSince | undefined) =>
    STANDINGS.filter((name) => of?.[name] !== undefined && without?.[name] === undefined);
  return { began: only(after, before), ended: only(before, after) };
}

/** Since when each decision has held the replicas, this one included; null: this one does not. A clock that went back begins it now. */
export function heldSince(
  before: Pick<TargetState, "heldSince"> | undefined,
  { action }: Pick<Decision, "action">,
  now: EpochSeconds,
): EpochSeconds | null {
  return action === "hold" ? Math.min(before?.heldSince ?? now, now) : null;
}
