/** Samples as a metric source gives them, and the even grid that forecasters take. */
import type { EpochSeconds, Seconds } from "../units.ts";

/** Samples as they came: `times[i]` (epoch seconds, any order, may repeat) belongs to `values[i]` (cores, may be NaN). */
export interface Samples {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/**
 * An even grid: `values[i]` (cores) is the load of the step that ends at `start + i * step` (epoch seconds). There is no NaN: gaps are filled,
 * and `filled[i]` is 1 there.
 */
export interface Series {
  readonly start: EpochSeconds;
  readonly step: Seconds;
  readonly values: Float64Array;
  readonly filled: Uint8Array;
}

/** What the data allow: `act` both ways, `upOnly` scale-out alone, `hold` nothing. */
export type DataVerdict = "act" | "upOnly" | "hold";

/** Closed vocabulary of the reasons for a data verdict. */
export type QualityReason =
  | "DataComplete"
  | "NoData"
  | "TooFewSamples"
  | "StaleData"
  | "FutureData"
  | "WrongTimeUnit"
  | "GapsInData"
  | "PartialAnswer"
  | "NotFinite"
  | "NegativeData"
  | "ZeroUsage"
  | "AboveCapacity"
  | "SeveralSeries";

/** The quality of one window of samples, measured before any decision. */
export interface Quality {
  readonly verdict: DataVerdict;
  readonly reason: QualityReason;
  /** Grid points that hold a real sample. */
  readonly points: number;
  /** points / expected points of the window, 0..1. */
  readonly coverage: number;
  /** Seconds since the newest sample with a new value; Infinity: there is none. */
  readonly age: Seconds;
  /** Seconds between two new values, where the source is coarser than the requested step and repeats values. Absent: it is not. */
  readonly cadence?: Seconds;
  /** When data came back after an outage in the last minutes, where it is not known whether all of them did. */
  readonly returned?: EpochSeconds;
  /** One sentence with the numbers, for a person. */
  readonly message: string;
}
