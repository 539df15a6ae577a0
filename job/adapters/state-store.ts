/** StateStore over one ConfigMap, or over several that share the targets by rendezvous hashing; what was kept elsewhere before is taken over. */

import { EMPTY_STATE, lastSeen } from "../core/state/codec.ts";
import { placeOf } from "../core/state/rendezvous.ts";
import type { JobState } from "../core/state/types.ts";
import type { StateReading, StateSize, StateStore } from "../ports.ts";
import type { Kubernetes } from "./kubernetes-http.ts";
import { type StateObject, stateObject } from "./kubernetes-state.ts";

/** An object that nobody wrote for so many seconds may be one of an earlier time: three became two, and are three again. */
const UNTOUCHED = 600;

/** Where a state is kept. Without `count` in one ConfigMap. */
export interface StatePlace {
  readonly configMap: { readonly namespace: string; readonly name: string; readonly count?: number };
}

/** The names of the ConfigMaps: the first has the name itself, so that what one alone kept is found when they become more. */
export function stateObjects({ name, count = 1 }: StatePlace["configMap"]): readonly string[] {
  return Array.from({ length: count }, (_, i) => (i === 0 ? name : `${name}-${i}`));
}

/** The state in the ConfigMaps of the settings. */
export function kubernetesState(kubernetes: () => Promise<Kubernetes>, { configMap }: StatePlace): StateStore {
  const objects = stateObjects(configMap).map((name) => stateObject(kubernetes, configMap.namespace, name));
  return objects.length === 1 ? only(objects[0]!) : spread(objects);
}

function only(object: StateObject): StateStore {
  return {
    read: async (signal) => {
      const { count: _, ...reading } = await object.read(signal);
      return reading;
    },
    claim: (state, version, signal) => object.claim(state, version, signal),
    written: object.written,
    size: object.size,
    leftOut: object.leftOut,
  };
}

/** One store for each object, and over all of them one that only reads. */
function spread(objects: readonly StateObject[]): StateStore {
  const stores = objects.map((_, i) => part(objects, i));
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

/** The store of the targets that belong to object `i`. */
function part(objects: readonly StateObject[], i: number): StateStore {
  const own = objects[i]!;
  const count = objects.length;
  let complete = true;
  return {
    read: async (signal) => {
      const reading = await own.read(signal);
      complete = true;
      const since = Date.now() / 1000 - UNTOUCHED;
      if (reading.count === count && Object.values(reading.state.targets).some((target) => lastSeen(target) > since))
        return reading;
      // written when they were fewer or more, or long ago: its targets may be in any of the others
      const others = await Promise.all(
        objects.filter((object) => object !== own).map((object) => object.read(signal).catch(() => null)),
      );
      complete = !others.includes(null);
      return { ...reading, state: withMoved(reading.state, others, (key) => placeOf(key, count) === i) };
    },
    // what could not be looked into is looked into again
    claim: (state, version, signal) => own.claim(state, version, signal, complete ? count : undefined),
    written: own.written,
    size: own.size,
    leftOut: own.leftOut,
  };
}

/** The state with what the others remember later of our targets: a target may have been here before, and what was left of it is old. */
function withMoved(
  state: JobState,
  others: readonly (StateReading | null)[],
  isOurs: (key: string) => boolean,
): JobState {
  const targets = new Map(Object.entries(state.targets));
  const moved = others.flatMap((other) => Object.entries(other?.state.targets ?? {}));
  for (const [key, memory] of moved) {
    const known = targets.get(key);
    if (isOurs(key) && (known === undefined || lastSeen(memory) > lastSeen(known))) targets.set(key, memory);
  }
  return { ...state, targets: Object.fromEntries(targets) };
}
