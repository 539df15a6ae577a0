/** Measures the share of time in which the demand was above what the pods carry, and sets by it what a pod is worth. */
import type { Series } from "../series/types.ts";
import type { Service, TargetState } from "../state/types.ts";
import type { Metric, TargetConfig } from "../target.ts";
import type { EpochSeconds, Replicas, Seconds } from "../units.ts";
import type { Lead } from "./lead.ts";

/**
 * How many bills it is worth, without an `slo`, to be never above the pods' capacity. Chosen on 44 replays of public, synthetic and other
 * series: the least at which time below and unserved demand are under HPA's on each set at 30 and 90 s. 10 to 14: 1 % of the cost.
 * With each of ten sources left out: 12 for eight, 14 and 20.
 */
const DEFAULT_WORTH = 12;
/** With an `slo` the worth is this divided by the share: 12 at 0.4 %, which is what a worth of 12 gives. */
const WORTH_TIMES_SLO = 0.048;
/**
 * Time below counts e^-1 of itself after so many seconds. 6 to 24 h, at an slo of 1 % on 19 public and synthetic series: 0.3 % of the cost,
 * 1 % of the time below.
 */
const MEMORY: Seconds = 12 * 3600;
/**
 * Integral time of the controller: so much excess of time below, relative to the slo, makes the worth e times as large. Chosen on 43 public
 * and synthetic replays, of which 67 cases are within reach. 61 are within 1.5 of the slo; with 15 min 60, with 10 or 25 min 56, with 30 min 53.
 * 0.5 % of the cost.
 */
const INTEGRAL_TIME: Seconds = 1200;
/**
 * Limits of the worth's factor: what no pods help costs at most eight times the effort, and what needs no care is given up slowly.
 * 1/32 to 1/128: 0.02 % of the cost at an slo of 1 % on those 19. With 64 in place of 8 two more of 28 series are met, for 5 to 10 % more
 * cost.
 */
const MIN_FACTOR = 1 / 64;
const MAX_FACTOR = 8;

/** How many bills it is worth to be never above capacity. With an `slo` it follows the time below so far; in doubt it never falls below its start. */
export function worthOf(slo: number | undefined, service: Service | null, doubt: boolean): number {
  if (slo === undefined) return DEFAULT_WORTH;
  const ahead = service === null ? 0 : (service.below - slo * service.seen) / (slo * INTEGRAL_TIME);
  const factor = Math.min(MAX_FACTOR, Math.max(doubt ? 1 : MIN_FACTOR, Math.exp(ahead)));
  return (WORTH_TIMES_SLO / slo) * factor;
}

/** The most that one pod carries before it counts as overloaded: averageValue plus tolerance, since HPA tolerates as much. */
export function capacityOfPod({ averageValue }: Metric, { behavior }: Pick<TargetConfig, "behavior">): number {
  return averageValue * (1 + behavior.scaleUp.tolerance);
}

/** A metric's measured window. */
interface Measured {
  readonly metric: Metric;
  readonly series: Series | null;
  readonly lead: Pick<Lead, "readyAfter">;
}

/** When, and how many pods there are: with an HPA `current` is its floor, and `pods` those that exist. */
interface Pods {
  readonly now: EpochSeconds;
  readonly current: Replicas;
  readonly pods?: Replicas;
}

/**
 * Memory with the time since the last run counted, where there is an `slo`. A sample counts as below when it is above what the pods ready at
 * its start carry. Filled values do not count. Of several metrics the one that was below for longest counts.
 * O(samples since the last run x changes).
 */
export function noteService(
  memory: TargetState,
  { now, current, pods = current }: Pods,
  metrics: readonly Measured[],
  config: Pick<TargetConfig, "slo" | "behavior" | "actuator">,
): TargetState {
  if (config.slo === undefined) return memory.service === null ? memory : { ...memory, service: null };
  const before = memory.service ?? { at: now, below: 0, seen: 0 };
  const fade = Math.exp(-Math.max(0, now - before.at) / MEMORY);
  let [below, seen] = [0, 0];
  for (const { metric, series, lead } of metrics) {
    if (series === null) continue;
    const { start, step, values, filled } = series;
    const capacity = capacityOfPod(metric, config);
    let [own, counted] = [0, 0];
    for (let i = values.length - 1; i >= 0 && start + i * step > before.at + 1e-6; i--) {
      if (filled[i] === 1) continue;
      counted += step;
      const asked = readyAt(start + (i - 1) * step, lead.readyAfter, current, memory.changes);
      const ready = config.actuator === "scale" ? asked : Math.max(pods, asked);
      if (values[i]! > ready * capacity) own += step;
    }
    below = Math.max(below, own);
    seen = Math.max(seen, counted);
  }
  return { ...memory, service: { at: now, below: fade * before.below + below, seen: fade * before.seen + seen } };
}

/** The pods that were ready: the fewest that were requested within the time that a pod needs to start. */
function readyAt(time: EpochSeconds, podStart: Seconds, current: Replicas, changes: TargetState["changes"]): Replicas {
  let ready = changes.find(({ at }) => at > time - podStart)?.from ?? current;
  for (const { at, to } of changes) if (at > time - podStart && at <= time) ready = Math.min(ready, to);
  return ready;
}
