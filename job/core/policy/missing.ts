/** Pods that the measured sum lacks: half of the scrape targets lost looks like half the load. */

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

/** What the count of pods says of a metric's sum. */
export interface Missing {
  /** Pods that should be in the newest sum and are not; 0 where the source cannot tell. */
  readonly pods: Replicas;
  /** When the sum of the last minutes lacked pods that must have been there; null: never, or not known. */
  readonly incomplete: Span | null;
}

/** Around a loss the rate of the lost pods fades in and out over its window: 60 s, as rateWindow has it by default: by that reason, not by a measurement. */
const RATE_WINDOW: Seconds = 60;

const NOTHING_MISSING: Missing = { pods: 0, incomplete: null };

/**
 * Compares the count with the pods that there are. Pods that are known to start are not missed: without readyReplicas every pod that was asked for counts, as it does in the HPA.
 * What is not learned is judged more carefully: only by pods that have been there for STILL_VISIBLE seconds, for a sum without pods that still start is whole.
 * Where nobody counts, what came since the data `returned` after an outage is not learned: the targets of a sum come back one by one.
 */
export function missingPods(
  input: Pods,
  counts: Samples | undefined,
  memory: TargetState,
  name: string,
  returned?: EpochSeconds,
): Missing {
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

function cameBack(now: EpochSeconds, returned: EpochSeconds | undefined): Missing {
  return returned === undefined ? NOTHING_MISSING : { pods: 0, incomplete: [returned, now] };
}

/** Pods that have been there for STILL_VISIBLE seconds, as far as our own changes tell; 0 where somebody else's changes leave that open. */
function settledPods({ now, config }: Pods, { changes, lastWritten }: TargetState, asked: Replicas): Replicas {
  if (config.actuator !== "scale" || (lastWritten?.foreign === true && lastWritten.at > now - STILL_VISIBLE)) return 0;
  const recent = changes.filter(({ at }) => at > now - STILL_VISIBLE).map(({ from, to }) => Math.min(from, to));
  return Math.min(asked, ...recent);
}
