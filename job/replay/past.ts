/** Past decisions made again: the production code over what was measured until each time, with the replicas as they were. */
import { forecasterOf } from "../core/forecast/method.ts";
import { asError } from "../core/result.ts";
import { decode, EMPTY_STATE, encode } from "../core/state/codec.ts";
import { memorySpan } from "../core/state/memory.ts";
import type { JobState, TargetState } from "../core/state/types.ts";
import type { TargetConfig } from "../core/target.ts";
import type { EpochSeconds, Replicas, Seconds } from "../core/units.ts";
import { inParallel } from "../in-parallel.ts";
import type { History, HistoryReading, RecordedScale, ScaleReading, Times } from "../ports.ts";
import { decideAll, type TargetDecision } from "../run/decide.ts";
import { keyOf } from "../run/memory.ts";
import { queriesOf } from "../run/read.ts";

/** What a decision was made from. */
export interface PastInput {
  readonly at: EpochSeconds;
  readonly target: TargetConfig;
  /** One for each metric of the target. */
  readonly histories: readonly (HistoryReading | Error)[];
  readonly scale: ScaleReading;
  readonly memory: TargetState | undefined;
}

/** One decision, and whether its replicas are those that were recorded; else they are what the decisions before it would have set. */
export interface PastDecision {
  readonly input: PastInput;
  readonly decided: TargetDecision;
  readonly recorded: boolean;
}

/** Where the past comes from. */
export interface Past {
  readonly history: Pick<History, "read">;
  /** By the index of the time; null: nothing was recorded. */
  readonly scales: readonly (RecordedScale | null)[];
  /** Replicas to begin with where none are recorded; null: those that the first decision would choose itself. */
  readonly first: Replicas | null;
}

/** Readings that are fetched ahead of the decisions. */
const AHEAD = 32;
/** A sample this soon after a decision may be older than the write that followed it. */
const WRITING: Seconds = 5;

/** Times from `warmUp` before the first one that is asked about, an interval apart: after it nothing that was forgotten still counts. */
export function warmUp(target: TargetConfig): Seconds {
  const { interval, suddenDropHold } = target;
  return Math.ceil(Math.max(memorySpan(target), suddenDropHold) / interval + 2) * interval;
}

/** The decision that the production code makes of this. Pure. */
export function decideFrom({ at, target, histories, scale, memory }: PastInput): TargetDecision {
  const state: JobState = memory === undefined ? EMPTY_STATE : { ...EMPTY_STATE, targets: { [keyOf(target)]: memory } };
  const readings = { now: at, histories: [histories], scales: [scale], state: { state, version: null } };
  return decideAll([target], readings, forecasterOf)[0]!;
}

/** The decisions of one target at these times, oldest first. What cannot be read is a failed decision; never throws for it. */
export async function* decideAgain(past: Past, target: TargetConfig, times: Times): AsyncGenerator<PastDecision> {
  let before: PastDecision | null = null;
  for (let first = 0; first < times.points; first += AHEAD) {
    const count = Math.min(AHEAD, times.points - first);
    const batch = Array.from({ length: count }, (_, i) => times.start + (first + i) * times.step);
    const histories = await inParallel(batch, (at) => readAt(past.history, target, at));
    for (const [i, at] of batch.entries()) {
      const seen = { at, target, histories: histories[i]! };
      const standing = before === null ? null : standingOf(before, past.scales[first + i] ?? null);
      const input: PastInput = { ...seen, ...(standing ?? beginning(past, seen)) };
      const recorded: boolean = standing?.recorded ?? past.scales[0] != null;
      before = { input, decided: decideFrom(input), recorded };
      yield before;
    }
  }
}

async function readAt(
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

/** What a decision finds. */
type Found = Pick<PastInput, "scale" | "memory">;

function beginning(past: Past, seen: Pick<PastInput, "at" | "target" | "histories">): Found {
  const [record] = past.scales;
  if (record != null) return { scale: scaleOf(seen.target, record.set, record), memory: undefined };
  const least = Math.max(1, seen.target.minReplicas);
  const asked = () => decideFrom({ ...seen, scale: scaleOf(seen.target, least, null), memory: undefined });
  const first = past.first ?? asked().output?.decision.replicas ?? least;
  return { scale: scaleOf(seen.target, first, null), memory: undefined };
}

/**
 * What the next decision finds. A record that shows neither the number that was set nor, in between, any on its way says
 * that it was not set: the job did not run then, and remembers nothing of it. A record from before the write says nothing.
 */
function standingOf({ input, decided }: PastDecision, record: RecordedScale | null): Found & { recorded: boolean } {
  const { output, before } = decided;
  const memory = output === null ? before : stored(input.target, output.memory);
  const { current: from, replicas: to } = output?.decision ?? { current: setOf(input.scale), replicas: setOf(input.scale) };
  if (record === null || (from !== to && record.at <= input.at + WRITING))
    return { scale: scaleOf(input.target, to, record), memory, recorded: false };
  const happened = record.set === to || (to > from ? record.most >= to : record.least <= to);
  return { scale: scaleOf(input.target, record.set, record), memory: happened ? memory : before, recorded: true };
}

function setOf({ floor, replicas }: ScaleReading): Replicas {
  return floor ?? replicas;
}

function scaleOf({ actuator }: TargetConfig, set: Replicas, record: RecordedScale | null): ScaleReading {
  const conditions = {};
  return actuator === "hpa" ? { replicas: record?.pods ?? set, floor: set, conditions } : { replicas: set, conditions };
}

/** Memory as the next run reads it: written and read back, with what that rounds. */
function stored(target: TargetConfig, memory: TargetState): TargetState | undefined {
  const key = keyOf(target);
  const decoded = decode(encode({ ...EMPTY_STATE, targets: { [key]: memory } }));
  return decoded.ok ? decoded.value.targets[key] : undefined;
}
