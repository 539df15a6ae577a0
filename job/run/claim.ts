/** Claims the state: writes the memory of all decisions before anything is scaled, and takes it back where nothing was. */

import { asError } from "../core/result.ts";
import { encodeTarget, lastSeen } from "../core/state/codec.ts";
import type { JobState, TargetState } from "../core/state/types.ts";
import { type EpochSeconds, pluralize, type Seconds } from "../core/units.ts";
import type { Ports, StateReading } from "../ports.ts";
import type { TargetDecision } from "./decide.ts";
import { keyOf, memoryOf } from "./memory.ts";
import type { Readings } from "./read.ts";
import type { Written } from "./shared-state.ts";

/** Memory of targets that this job does not have is dropped when it is so much older than the newest of them: two jobs may share one store. */
const FORGET_AFTER: Seconds = 86_400;

/**
 * Writes the memory of all decisions in one claim, into the newest state that this run knows. An Error: the store could not be read or
 * written.
 * The claim is lost where another run was faster. One case is an exception: the state, read anew, shows our targets untouched.
 * Then the other run had other targets, and the same decisions are claimed once more. Otherwise two jobs that share a store and start in the
 * same second would cost each other minutes.
 * With 20 % of claims lost, the time below rises from 0.64 to 1.16 of the HPA's.
 */
export async function claim(
  ports: Ports,
  { state: reading, now }: Readings,
  fits: StorableDecisions,
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

/**
 * The error of a target whose memory does not fit. Without memory it would be new in every run and never scale in, so it fails by name; its
 * stored memory stays.
 */
class StateFull extends Error {
  override readonly name = "StateFull";
  constructor(count: number, all: number) {
    super(
      `its memory does not fit the state, as that of ${count} of ${pluralize(all, "target")} does not: raise state.configMap.count, and apply the manifests with as many ConfigMaps`,
    );
  }
}

/** What can be claimed: the decisions, with those failed whose memory does not fit, and the keys of all that does not fit. */
export interface StorableDecisions {
  readonly decisions: readonly TargetDecision[];
  readonly leftOut: ReadonlySet<string>;
}

/** Checks whether the memory of all decisions fits the state. */
export function storableDecisions(
  { state: store }: Ports,
  { now }: Readings,
  decisions: readonly TargetDecision[],
  latest: StateReading | Error,
): StorableDecisions {
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
 * Removes from memory what was claimed and not carried out: it would count as a change that another writer undid.
 * What another run has written since stays. One attempt; where it fails, one undone change too many is counted, which is harmless alone.
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
 * The state with the memory of these decisions, without other jobs' targets that were last seen long before their newest one.
 * Our own clock does not count here: it may be ahead, and would make all others old.
 */
function withMemory(state: JobState, { decisions, leftOut }: StorableDecisions, now: EpochSeconds): JobState {
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
  return a === b || (a && encodeTarget(a)) === (b && encodeTarget(b));
}
