/** Units as types, and counts with their nouns. */

/** Seconds since 1970-01-01T00:00:00Z; may be fractional. */
export type EpochSeconds = number;
/** A length of time in seconds. */
export type Seconds = number;
/** A stretch of time, both ends included. */
export interface TimeRange {
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
}
/** CPU in cores (1 = one core fully used). */
export type Cores = number;
/** A whole number of pods, 0 or more. */
export type Replicas = number;
/** A probability in (0, 1). */
export type Probability = number;

/**
 * A count with its noun: `1 replica`, `3 replicas`. `many` is the plural where an s is not enough: `1 entry`, `3 entries`. Both may contain a
 * verb.
 */
export function pluralize(count: number | string, one: string, many = `${one}s`): string {
  return `${count} ${String(count) === "1" ? one : many}`;
}
