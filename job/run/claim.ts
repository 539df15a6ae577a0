/** The claim of the state: the memory of all decisions is written before anything is scaled, and taken back where nothing was. */

import { asError } from "../core/result.ts";
import { encodeTarget, lastSeen } from "../core/state/codec.ts";
import type { JobState, TargetState } from "../core/state/types.ts";
import { type EpochSeconds, pluralize, type Seconds } from "../core/units.ts";
import type { Ports, StateReading } from "../ports.ts";
import type { TargetDecision } from "./decide.ts";
import { keyOf, memoryOf } from "./memory.ts";
import type { Readings } from "./read.ts";
import type { Written } from "./shared-state.ts";

/** Memory of targets that this job does not have is kept until it is this much older than the newest of them: two jobs may share one store. */
const FORGET_AFTER: Seconds = 86_400;

/**
 * Writes the memory of all decisions in one claim, into the latest state that this run knows; an Error when the store could not be read or written. A claim that
 * another run was faster with is lost, but for one case: where the state read anew shows our targets untouched, the
 * other run had other targets, and the same decisions are claimed once more. Two jobs that share a store and start in
 * the same second would else take minutes from each other: 20 % lost claims are 0.64 -> 1.16 of the HPA's time below.
 */
export async function claim(
  ports: Ports,
  { state: reading, now }: Readings,
  fits: Fitting,
  latest: StateReading | Error,
  signal: AbortSignal,
): Promise<Written> {
  const { decisions } = fits;
  if (reading instanceof Error) return reading;
  if (latest instanceof Error) return latest;
  if (decisions.every(({ output }) => output === null)) return latest;
  if (latest.warning !== undefined) ports.reporter.log("warn", latest.warning);
  const untouched = ({ state }: StateReading) =>
    decisions.every(({ target, before }) => isSame(memoryOf(state, target), before));
  // what other slices of this run have written since is no obstacle either
  if (latest.state !== reading.state && !untouched(latest)) return "lost";
  const first = await write(ports, withMemory(latest.state, fits, now), latest.version, signal);
  if (first !== "lost") return first;
  const anew = await ports.state.read(signal).catch(asError);
  if (anew instanceof Error) return anew;
  return untouched(anew) ? write(ports, withMemory(anew.state, fits, now), anew.version, signal) : "lost";
}

/** A target whose memory does not fit would be new in every run, and never be scaled in: it fails by name, and what is remembered of it stays. */
class StateFull extends Error {
  override readonly name = "StateFull";
  constructor(count: number, all: number) {
    super(
      `its memory does not fit the state, as that of ${count} of ${pluralize(all, "target")} does not: raise state.configMap.count, and apply the manifests with as many ConfigMaps`,
    );
  }
}

/** What can be claimed: the decisions, of which those are failed whose memory the state cannot hold, and the keys of all that it cannot hold. */
export interface Fitting {
  readonly decisions: readonly TargetDecision[];
  readonly leftOut: ReadonlySet<string>;
}

/** Looks whether the memory of all decisions fits the state. */
export function fitting(
  { state: store }: Ports,
  { now }: Readings,
  decisions: readonly TargetDecision[],
  latest: StateReading | Error,
): Fitting {
  if (latest instanceof Error || store.leftOut === undefined) return { decisions, leftOut: new Set() };
  const state = withMemory(latest.state, { decisions, leftOut: new Set() }, now);
  const leftOut = new Set(store.leftOut(state));
  if (leftOut.size === 0) return { decisions, leftOut };
  const failure = new StateFull(leftOut.size, Object.keys(state.targets).length);
  const fits = ({ target, output }: TargetDecision) => output === null || !leftOut.has(keyOf(target));
  return {
    decisions: decisions.map((decision) => (fits(decision) ? decision : { ...decision, output: null, failure })),
    leftOut,
  };
}

/**
 * Takes what was claimed and not carried out back out of the memory: it would count as a change that another writer
 * undid. What another run has written since stays as it is. One attempt; where it fails, one undone change too many is
 * counted, which is harmless alone.
 */
export async function takeBack(
  ports: Ports,
  latest: StateReading | Error,
  undone: readonly TargetDecision[],
  signal: AbortSignal,
): Promise<Written> {
  if (latest instanceof Error) return latest;
  const targets = new Map(Object.entries(latest.state.targets));
  for (const { target, output, before } of undone) {
    if (output === null || !isSame(memoryOf(latest.state, target), output.memory)) continue;
    if (before === undefined) targets.delete(keyOf(target));
    else targets.set(keyOf(target), before);
  }
  return write(ports, { ...latest.state, targets: Object.fromEntries(targets) }, latest.version, signal);
}

async function write(
  { state: store }: Ports,
  state: JobState,
  version: string | null,
  signal: AbortSignal,
): Promise<Written> {
  const answer = await store.claim(state, version, signal).catch(asError);
  return answer === "claimed" ? { state, version: store.written?.() ?? null } : answer;
}

/**
 * The state with the memory of these decisions in it, and without what was last seen long before the newest memory of another job: our own clock may be ahead, and would make all
 * others old.
 */
function withMemory(state: JobState, { decisions, leftOut }: Fitting, now: EpochSeconds): JobState {
  const decided = new Map(
    decisions.flatMap(({ target, output }) => (output === null ? [] : [[keyOf(target), output.memory] as const])),
  );
  const others = Object.entries(state.targets).filter(([key]) => !decided.has(key) && !leftOut.has(key));
  const newest = others.reduce((latest, [, target]) => Math.max(latest, lastSeen(target)), 0);
  const since = Math.min(now, newest) - FORGET_AFTER;
  const recent = others.filter(([, target]) => lastSeen(target) > since);
  return { ...state, targets: Object.fromEntries([...recent, ...decided]) };
}

function isSame(a: TargetState | undefined, b: TargetState | undefined): boolean {
  return (a && encodeTarget(a)) === (b && encodeTarget(b));
}
