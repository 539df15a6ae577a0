/** The StateStore over one ConfigMap, or over several that share the targets by rendezvous hashing. Takes over what was stored elsewhere before. */

import { EMPTY_STATE, lastSeen } from "../core/state/codec.ts";
import { placeOf } from "../core/state/rendezvous.ts";
import type { JobState, TargetState } from "../core/state/types.ts";
import type { Seconds } from "../core/units.ts";
import { ownTurn } from "../in-parallel.ts";
import type { StateReading, StateSize, StateStore } from "../ports.ts";
import type { Kubernetes } from "./kubernetes-http.ts";
import { type ObjectReading, type StateObject, stateObject } from "./kubernetes-state.ts";

/** An object that so many runs did not write may be from an earlier time: three became two, and are three again. One missed run is no sign of it. */
const UNTOUCHED_RUNS = 3;
/** Seconds between two runs, where the settings do not say. */
const INTERVAL: Seconds = 60;

/**
 * What was read of the other objects so many seconds ago serves again, for as long as a slow run may take. In the first run over ten ConfigMaps
 * each of them looks into nine others, 90 reads. Only the object itself is written, and with its own version.
 */
const SIBLING_AGE: Seconds = 300;

/** The most ConfigMaps, also where the number was edited by hand: settings allow no more. */
const MAX_PLACES = 64;

/** Where a state is stored. Without `count` it is one ConfigMap. */
export interface StatePlace {
  readonly configMap: { readonly namespace: string; readonly name: string; readonly count?: number };
  /** Seconds between two runs. */
  readonly interval?: Seconds;
}

/** The names of the ConfigMaps. The first has the given name, so that the state of a single one is found when there are more. */
export function stateObjects({ name, count = 1 }: StatePlace["configMap"]): readonly string[] {
  return Array.from({ length: count }, (_, i) => (i === 0 ? name : `${name}-${i}`));
}

/** The state in the ConfigMaps of the settings. */
export function kubernetesState(
  kubernetes: () => Promise<Kubernetes>,
  { configMap, interval = INTERVAL }: StatePlace,
): StateStore {
  const objects = stateObjects(configMap).map((name) => stateObject(kubernetes, configMap.namespace, name));
  const untouched = UNTOUCHED_RUNS * interval;
  return objects.length === 1 ? only(objects[0]!, untouched) : spread(objects, untouched);
}

function only(object: StateObject, untouched: Seconds): StateStore {
  let were = 1;
  return {
    read: async (signal) => {
      const { count, ...reading } = await object.read(signal);
      were = count;
      return { ...reading, state: withoutGone({ ...reading, count }, 1, untouched) };
    },
    // no more than the state, unless it was one of several
    claim: (state, version, signal) => object.claim(state, version, signal, were === 1 ? undefined : 1),
    written: object.written,
    size: object.size,
    leftOut: object.leftOut,
  };
}

/** One store for each object, and one that only reads, over all of them. */
function spread(objects: readonly StateObject[], untouched: Seconds): StateStore {
  const kept = objects.map(readAgain);
  const stores = objects.map((_, i) => part(kept, i, untouched));
  return {
    of: (key) => stores[placeOf(key, objects.length)]!,
    read: async (signal) => {
      const all = await Promise.all(stores.map((store) => store.read(signal)));
      const targets = Object.fromEntries(all.flatMap(({ state }) => Object.entries(state.targets)));
      const warnings = all.flatMap(({ warning }) => warning ?? []);
      return {
        state: { ...EMPTY_STATE, targets },
        version: null,
        ...(warnings.length > 0 && { warning: warnings.join("; ") }),
      };
    },
    // the fullest: it is the first that cannot take another target
    size: () =>
      objects.map((object) => object.size()).reduce((most, size) => (fullOf(size) > fullOf(most) ? size : most), null),
    claim: async () => {
      throw new Error("a state of several objects is claimed object by object");
    },
  };
}

function fullOf(size: StateSize | null): number {
  return size === null ? -1 : size.bytes / size.limit;
}

/** An object, and what the others see of it. */
interface Sibling extends StateObject {
  /** Its content, at most SIBLING_AGE old; null: it cannot be read. */
  look(signal?: AbortSignal): Promise<ObjectReading | null>;
}

function readAgain(object: StateObject): Sibling {
  let last: { readonly at: number; readonly reading: Promise<ObjectReading> } | undefined;
  const read = (signal?: AbortSignal) => {
    const reading = object.read(signal);
    last = { at: performance.now(), reading };
    // one that failed is read again
    reading.catch(() => {
      if (last?.reading === reading) last = undefined;
    });
    return reading;
  };
  return {
    ...object,
    read,
    look: (signal) => {
      const fresh = last !== undefined && performance.now() - last.at < 1000 * SIBLING_AGE;
      return (fresh ? last!.reading : read(signal)).catch(() => null);
    },
  };
}

/** The store of the targets that belong to object `i`. */
function part(objects: readonly Sibling[], i: number, untouched: Seconds): StateStore {
  const own = objects[i]!;
  const count = objects.length;
  let complete = true;
  return {
    read: async (signal) => {
      const reading = await own.read(signal);
      complete = true;
      const since = Date.now() / 1000 - untouched;
      if (reading.count === count && Object.values(reading.state.targets).some((target) => lastSeen(target) > since))
        return reading;
      // written when they were fewer or more, or long ago: its targets may be in any of the others
      const others = await Promise.all(objects.filter((object) => object !== own).map((object) => object.look(signal)));
      complete = !others.includes(null);
      // 10,000 targets are looked through, and another object's part may be about to do the same
      await ownTurn();
      const [state, ...rest] = [reading, ...others.filter((other) => other !== null)].map((one) => ({
        ...one,
        state: withoutGone(one, count, untouched),
      }));
      return { ...reading, state: withMoved(state!.state, rest, (key) => placeOf(key, count) === i) };
    },
    // what could not be looked into is looked into again
    claim: (state, version, signal) => own.claim(state, version, signal, complete ? count : undefined),
    written: own.written,
    size: own.size,
    leftOut: own.leftOut,
  };
}

/** The state with newer memory of our targets from the other objects: a target may have been here before, and what was left of it is old. */
function withMoved(state: JobState, others: readonly StateReading[], isOurs: (key: string) => boolean): JobState {
  const targets = new Map(Object.entries(state.targets));
  const moved = others.flatMap((other) => Object.entries(other.state.targets));
  for (const [key, memory] of moved) {
    const known = targets.get(key);
    if (isOurs(key) && (known === undefined || lastSeen(memory) > lastSeen(known))) targets.set(key, memory);
  }
  return { ...state, targets: Object.fromEntries(targets) };
}

/**
 * The content of an object, without recommendations that may be outdated. Where a target was kept in an object that no longer exists, what was
 * left of it here is older, by an unknown time.
 * Without its recommendations the current replicas are the first one, and nothing shrinks for one window.
 * Memory of the last runs belongs to another job that shares the object, and stays.
 */
function withoutGone({ state, count: were }: ObjectReading, are: number, untouched: Seconds): JobState {
  if (!(were > are)) return state;
  const places = Math.min(were, MAX_PLACES);
  const since = Date.now() / 1000 - untouched;
  const isWhole = (key: string, memory: TargetState) => placeOf(key, places) < are || lastSeen(memory) > since;
  const targets = Object.entries(state.targets).map(
    ([key, memory]) => [key, isWhole(key, memory) ? memory : { ...memory, recommendations: [] }] as const,
  );
  return { ...state, targets: Object.fromEntries(targets) };
}
