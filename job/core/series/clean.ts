/** Cleans samples: finite, non-negative, possible values in order of time, one per time; and counts what it refused. */
import type { Cores, EpochSeconds } from "../units.ts";
import type { QualityReason, Samples } from "./types.ts";

/** Limits of what is possible: no time after `latest`, no value above `ceiling` cores (Infinity: not known), and no zero while pods run. */
export interface CleanLimits {
  readonly latest: EpochSeconds;
  readonly ceiling: Cores;
  /** Whether a value of exactly zero is possible. */
  readonly zero: boolean;
}

/** Good samples (ascending, unique times) and the counts of the refused ones. */
export interface Cleaned {
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** Samples that were refused for their value. */
  readonly refused: number;
  /** Samples whose time is not a number, or lies in the future. */
  readonly future: number;
  /** Time and kind of the newest refused sample; -Infinity and null when none was refused. */
  readonly newestBad: EpochSeconds;
  readonly newestBadReason: QualityReason | null;
}

/**
 * Rounding of a difference of counters: such a value counts as zero, neither as negative load nor as any. A process that ran for a nanosecond per
 * second would show as much.
 */
const ROUNDING = 1e-9;

/**
 * Cleans samples; O(n) when they are in order of time, else O(n log n).
 * Nothing is refused for being unusual: a spike of one sample is load unless it is physically impossible.
 * Of several samples with one time the largest is kept: too low a value costs requests, too high a one costs a pod.
 */
export function clean(samples: Samples, limits: CleanLimits): Cleaned {
  const length = Math.min(samples.times.length, samples.values.length);
  const kept = new Uint32Array(length);
  let refused = 0;
  let future = 0;
  let count = 0;
  let newestBad = Number.NEGATIVE_INFINITY;
  let newestBadReason: QualityReason | null = null;
  let sorted = true;
  let previous = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < length; i++) {
    const time = samples.times[i]!;
    if (!Number.isFinite(time) || time > limits.latest) {
      future++;
      continue;
    }
    const bad = refusal(samples.values[i]!, limits);
    if (bad !== null) {
      refused++;
      if (time > newestBad) {
        newestBad = time;
        newestBadReason = bad;
      }
      continue;
    }
    if (time <= previous) sorted = false;
    previous = time;
    kept[count++] = i;
  }
  const order = kept.subarray(0, count);
  if (!sorted) order.sort((a, b) => samples.times[a]! - samples.times[b]!);
  return { ...unique(samples, order), refused, future, newestBad, newestBadReason };
}

function refusal(value: number, { ceiling, zero }: CleanLimits): QualityReason | null {
  if (!Number.isFinite(value)) return "NotFinite";
  if (value < -ROUNDING) return "NegativeData";
  if (value < ROUNDING && !zero) return "ZeroUsage";
  return value > ceiling ? "AboveCapacity" : null;
}

function unique(samples: Samples, order: Uint32Array): { times: Float64Array; values: Float64Array } {
  const times = new Float64Array(order.length);
  const values = new Float64Array(order.length);
  let count = 0;
  for (const index of order) {
    const time = samples.times[index]!;
    const value = Math.max(0, samples.values[index]!);
    if (count > 0 && times[count - 1] === time) {
      values[count - 1] = Math.max(values[count - 1]!, value);
    } else {
      times[count] = time;
      values[count++] = value;
    }
  }
  return { times: times.slice(0, count), values: values.slice(0, count) };
}
