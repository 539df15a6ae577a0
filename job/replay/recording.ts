/** Judges a recorded series as a run judges what it reads: whether it is possible, and what a person should know of it. */

import { clean } from "../core/series/clean.ts";
import { believable, inspect, newSamplesOf } from "../core/series/quality.ts";
import type { Samples } from "../core/series/types.ts";
import type { Metric, TargetConfig } from "../core/target.ts";
import { type EpochSeconds, pluralize, type Seconds } from "../core/units.ts";
import type { HistoryReading } from "../ports.ts";
import { stepsIn } from "./demand.ts";

/** Why a recorded series cannot be replayed: a run would hold on all of it. */
export class RecordingError extends Error {
  override readonly name = "RecordingError";
}

/** A recorded series that a run would accept. */
export interface Recording {
  /** Usable samples with new values; repeats of the value before are left out. Times ascend. */
  readonly samples: Samples;
  /** Seconds between two samples. */
  readonly step: Seconds;
  /** What a person should know, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Judges all of the recording at once, from its end, as a run would. What a run would hold on is refused, in the same words; what it would
 * leave out is left out and noted.
 * Offered load may exceed what the configured pods can use, so only totals of tens of times that are refused. Zeros are accepted: a workload
 * that was off used nothing.
 * Throws RecordingError, or DemandError for times that are years apart.
 */
export function judgeRecording(
  reading: Pick<HistoryReading, "samples" | "seriesCount" | "partial">,
  { averageValue, ofPods }: Metric,
  { maxReplicas }: Pick<TargetConfig, "maxReplicas">,
): Recording {
  const { samples, seriesCount, partial } = reading;
  const everything = Number.POSITIVE_INFINITY;
  const ceiling = ofPods ? believable(maxReplicas, undefined, averageValue) : everything;
  const cleaned = clean(samples, { latest: everything, ceiling, zero: true });
  const { times, values } = cleaned;
  const [first = 0, now = newestOf(samples)] = [times[0], times.at(-1)];
  const step = usualDistance(times);
  const history = step * (times.length === 0 ? 1 : stepsIn(first, now, step));
  const { quality } = inspect(upTo(samples, now), {
    now,
    step,
    history,
    maxAge: everything,
    minCoverage: 0,
    cpu: ofPods,
    zero: true,
    counted: true,
    capacity: everything,
    ceiling,
    useful: maxReplicas * averageValue,
    partial,
    seriesCount,
  });
  if (quality.verdict === "hold") throw new RecordingError(`${quality.reason}: ${quality.message}`);
  const { samples: fresh, cadence } = newSamplesOf({ times, values }, { now, step, history });
  const notes = [
    ...(partial ? ["the source warned of a partial answer"] : []),
    ...unusable(cleaned.refused, samples.times.length),
    ...(ofPods ? zeros(values) : []),
    ...(cadence > step ? [`a new value comes every ${Math.round(cadence)} s only: what repeats it is no sample`] : []),
  ];
  return { samples: fresh, step: cadence, notes };
}

/** The samples up to that time. Unusable samples at the end of a recording are left out, as elsewhere: they are not in the future. */
function upTo({ times, values }: Samples, until: EpochSeconds): Samples {
  // NaN and infinite times stay, for the verdict to refuse
  const isLater = (_: number, i: number) => times[i]! > until && times[i]! < Number.POSITIVE_INFINITY;
  const kept = (list: Float64Array) => list.filter((value, i) => !isLater(value, i));
  return { times: kept(times), values: kept(values) };
}

function newestOf({ times }: Samples): number {
  return times.reduce((max, time) => Math.max(max, time), 0);
}

/** Median distance of ascending times; one second if there are fewer than two. */
function usualDistance(times: Float64Array): Seconds {
  const distances = Float64Array.from(times.subarray(1), (t, i) => t - times[i]!).sort();
  return distances[distances.length >> 1] ?? 1;
}

function unusable(refused: number, all: number): readonly string[] {
  const kinds = "not a number, negative, or more than any pods can use";
  return refused === 0 ? [] : [`${refused} of ${pluralize(all, "value is", "values are")} left out: ${kinds}`];
}

function zeros(values: Float64Array): readonly string[] {
  const count = values.reduce((sum, value) => (value === 0 ? sum + 1 : sum), 0);
  if (count === 0) return [];
  return [
    `${count} of ${pluralize(values.length, "value is", "values are")} exactly 0, which no running process uses; they are taken as they are`,
  ];
}
