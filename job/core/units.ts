/** Units as types, and a number with its noun: they say what a number counts. */

/** Seconds since 1970-01-01T00:00:00Z; may be fractional. */
export type EpochSeconds = number;
/** A length of time in seconds. */
export type Seconds = number;
/** CPU in cores (1 = one core fully used). */
export type Cores = number;
/** A whole number of pods, 0 or more. */
export type Replicas = number;
/** A probability in (0, 1). */
export type Probability = number;

/** `1 replica`, `3 replicas`; `many` where an s is not enough: `1 entry`, `3 entries`. A verb may stand in both. */
export function pluralize(count: number | string, one: string, many = `${one}s`): string {
  return `${count} ${String(count) === "1" ? one : many}`;
}
