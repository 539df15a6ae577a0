/** Another writer of the replicas: what became of our last write, by whom if the object says so, and what to do about it. */
import { setNumberOf } from "../target.ts";
import type { EpochSeconds, Replicas } from "../units.ts";
import type { Conditions } from "./conditions.ts";
import { type Apply, type PolicyInput, verdict } from "./stage.ts";

/** What ends the quarrel: whoever applies a manifest with spec.replicas in it resets them at each sync. An apply that merely drops the field sets them to 1. */
export const WRITER_ADVICE =
  'take spec.replicas out of the manifest as docs/operations.md says under "Replicas in a manifest": an apply that merely drops them sets 1. Or let that tool ignore the field (Argo CD: ignoreDifferences on /spec/replicas with RespectIgnoreDifferences)';

/** A change of the replicas by somebody else after our last one. */
export interface OtherWrite {
  /** Its name in the object's managedFields; null where those may not be read. */
  readonly by: string | null;
  readonly replicas: Replicas;
  /** Changes of ours in a row that were undone. */
  readonly times: number;
  /** When a run first found it. */
  readonly since: EpochSeconds;
  /** The whole in one sentence. */
  readonly message: string;
}

/** Who else set the replicas: its name in the object's managedFields where those may be read. */
export function otherWriterOf(conditions: Conditions): string {
  return conditions.otherWriter ?? "another writer";
}

/** The other writer's change; null when the replicas are what we last wrote, or nothing was written yet. */
export function otherWriteOf({
  current,
  memory,
  conditions,
  config,
}: Pick<PolicyInput, "conditions" | "config" | "current" | "memory">): OtherWrite | null {
  const last = memory.lastWritten;
  if (last?.foreign !== true) return null;
  const times = last.overruled > 1 ? `, the ${ordinal(last.overruled)} time in a row` : "";
  const message = `${otherWriterOf(conditions)} set ${current} ${setNumberOf(config).sets} after our last change${times}`;
  return {
    by: conditions.otherWriter ?? null,
    replicas: current,
    times: last.overruled,
    since: last.at,
    message,
  };
}

/** Tells of another writer. It changes no value: the current replicas are the truth. */
export const writerStage: Apply = ({ replicas }, input) => {
  const write = otherWriteOf(input);
  if (write === null) return null;
  const { by, times, since, message } = write;
  return verdict(replicas, "ChangedByOther", message, { by, times, since, current: input.current });
};

/**
 * Whether this is the run that found one write too many undone. It stops for half an hour, so of 30 runs that are
 * overruled one is.
 */
export function justOverruled(
  outcome: { readonly trail: readonly { readonly reason: string }[]; readonly otherWriter?: OtherWrite },
  now: EpochSeconds,
): boolean {
  return outcome.trail.at(-1)?.reason === "Overruled" && outcome.otherWriter?.since === now;
}

function ordinal(n: number): string {
  const tens = n % 100;
  const end = tens > 10 && tens < 14 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n}${end}`;
}
