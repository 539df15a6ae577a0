/** Cuts the targets of a run into slices, which are read, decided, claimed and carried out together. A slice has one state object. */
import type { StateStore } from "../ports.ts";
import { keyOf } from "./memory.ts";
import type { TargetOrShare } from "./shares.ts";

/** The most targets of a slice in a fleet of up to 3,333. Their histories are in memory together (100 kB a target). */
export const MAX_SLICE_TARGETS = 200;

/**
 * The share of a larger fleet that is in one slice, and the most targets of one. One write of the state serves a slice: 10,000 targets in ten
 * objects take 21 writes, where slices of 200 took 50. The first slice stays small, as the first action waits for all of it.
 */
const [SHARE, MAX_LARGE_SLICE] = [0.06, 600];

/** Slices in progress at a time: one is decided while others are read, and hanging queries of one do not delay all others. */
const PARALLEL_SLICES = 3;

/** Targets of a run with their indices in it, and the store of their state. */
export interface Slice {
  readonly store: StateStore;
  readonly targets: readonly TargetOrShare[];
  /** Index of each among all targets of the run. */
  readonly places: readonly number[];
}

/** The most targets of a slice, in a run over so many. */
export function sliceSize(targets: number): number {
  return Math.min(MAX_LARGE_SLICE, Math.max(MAX_SLICE_TARGETS, Math.round(SHARE * targets)));
}

/**
 * Cuts the targets into slices, in order, separately for each state object. The first slice has at most `first` targets, all others `most`.
 * Gives one slice for up to `first` targets in one object.
 */
export function slicesOf(
  targets: readonly TargetOrShare[],
  state: StateStore,
  most = sliceSize(targets.length),
  first = Math.min(most, MAX_SLICE_TARGETS),
): readonly Slice[] {
  const places = Map.groupBy(targets.keys(), (i) => state.of?.(keyOf(targets[i]!)) ?? state);
  if (places.size === 0) return [{ store: state, targets, places: [] }];
  return [...places].flatMap(([store, all], k) => {
    const early = k === 0 && first < most && all.length > first ? [all.slice(0, first)] : [];
    const cut = [...early, ...evenly(all.slice(early.length * first), most)];
    return cut.map((own): Slice => ({ store, targets: own.map((i) => targets[i]!), places: own }));
  });
}

/** Parts of equal size: of 201 targets the last would else be alone. */
function evenly(all: readonly number[], most: number): readonly (readonly number[])[] {
  const size = Math.ceil(all.length / Math.ceil(all.length / most));
  return Array.from({ length: Math.ceil(all.length / size) }, (_, k) => all.slice(k * size, (k + 1) * size));
}

/**
 * The number of slices in progress at a time. It is larger for small slices, as with many ConfigMaps: slices that wait for the fleet brake
 * must not delay its verdict.
 */
export function lanesFor(slices: readonly Slice[]): number {
  const smallest = slices.reduce((least, { targets }) => Math.min(least, targets.length), MAX_SLICE_TARGETS);
  return PARALLEL_SLICES - 1 + Math.ceil(MAX_SLICE_TARGETS / Math.max(1, smallest));
}
