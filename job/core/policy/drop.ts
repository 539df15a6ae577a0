/** Notices a sudden drop: demand far below the last forecast, or a fall that the window has never seen where nobody counts pods. */
import type { Series } from "../series/types.ts";
import { memoryOfMetric } from "../state/memory.ts";
import type { TargetState } from "../state/types.ts";
import type { TargetConfig } from "../target.ts";
import type { EpochSeconds, Seconds } from "../units.ts";
import type { MetricInput } from "./stage.ts";

/**
 * The span of a fall in seconds: the rate of a lost target fades over its window of a minute or two.
 * On 3,630 windows of 19 public and synthetic series 0.30 % are held without a loss, and 32 % of losses of half the targets are noticed.
 * 60 s: 0.17 and 41 %; 240 s: 0.66 and 31 %.
 */
const FALL_SPAN: Seconds = 120;
/**
 * A fall stands out from this multiple of the window's largest one on. On the same windows 1: 0.58 % held without a loss, 43 % noticed; 2.5:
 * 0.14 and 20 %.
 */
const MIN_FALL_RATIO = 1.25;
/** A smaller relative fall is no serious loss of targets. 0.1 to 0.4: 0.39 to 0.22 % held without a loss, as many noticed. */
const MIN_SHARE = 0.2;
/** With fewer points no usual fall is known: five minutes of 15 s. 10 to 40 change nothing on those windows, which have 240 points and more. */
const MIN_POINTS = 20;

/** What the check reads of a metric. `uncounted` is its window, where the source does not count the pods in its sum. */
export interface Fallen extends Pick<MetricInput, "metric" | "demand"> {
  readonly uncounted?: Series;
}

/**
 * Memory with the hold set after a sudden drop: a metric's demand is below (1 - suddenDropRatio) x the last run's mean forecast, by more than
 * one pod. A hold in force is not prolonged: a load that stays low is believed when the hold ends.
 * Where pods are not counted, a fall beyond all others of the window counts too: losing half of the scrape targets looks like it.
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
 * The fall of the newest value in the metric's unit, where it is larger than every earlier one of the window; else 0.
 * A fall is measured from the largest measured value of the last FALL_SPAN seconds: no hole in the data hides it. O(n x steps of FALL_SPAN).
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
