/** The units of measure that appear in signatures; plain numbers, named so that a reader sees what they are. */

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
