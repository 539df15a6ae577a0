/** A recorded series as the demand the simulator plays: even steps of 15 s, coarser input interpolated linearly. */
import type { Samples } from "../core/series/types.ts";
import type { Metric } from "../core/target.ts";
import type { EpochSeconds, Seconds } from "../core/units.ts";

/** Demand on an even grid: `values[i]` cores (or the unit of the first metric) during `[times(i), times(i) + step)`. */
export interface Demand {
  readonly start: EpochSeconds;
  readonly step: Seconds;
  readonly values: Float64Array;
  /** What else the pods must carry, on the same grid; absent: nothing. */
  readonly others?: readonly OtherDemand[];
}

/** The demand of another metric. */
export interface OtherDemand {
  readonly name: string;
  readonly values: Float64Array;
  /** What one pod should carry of it, and what it can serve. */
  readonly averageValue: number;
  readonly capacity: number;
}

/** A recorded metric beside the first. */
export interface RecordedMetric {
  readonly metric: Pick<Metric, "name" | "averageValue">;
  readonly samples: Samples;
}

/** Why a series cannot be replayed. */
export class DemandError extends Error {
  override readonly name = "DemandError";
}

/**
 * Resamples to `step` seconds between the first and the last sample, linearly between neighbours.
 * Samples are sorted, NaN dropped, the last of equal times kept; negative values count as 0.
 * Throws DemandError with fewer than two finite samples.
 */
export function toDemand(samples: Samples, step: Seconds = 15): Demand {
  const { start, end, at } = line(samples);
  return { start, step, values: valuesOn(at, start, stepsIn(start, end, step), step) };
}

/**
 * Several metrics on one grid, over the time that all of them cover. `headroom`: what a pod should carry as a share of
 * what it can serve, the same for each metric. Throws DemandError where they have no time in common.
 */
export function toDemands(
  first: Samples,
  others: readonly RecordedMetric[],
  headroom: number,
  step: Seconds = 15,
): Demand {
  if (others.length === 0) return toDemand(first, step);
  const lines = [first, ...others.map(({ samples }) => samples)].map(line);
  const start = Math.max(...lines.map((one) => one.start));
  const n = stepsIn(start, Math.min(...lines.map((one) => one.end)), step);
  if (n < 1) throw new DemandError("the series of the metrics have no time in common");
  const [values, ...rest] = lines.map(({ at }) => valuesOn(at, start, n, step)) as [Float64Array, ...Float64Array[]];
  return {
    start,
    step,
    values,
    others: others.map(({ metric: { name, averageValue } }, k) => {
      return { name, values: rest[k]!, averageValue, capacity: averageValue / headroom };
    }),
  };
}

/** What the pods must carry during a step, as cores (or the unit of the first metric): the metric that needs the most pods counts. */
export function loadAt({ values, others = [] }: Demand, index: number, request: number): number {
  return others.reduce(
    (most, other) => Math.max(most, (other.values[index]! / other.capacity) * request),
    values[index]!,
  );
}

function stepsIn(start: EpochSeconds, end: EpochSeconds, step: Seconds): number {
  return Math.floor((end - start) / step + 1e-9) + 1;
}

function valuesOn(at: (t: EpochSeconds) => number, start: EpochSeconds, n: number, step: Seconds): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => at(start + i * step));
}

/** The samples as a line, asked at times that ascend. */
function line(samples: Samples): { start: EpochSeconds; end: EpochSeconds; at: (t: EpochSeconds) => number } {
  const order = [...samples.times.keys()]
    .filter((i) => Number.isFinite(samples.times[i]) && Number.isFinite(samples.values[i]))
    .sort((a, b) => samples.times[a]! - samples.times[b]!);
  if (order.length < 2) throw new DemandError(`a replay needs two finite samples at least, got ${order.length}`);
  const start = samples.times[order[0]!]!;
  const end = samples.times[order[order.length - 1]!]!;
  let k = 0;
  const at = (t: EpochSeconds) => {
    while (k + 1 < order.length - 1 && samples.times[order[k + 1]!]! <= t) k++;
    const [a, b] = [order[k]!, order[k + 1]!];
    const [ta, tb] = [samples.times[a]!, samples.times[b]!];
    const w = tb > ta ? Math.min(1, Math.max(0, (t - ta) / (tb - ta))) : 1;
    return Math.max(0, samples.values[a]! * (1 - w) + samples.values[b]! * w);
  };
  return { start, end, at };
}
