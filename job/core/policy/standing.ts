/** What lasts for longer than a run: blind, another scaler, paused, each told once when it begins and once when it ends; and a hold. */
import type { MetricState, Standing, TargetState } from "../state/types.ts";
import type { TargetConfig } from "../target.ts";
import type { EpochSeconds } from "../units.ts";
import type { Conditions } from "./conditions.ts";
import type { Decision } from "./types.ts";

type Stands = NonNullable<TargetState["standing"]>;

/** What began and what ended with a run. */
export interface StandingChanges {
  readonly began: readonly Standing[];
  readonly ended: readonly Standing[];
}

const ALL: readonly Standing[] = ["Blind", "OtherScaler", "Paused", "FleetDrop"];

/** What was seen in a run. */
export interface StandingInput {
  readonly now: EpochSeconds;
  /** The memory of the metrics whose data were to be expected: those of pods that are not there are not. */
  readonly expected: readonly MetricState[];
  readonly conditions: Conditions;
}

/** Since when none of these metrics has had usable data; null: one has, or none is to be expected. */
function blindSince(expected: readonly MetricState[]): EpochSeconds | null {
  const since = expected.flatMap(({ missingSince }) => (missingSince === null ? [] : [missingSince]));
  return since.length === 0 || since.length < expected.length ? null : Math.max(...since);
}

/**
 * What stands after a run, since when. What could not be looked at stays as it was: an API server that does not answer
 * once does not end a pause. With mode Off nothing is looked at, and nothing stands.
 */
export function standingAfter(
  before: Stands | undefined,
  { now, expected, conditions }: StandingInput,
  { actuator, mode, blindAfter }: Pick<TargetConfig, "actuator" | "mode" | "blindAfter">,
): Stands | undefined {
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
  const kept = ALL.filter((name) => seen[name] ?? before?.[name] !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept.map((name) => [name, Math.min(begin(name), now)]));
}

/** What began and what ended between two memories. */
export function standingChanges(before: Stands | undefined, after: Stands | undefined): StandingChanges {
  const only = (of: Stands | undefined, without: Stands | undefined) =>
    ALL.filter((name) => of?.[name] !== undefined && without?.[name] === undefined);
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
