/** Judges a workload's recorded series: it replaces the single query only where it is the only one, fresh and without holes. */
import type { Samples } from "../core/series/types.ts";
import type { EpochSeconds, Seconds } from "../core/units.ts";

/** The oldest fresh sample, three evaluations of the rule: after that the rule is dead, or nothing is measured any more. */
const MAX_AGE: Seconds = 45;
/** The longest hole. After a longer one the rule did not run, or the workload did not exist; the single query knows which. */
const MAX_HOLE: Seconds = 60;
/** The least share of the window: a rule that runs every 30 s is too coarse for steps of 15 s. */
const MIN_COVERAGE = 0.9;

/** The requirements on a recorded series. */
export interface Wanted {
  readonly now: EpochSeconds;
  readonly step: Seconds;
  readonly points: number;
}

/**
 * The newest sample of each step, counted back from the newest of all, at the times of recording; or why the series cannot be used.
 * A coarser step takes one of several samples, as the single query does: it reads the rate of the last minute at each step.
 */
export function recordedSeries(found: readonly Samples[] | undefined, { now, step, points }: Wanted): Samples | string {
  const [series, another] = found ?? [];
  if (series === undefined) return "not recorded";
  if (another !== undefined) return "recorded more than once: by two clusters, or by two servers";
  const { times, values } = series;
  const newest = times.at(-1);
  if (newest === undefined) return "not recorded";
  if (now - newest > MAX_AGE) return `its record ended ${Math.round(now - newest)} s ago`;
  const kept: number[] = [];
  for (let i = times.length - 1, last = -1; i >= 0; i--) {
    if (i > 0 && times[i]! <= times[i - 1]!) return "its record is not in order";
    // 1e-6 of a step: the times are in milliseconds
    const back = Math.floor((newest - times[i]!) / step + 1e-6);
    if (back >= points) break;
    if (back > last) kept.push(i);
    last = back;
  }
  kept.reverse();
  const hole = Math.max(MAX_HOLE, 2 * step);
  const begin = newest - (points - 1) * step;
  if (times[kept[0]!]! - begin > hole) return "its record does not cover the window yet";
  if (kept.some((at, i) => i > 0 && times[at]! - times[kept[i - 1]!]! > hole)) return "its record has a hole";
  if (kept.length < MIN_COVERAGE * points) return "its record is coarser than its step";
  return { times: Float64Array.from(kept, (i) => times[i]!), values: Float64Array.from(kept, (i) => values[i]!) };
}

/** The number of pods in each of the newest sums; or why it is not known. */
export function countsOf(
  found: readonly Samples[] | undefined,
  times: Float64Array,
  seconds: Seconds,
): Samples | string {
  if (found?.length !== 1) return "its pods are not recorded";
  const counts = new Map([...found[0]!.times].map((time, i) => [time, found[0]!.values[i]!]));
  // all rules of a group have the time of the group
  const asked = times.filter((time) => time > times.at(-1)! - seconds);
  const values = asked.map((time) => counts.get(time) ?? Number.NaN);
  if (values.some((count) => !Number.isFinite(count))) return "its pods are not recorded at all times";
  return { times: asked, values };
}
