/** The lead time of a decision: how long its pods must suffice, and its parts with more or fewer pods. */
import type { LeadPart } from "../forecast/types.ts";
import type { TargetConfig } from "../target.ts";
import type { Seconds } from "../units.ts";

/** From the newest sample to when the next decision's pods are ready. */
export interface Lead {
  readonly seconds: Seconds;
  readonly steps: number;
  /** Seconds after the newest sample from which on this decision's new pods serve. */
  readonly readyAfter: Seconds;
  /** The parts of the lead, each an interval long, which together cover it. New pods serve in the last part. */
  readonly parts: readonly LeadPart[];
}

/**
 * The lead time: lag + pod start + interval.
 * Where runs are closer than `scaleUpCooldown`, the interval counts half way to it: other changes wait that long, urgent ones for one run.
 * Example: a run every 15 s, a cooldown of 60 s, and pods that start in 90 s. Counting 37.5 s costs 0.808 of the HPA with 0.462 of its time
 * below; counting all 60 s costs 0.821 with 0.379.
 * New pods serve from lag + pod start on, for one interval. The time before is cut into parts of that length, which overlap evenly.
 * Example: lag 0, start 90 s, interval 60 s, steps of 15 s: 150 s, 10 steps, parts [0, 4), [3, 7), [6, 10).
 */
export function leadOf(
  lag: Seconds,
  podStart: Seconds,
  { interval, scaleUpCooldown, step }: Pick<TargetConfig, "interval" | "scaleUpCooldown" | "step">,
): Lead {
  const seconds = lag + podStart + Math.max(interval, (interval + scaleUpCooldown) / 2);
  const steps = Math.max(1, Math.ceil(seconds / step - 1e-9));
  const from = Math.min(steps - 1, Math.floor((lag + podStart) / step + 1e-9));
  const length = steps - from;
  const before = Math.ceil(from / length);
  const parts = Array.from({ length: before }, (_, j): LeadPart => {
    const start = Math.round((j * from) / before);
    return [start, start + length];
  });
  return { seconds, steps, readyAfter: lag + podStart, parts: [...parts, [from, steps]] };
}
