/** Another writer of the replicas: what became of our last write, by whom if the object says so, and what to do about it. */
import type { EpochSeconds } from "../units.ts";
import { entry, type PolicyInput } from "./stage.ts";
import type { TrailEntry } from "./types.ts";

/** What ends the quarrel: whoever applies a manifest with spec.replicas in it resets them at each sync. */
export const WRITER_ADVICE =
  "take spec.replicas out of the manifest that is applied, or let that tool leave the field alone (Argo CD: ignoreDifferences on /spec/replicas with RespectIgnoreDifferences)";

/** Who else set the replicas: its name in the object's managedFields where those may be read. */
export function otherWriterOf({ conditions }: Pick<PolicyInput, "conditions">): string {
  return conditions.otherWriter ?? "another writer";
}

/** The entry of the trail when the replicas are not what we last wrote; null when they are, or nothing was written yet. It changes no value: the current replicas are the truth. */
export function writerEntry(input: Pick<PolicyInput, "conditions" | "current" | "memory">): TrailEntry | null {
  const { current, memory, conditions } = input;
  const last = memory.lastWritten;
  if (last?.foreign !== true) return null;
  const times = last.overruled > 1 ? `, the ${ordinal(last.overruled)} time in a row` : "";
  const message = `${otherWriterOf(input)} set ${current} replicas after our last change${times}`;
  const detail = { by: conditions.otherWriter ?? null, times: last.overruled, since: last.at, current };
  return entry("writer", current, current, "ChangedByOther", message, detail);
}

/**
 * Whether this is the run that found one write too many undone. It stops for half an hour, so of 30 runs that are overruled one is; the writer's entry in the trail tells since when.
 */
export function justOverruled(
  outcome: { readonly reason: string; readonly trail: readonly unknown[] },
  now: EpochSeconds,
): boolean {
  const writer = (outcome.trail as readonly TrailEntry[]).find(({ stage }) => stage === "writer");
  return outcome.reason === "Overruled" && writer?.detail?.since === now;
}

function ordinal(n: number): string {
  const tens = n % 100;
  const end = tens > 10 && tens < 14 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n}${end}`;
}
