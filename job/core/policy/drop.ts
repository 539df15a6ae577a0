/** Notices a sudden drop: demand far below what the last run forecast for now, or, where nobody counts pods, a fall that the window has never seen. */
import type { Series } from "../series/types.ts";
import { memoryOfMetric } from "../state/memory.ts";
import type { TargetState } from "../state/types.ts";
import type { TargetConfig } from "../target.ts";
import type { EpochSeconds, Seconds } from "../units.ts";
import type { MetricInput } from "./stage.ts";

/**
 * The fall is taken over this long: the rate of a target that is lost fades over its window of a minute or two. Measured on 3,630 windows of 19 public and synthetic series: 0.30 % are held
 * without a loss, and 32 % of the times that half of the targets are lost stand out. 60 s: 0.17 and 41 %; 240 s: 0.66 and 31 %.
 */
const FALL_SPAN: Seconds = 120;
/** Times the largest fall of the window from which a fall is beyond it. On the same windows 1: 0.58 % held without a loss, 43 % noticed; 2.5: 0.14 and 20 %. */
const MIN_FALL_RATIO = 1.25;
/** A fall of less than this share is no loss of targets that matters. 0.1 to 0.4: 0.39 to 0.22 % held without a loss, as many noticed. */
const MIN_SHARE = 0.2;
/** Fewer points than this know no usual fall: five minutes of 15 s. 10 to 40 change nothing on those windows, which hold 240 points and more. */
const MIN_POINTS = 20;

/** What is looked at of a metric. `uncounted`: its window, where its source cannot tell how many pods its sum is made of. */
export interface Fallen extends Pick<MetricInput, "metric" | "demand"> {
  readonly uncounted?: Series;
}

/**
 * Memory with the hold set when a metric's demand < (1 - suddenDropRatio) x the last run's mean forecast and the fall is
 * worth more than one pod. A hold in force is not prolonged: a load that stays away is believed when it ends. Of a sum
 * that cannot be counted a fall beyond all others of the window counts as well: half of the scrape targets lost looks like it.
 */
export function noteDrop(
  memory: TargetState,
  now: EpochSeconds,
  metrics: readonly Fallen[],
  config: Pick<TargetConfig, "suddenDropHold" | "suddenDropRatio">,
): TargetState {
  if (config.suddenDropHold <= 0) return memory;
  if (memory.dropHoldUntil !== null && memory.dropHoldUntil > now) return memory;
  const fallen = metrics.some(({ metric, demand, uncounted }) => {
    if (!Number.isFinite(demand)) return false;
    const expected = memoryOfMetric(memory, metric.name).lastForecast?.mean ?? Number.NaN;
    const below = demand < (1 - config.suddenDropRatio) * expected && expected - demand > metric.averageValue;
    return below || (uncounted !== undefined && fallBeyond(uncounted) > metric.averageValue);
  });
  return fallen ? { ...memory, dropHoldUntil: now + config.suddenDropHold } : memory;
}

/**
 * The fall of the newest value, in the metric's unit, where it is beyond every earlier one of the window; else 0. A fall is measured from the largest of the real values of FALL
 * seconds before, so that a hole in the data does not hide it. O(n x steps of FALL).
 */
export function fallBeyond({ values, filled, step }: Series): number {
  const real = values.filter((_, i) => filled[i] === 0);
  const back = Math.max(1, Math.round(FALL_SPAN / step));
  const last = real.length - 1;
  if (real.length < MIN_POINTS) return 0;
  const fallAt = (i: number): number => {
    let top = real[i]!;
    for (let j = Math.max(0, i - back); j < i; j++) top = Math.max(top, real[j]!);
    return top - real[i]!;
  };
  const fall = fallAt(last);
  if (fall < MIN_SHARE * (real[last]! + fall)) return 0;
  // the fall itself takes as long: what began with it is no earlier one
  for (let i = 1; i < last - back; i++) if (fall <= MIN_FALL_RATIO * fallAt(i)) return 0;
  return fall;
}
