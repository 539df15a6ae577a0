/** The state before a past decision: replicas as recorded, and the memory of those earlier decisions that the record confirms. */
import { decode, EMPTY_STATE, encode } from "../core/state/codec.ts";
import type { TargetState } from "../core/state/types.ts";
import type { TargetConfig } from "../core/target.ts";
import type { EpochSeconds, Replicas, Seconds } from "../core/units.ts";
import type { RecordedScale } from "../ports.ts";
import type { TargetDecision } from "../run/decide.ts";
import { keyOf } from "../run/memory.ts";

/** A change that was decided. */
interface Change {
  readonly at: EpochSeconds;
  readonly from: Replicas;
  readonly to: Replicas;
  /** What was remembered before it. */
  readonly before: TargetState | undefined;
}

/** The state of a target between two decisions. */
export interface ReplayedTarget {
  /** The number that is set. */
  readonly set: Replicas;
  readonly memory: TargetState | undefined;
  /** What the last decision changed; null: nothing. */
  readonly change: Change | null;
  /** Whether `set` was recorded; else it is what the decisions before would have set. */
  readonly recorded: boolean;
}

/** A sample so soon after a decision may be older than the write that followed it. */
const MAX_WRITE_TIME: Seconds = 5;
/** Later samples are about later changes. Two scrapes a minute apart fit in. */
const MAX_SCRAPE_DELAY: Seconds = 150;

/** The state after a decision: its change counts as made until a record shows otherwise. */
export function after(
  { set, memory }: ReplayedTarget,
  at: EpochSeconds,
  { target, output }: TargetDecision,
): ReplayedTarget {
  if (output === null) return { set, memory, change: null, recorded: false };
  const { current: from, replicas: to } = output.decision;
  const change = from === to ? null : { at, from, to, before: memory };
  return { set: to, memory: stored(target, output.memory), change, recorded: false };
}

/**
 * The state at the next decision, checked by the records since then. The first sample younger than a change shows whether it was made.
 * Where neither that nor an earlier sample shows the new number, the job did not run, and remembers nothing of it.
 * A sample from after the next decision may show what that one set. It refutes the change only where it shows the number from before.
 * Without proof the change counts as made.
 */
export function judged(
  standing: ReplayedTarget,
  at: EpochSeconds,
  records: readonly (RecordedScale | null)[],
): ReplayedTarget {
  const { memory, change } = standing;
  const record = records[0] ?? null;
  if (record === null) return standing;
  if (change === null) return { set: record.set, memory, change: null, recorded: true };
  const young = records.findIndex((one) => one !== null && one.at > change.at + MAX_WRITE_TIME);
  const first = records[young] ?? null;
  if (first === null || first.at > change.at + MAX_SCRAPE_DELAY) return standing;
  const shown = records.slice(0, young + 1).some((one) => one !== null && isReached(change, one));
  const refuted = !shown && (first.at <= at + MAX_WRITE_TIME || first.set === change.from);
  if (refuted) return { set: record.set, memory: change.before, change: null, recorded: true };
  return young > 0 ? standing : { set: record.set, memory, change: null, recorded: true };
}

function isReached({ from, to }: Change, { set, highest, lowest }: RecordedScale): boolean {
  return set === to || (to > from ? highest >= to : lowest <= to);
}

/** Memory as the next run reads it: encoded and decoded, with the rounding of both. */
function stored(target: TargetConfig, memory: TargetState): TargetState | undefined {
  const key = keyOf(target);
  const decoded = decode(encode({ ...EMPTY_STATE, targets: { [key]: memory } }));
  return decoded.ok ? decoded.value.targets[key] : undefined;
}
