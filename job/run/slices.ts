/** Cuts the targets of a run into slices, which are read, decided, claimed and carried out together. A slice has one state object. */
import type { StateStore } from "../ports.ts";
import { keyOf } from "./memory.ts";
import type { TargetOrShare } from "./shares.ts";

/**
 * The most targets of a slice. Their histories are in memory together (100 kB a target), and the first action waits for all of them.
 * One write of the state serves all: 50 writes for 10,000 targets.
 */
export const MAX_SLICE_TARGETS = 200;

/** Slices in progress at a time: one is decided while others are read, and hanging queries of one do not delay all others. */
const PARALLEL_SLICES = 3;

/** Targets of a run with their indices in it, and the store of their state. */
export interface Slice {
  readonly store: StateStore;
  readonly targets: readonly TargetOrShare[];
  /** Index of each among all targets of the run. */
  readonly places: readonly number[];
}

/** Cuts the targets into slices, in order, separately for each state object. Gives one slice for up to `most` targets in one object. */
export function slicesOf(
  targets: readonly TargetOrShare[],
  state: StateStore,
  most = MAX_SLICE_TARGETS,
): readonly Slice[] {
  const places = new Map<StateStore, number[]>();
  targets.forEach((target, i) => {
    const store = state.of?.(keyOf(target)) ?? state;
    const own = places.get(store);
    if (own === undefined) places.set(store, [i]);
    else own.push(i);
  });
  if (places.size === 0) return [{ store: state, targets, places: [] }];
  return [...places].flatMap(([store, all]) => {
    // of equal size: of 201 targets the last would else be alone
    const size = Math.ceil(all.length / Math.ceil(all.length / most));
    return Array.from({ length: Math.ceil(all.length / size) }, (_, k): Slice => {
      const own = all.slice(k * size, (k + 1) * size);
      return { store, targets: own.map((i) => targets[i]!), places: own };
    });
  });
}

/**
 * The number of slices in progress at a time. It is larger for small slices, as with many ConfigMaps: slices that wait for the fleet brake
 * must not delay its verdict.
 */
export function lanesFor(slices: readonly Slice[]): number {
  const smallest = slices.reduce((least, { targets }) => Math.min(least, targets.length), MAX_SLICE_TARGETS);
  return PARALLEL_SLICES - 1 + Math.ceil(MAX_SLICE_TARGETS / Math.max(1, smallest));
}
