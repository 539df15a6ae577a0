/** Finds pods that the measured sum lacks: losing half of the scrape targets looks like half the load. */

import type { Samples } from "../series/types.ts";
import { memoryOfMetric, STILL_VISIBLE } from "../state/memory.ts";
import type { Span, TargetState } from "../state/types.ts";
import type { TargetConfig } from "../target.ts";
import type { EpochSeconds, Replicas, Seconds } from "../units.ts";
import type { Conditions } from "./conditions.ts";

/** What is known of the target's pods; a TickInput fits. */
interface Pods {
  readonly now: EpochSeconds;
  readonly current: Replicas;
  readonly pods?: Replicas;
  readonly conditions: Conditions;
  readonly config: Pick<TargetConfig, "actuator">;
}

/** What the count of pods says about a metric's sum. */
export interface PodShortfall {
  /** Pods that should be in the newest sum and are not; 0 where the source cannot say. */
  readonly pods: Replicas;
  /** When the last minutes' sum lacked pods that must have existed; null: never, or not known. */
  readonly incomplete: Span | null;
}

/** Around a loss the rate of the lost pods fades over rateWindow, 60 s by default: by that reason, not by a measurement. */
const RATE_WINDOW: Seconds = 60;

const NOTHING_MISSING: PodShortfall = { pods: 0, incomplete: null };

/**
 * Compares the counted pods with those that exist. Pods known to be starting are not missed. Without readyReplicas every requested pod counts,
 * as in the HPA.
 * What is left out of learning is judged more carefully: only pods that have existed for STILL_VISIBLE seconds count, since a sum without
 * starting pods is complete.
 * Where nobody counts pods, data since `returned` (the end of an outage) are not learned: the targets of a sum come back one by one.
 */
export function missingPods(
  input: Pods,
  counts: Samples | undefined,
  memory: TargetState,
  name: string,
  returned?: EpochSeconds,
): PodShortfall {
  const { current, pods: existing, conditions, now } = input;
  if (counts === undefined || counts.times.length === 0) return cameBack(now, returned);
  const { times, values } = counts;
  const asked = Math.min(existing ?? current, conditions.readyReplicas ?? Number.POSITIVE_INFINITY);
  const newest = Math.min(...values.slice(-2));
  const settled = settledPods(input, memory, asked);
  const seen = memoryOfMetric(memory, name).lastGoodData ?? Number.NEGATIVE_INFINITY;
  const lacking = [...times.keys()].filter((i) => times[i]! > seen - RATE_WINDOW && values[i]! < settled);
  const [first, last] = [lacking[0], lacking.at(-1)];
  const incomplete: Span | null =
    first === undefined ? null : [times[first]! - RATE_WINDOW, Math.min(now, times[last!]! + RATE_WINDOW)];
  return { pods: Math.max(0, asked - newest), incomplete };
}

function cameBack(now: EpochSeconds, returned: EpochSeconds | undefined): PodShortfall {
  return returned === undefined ? NOTHING_MISSING : { pods: 0, incomplete: [returned, now] };
}

/** Pods that have existed for STILL_VISIBLE seconds, as far as our own changes show; 0 where others' changes leave that open. */
function settledPods({ now, config }: Pods, { changes, lastWritten }: TargetState, asked: Replicas): Replicas {
  if (config.actuator !== "scale" || (lastWritten?.foreign === true && lastWritten.at > now - STILL_VISIBLE)) return 0;
  const recent = changes.filter(({ at }) => at > now - STILL_VISIBLE).map(({ from, to }) => Math.min(from, to));
  return Math.min(asked, ...recent);
}
