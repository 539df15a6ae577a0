/** What a metric source gives and what the forecasters take: samples as they came, and the even grid made of them. */
import type { EpochSeconds, Seconds } from "../units.ts";

/** Samples as they came: `times[i]` (epoch seconds, any order, duplicates allowed) belongs to `values[i]` (cores, NaN allowed). */
export interface Samples {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** An even grid: `values[i]` (cores) is the load of the step that ends at `start + i * step`. No NaN: gaps are filled, `filled[i]` is 1 there. */
export interface Series {
  readonly start: EpochSeconds;
  readonly step: Seconds;
  readonly values: Float64Array;
  readonly filled: Uint8Array;
}

/** What the data allows: `act` both ways, `upOnly` scale out only, `hold` nothing. */
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
  /** now minus the newest sample that is news; Infinity when there is none. */
  readonly age: Seconds;
  /** Seconds between two new values, where that is longer than the step that was asked for: what lies between repeats a value. Absent: as fine as the step. */
  readonly cadence?: Seconds;
  /** When the data came back after an outage, where that was in the last minutes and nobody knows whether all of it did. */
  readonly returned?: EpochSeconds;
  /** One sentence with the numbers, for a person. */
  readonly message: string;
}
