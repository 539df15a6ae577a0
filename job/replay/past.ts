/** Repeats past decisions: the production code on the data measured until each time, with the replicas as recorded. */
import { forecasterOf } from "../core/forecast/method.ts";
import { asError } from "../core/result.ts";
import { EMPTY_STATE } from "../core/state/codec.ts";
import { memorySpan } from "../core/state/memory.ts";
import type { JobState, TargetState } from "../core/state/types.ts";
import type { TargetConfig } from "../core/target.ts";
import type { EpochSeconds, Replicas, Seconds } from "../core/units.ts";
import { inParallel } from "../in-parallel.ts";
import type { History, HistoryReading, RecordedScale, ScaleReading, Times } from "../ports.ts";
import { decideAll, type TargetDecision } from "../run/decide.ts";
import { keyOf } from "../run/memory.ts";
import { queriesOf } from "../run/read.ts";
import { after, judged, type ReplayedTarget } from "./standing.ts";

/** The input of a past decision. */
export interface PastInput {
  readonly at: EpochSeconds;
  readonly target: TargetConfig;
  /** One for each metric of the target. */
  readonly histories: readonly (HistoryReading | Error)[];
  readonly scale: ScaleReading;
  readonly memory: TargetState | undefined;
}

/** A past decision. `recorded`: its replicas were recorded; else they are those that the decisions before it would have set. */
export interface PastDecision {
  readonly input: PastInput;
  readonly decided: TargetDecision;
  readonly recorded: boolean;
}

/** Where the past comes from. */
export interface Past {
  readonly history: Pick<History, "read">;
  /** By index of the time; null: nothing was recorded. */
  readonly scales: readonly (RecordedScale | null)[];
  /** The first replicas where none are recorded; null: those that the first decision would choose. */
  readonly first: Replicas | null;
}

/** Readings that are fetched before their decisions are made. */
const MAX_PREFETCHED = 32;

/** How long before the first requested time the decisions start, in seconds. After that no forgotten memory counts any more. */
export function warmUp(target: TargetConfig): Seconds {
  const { interval, suddenDropHold } = target;
  return Math.ceil(Math.max(memorySpan(target), suddenDropHold) / interval + 2) * interval;
}

/** So many records can show whether a change was made: 150 s of them, at runs every 15 s. */
const MAX_LOOKAHEAD = 10;

/** The decision that the production code makes from this input. Pure. */
export function decideFrom({ at, target, histories, scale, memory }: PastInput): TargetDecision {
  const state: JobState = memory === undefined ? EMPTY_STATE : { ...EMPTY_STATE, targets: { [keyOf(target)]: memory } };
  const readings = { now: at, histories: [histories], scales: [scale], state: { state, version: null } };
  return decideAll([target], readings, forecasterOf)[0]!;
}

/** The decisions of one target at these times, oldest first. What cannot be read becomes a failed decision, not an error. */
export async function* decideAgain(past: Past, target: TargetConfig, times: Times): AsyncGenerator<PastDecision> {
  let found: ReplayedTarget | null = null;
  for (let first = 0; first < times.points; first += MAX_PREFETCHED) {
    const count = Math.min(MAX_PREFETCHED, times.points - first);
    const batch = Array.from({ length: count }, (_, i) => times.start + (first + i) * times.step);
    const histories = await inParallel(batch, (at) => historiesAt(past.history, target, at));
    for (const [i, at] of batch.entries()) {
      const seen = { at, target, histories: histories[i]! };
      const record = past.scales[first + i] ?? null;
      const standing: ReplayedTarget =
        found === null
          ? beginning(past, seen, record)
          : judged(found, at, past.scales.slice(first + i, first + i + MAX_LOOKAHEAD));
      const input = { ...seen, memory: standing.memory, scale: scaleOf(target, standing.set, record) };
      const decided = decideFrom(input);
      found = after(standing, at, decided);
      yield { input, decided, recorded: standing.recorded };
    }
  }
}

/** The histories of a target at a time, one for each of its metrics; what cannot be read is its error. */
export async function historiesAt(
  history: Past["history"],
  target: TargetConfig,
  at: EpochSeconds,
): Promise<readonly (HistoryReading | Error)[]> {
  const queries = queriesOf(target);
  try {
    const missing = new Error("the source gave no reading for this metric");
    const answers = await history.read(queries, at);
    return queries.map((_, i) => answers[i] ?? missing);
  } catch (error) {
    return queries.map(() => asError(error));
  }
}

/** The workload before the first decision. Without a record it has as many pods as that decision would choose. */
function beginning(past: Past, seen: Pick<PastInput, "at" | "target" | "histories">, record: RecordedScale | null) {
  const [memory, change] = [undefined, null];
  if (record !== null) return { set: record.set, memory, change, recorded: true };
  const least = Math.max(1, seen.target.minReplicas);
  const chosen = () => decideFrom({ ...seen, scale: scaleOf(seen.target, least, null), memory });
  return { set: past.first ?? chosen().output?.decision.replicas ?? least, memory, change, recorded: false };
}

function scaleOf({ actuator }: TargetConfig, set: Replicas, record: RecordedScale | null): ScaleReading {
  const conditions = {};
  return actuator === "scale"
    ? { replicas: set, conditions }
    : { replicas: record?.pods ?? set, floor: set, conditions };
}
