/** Turns a recorded series into demand for the simulator: even steps of 15 s, coarser input interpolated linearly. */
import type { Samples } from "../core/series/types.ts";
import type { Metric } from "../core/target.ts";
import { type EpochSeconds, pluralize, type Seconds } from "../core/units.ts";

/** Demand on an even grid: `values[i]` cores (or the unit of the first metric) during `[times(i), times(i) + step)`. */
export interface Demand {
  readonly start: EpochSeconds;
  readonly step: Seconds;
  readonly values: Float64Array;
  /** 1 where no metric, or not every metric, was measured; absent: all was measured. */
  readonly filled?: Uint8Array;
  /** The other metrics' demand on the same grid; absent: none. */
  readonly others?: readonly OtherDemand[];
}

/** The demand of another metric. */
export interface OtherDemand {
  readonly name: string;
  readonly values: Float64Array;
  /** 1 where it was not measured; absent: all was measured. */
  readonly filled?: Uint8Array;
  /** What one pod should carry of the metric, and what it can serve. */
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

/** The index of the first step after the warm-up. Throws DemandError unless `least` steps are left from there on. */
export function firstStep({ values, step }: Demand, warmup: Seconds, least: number): number {
  // two steps are known before the first decision, whatever the warm-up
  const first = Math.max(2, Math.round(warmup / step));
  const steps = values.length;
  if (steps - first >= least) return first;
  const has = `the series has ${pluralize(steps, "step")} of ${step} s`;
  if (steps - 2 < least) throw new DemandError(`${has}: it is too short to replay`);
  throw new DemandError(
    `${has}, the warm-up takes ${first}: nothing is left to replay; choose a --warmup below ${(steps - least) * step}`,
  );
}

/** The most steps: two years of 15 s. More come from a mistyped time. */
export const MAX_STEPS = 4_200_000;

/**
 * Resamples to `step` seconds between the first and the last sample, linearly between neighbours.
 * Samples are sorted and NaN is dropped. Of equal times the last one is kept, and negative values count as 0.
 * A distance of more than one and a half usual ones is a hole, and what lies in it is filler.
 * Throws DemandError with fewer than two finite samples, or when they are years apart.
 */
export function toDemand(samples: Samples, step: Seconds = 15): Demand {
  const whole = line(samples, step);
  return { start: whole.start, step, ...valuesOn(whole, whole.start, stepsIn(whole.start, whole.end, step), step) };
}

/**
 * Several metrics on one grid, over the time that all of them cover. `headroom` is what a pod should carry as a share of what it can serve; it
 * is the same for each metric. Throws DemandError where they have no time in common.
 */
export function toDemands(
  first: Samples,
  others: readonly RecordedMetric[],
  headroom: number,
  step: Seconds = 15,
): Demand {
  if (others.length === 0) return toDemand(first, step);
  const lines = [first, ...others.map(({ samples }) => samples)].map((one) => line(one, step));
  const start = Math.max(...lines.map((one) => one.start));
  const n = stepsIn(start, Math.min(...lines.map((one) => one.end)), step);
  if (n < 1) throw new DemandError("the series of the metrics have no time in common");
  const [own, ...rest] = lines.map((one) => valuesOn(one, start, n, step)) as [OnGrid, ...OnGrid[]];
  return {
    start,
    step,
    values: own.values,
    filled: own.filled.map((f, i) => Math.max(f, ...rest.map(({ filled }) => filled[i]!))),
    others: others.map(({ metric: { name, averageValue } }, k) => {
      return { name, ...rest[k]!, averageValue, capacity: averageValue / headroom };
    }),
  };
}

/** What the pods must carry during a step, in cores (or the unit of the first metric): the metric that needs the most pods counts. */
export function loadAt({ values, others = [] }: Demand, index: number, request: number): number {
  return others.reduce(
    (most, other) => Math.max(most, (other.values[index]! / other.capacity) * request),
    values[index]!,
  );
}

/** The number of steps from start to end. Throws DemandError where there are too many. */
export function stepsIn(start: EpochSeconds, end: EpochSeconds, step: Seconds): number {
  const steps = Math.floor((end - start) / step + 1e-9) + 1;
  if (steps <= MAX_STEPS) return steps;
  const days = Math.round((end - start) / 86_400);
  throw new DemandError(
    `the samples span ${pluralize(days, "day")}, which are ${pluralize(steps, "step")} of ${step} s: is one of the times wrong?`,
  );
}

/** Values on a grid, and 1 where no measurement supports them. */
interface OnGrid {
  readonly values: Float64Array;
  readonly filled: Uint8Array;
}

function valuesOn({ at }: Line, start: EpochSeconds, n: number, step: Seconds): OnGrid {
  const filled = new Uint8Array(n);
  const values = Float64Array.from({ length: n }, (_, i) => {
    const { value, hole } = at(start + i * step);
    if (hole) filled[i] = 1;
    return value;
  });
  return { values, filled };
}

/** Samples as a line: its value at ascending times, and whether a time is in a hole. */
interface Line {
  readonly start: EpochSeconds;
  readonly end: EpochSeconds;
  readonly at: (t: EpochSeconds) => { readonly value: number; readonly hole: boolean };
}

function line(samples: Samples, step: Seconds): Line {
  const order = [...samples.times.keys()]
    .filter((i) => Number.isFinite(samples.times[i]) && Number.isFinite(samples.values[i]))
    .sort((a, b) => samples.times[a]! - samples.times[b]!);
  if (order.length < 2) throw new DemandError(`a replay needs at least two finite samples, got ${order.length}`);
  const start = samples.times[order[0]!]!;
  const end = samples.times[order[order.length - 1]!]!;
  const longest = longestDistance(samples.times, order, step);
  let k = 0;
  const at = (t: EpochSeconds) => {
    while (k + 1 < order.length - 1 && samples.times[order[k + 1]!]! <= t) k++;
    const [a, b] = [order[k]!, order[k + 1]!];
    const [ta, tb] = [samples.times[a]!, samples.times[b]!];
    const w = tb > ta ? Math.min(1, Math.max(0, (t - ta) / (tb - ta))) : 1;
    const value = Math.max(0, samples.values[a]! * (1 - w) + samples.values[b]! * w);
    return { value, hole: tb - ta > longest && w > 0 && w < 1 };
  };
  return { start, end, at };
}

/** The longest distance of two samples that is no hole: one and a half usual ones, more than jitter, and one missed scrape. */
function longestDistance(times: Float64Array, order: readonly number[], step: Seconds): Seconds {
  const distances = Float64Array.from(order.slice(1), (i, k) => times[i]! - times[order[k]!]!).sort();
  return Math.max(1.5 * distances[distances.length >> 1]!, 2 * step) + 1e-6;
}
