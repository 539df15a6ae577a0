/** The decision of one run as a pure function: (now, histories, current scale, memory, config) -> (decision, memory, record). */
import type { Forecaster } from "./forecast/types.ts";
import { backfill } from "./policy/backfill.ts";
import { type Decided, decide } from "./policy/decide.ts";
import { noteDrop } from "./policy/drop.ts";
import { lastForecastOf, type Observation, observe, type TickInput } from "./policy/observe.ts";
import { noteService } from "./policy/service.ts";
import { isUsable } from "./policy/stage.ts";
import { heldSince, standingAfter } from "./policy/standing.ts";
import type { Decision, MetricRecord, TickRecord } from "./policy/types.ts";
import { type MetricFindings, memoryAfter, recall } from "./state/memory.ts";
import { ownerOf } from "./state/owner.ts";
import type { TargetState } from "./state/types.ts";

/** What one tick gives: what to do, what to remember, and what was computed on the way. */
export interface TickOutput {
  readonly decision: Decision;
  readonly memory: TargetState;
  readonly record: TickRecord;
}

/**
 * Decides once for one target. The same input gives the same output, byte for byte.
 * Never throws: a forecaster that throws counts as no forecast, and the decision follows the current demand.
 */
export function tick(input: TickInput, forecaster: Forecaster): TickOutput {
  const { now, current, conditions, config } = input;
  const recalled = recall(input.memory, now, current, config);
  const metrics = observe(input, recalled, forecaster);
  const usable = metrics.filter(isUsable);
  const counted = noteService(backfill(recalled, usable, now, config), input, metrics, config);
  const memory = noteDrop(counted, now, metrics, config);
  const decided = decide({ now, current, metrics, config, conditions, memory });
  const { decision, recommendation } = decided;
  const learnt = {
    now,
    current,
    replicas: decision.replicas,
    recommendation,
    metrics: Object.fromEntries(metrics.map((seen, i) => [seen.metric.name, learntOf(seen, i, decided, input)])),
    rollout: conditions.rollout === true,
  };
  const records = metrics.map((seen, i) => recordOf(seen, decided.metrics[i]?.draft ?? null, current));
  const held = heldSince(memory, decision, now);
  const record: TickRecord = { now, metrics: records, recommendation, heldSince: held, decision };
  const after = {
    ...memoryAfter(memory, learnt, config),
    ...(held !== null && { heldSince: held }),
    ...ownerOf(config),
  };
  const expected = Object.entries(after.metrics).flatMap(([name, metric]) =>
    learnt.metrics[name]!.usable === null ? [] : [metric],
  );
  const standing = standingAfter(memory.standing, { now, expected, conditions }, config);
  return { decision, memory: standing === undefined ? after : { ...after, standing }, record };
}

type DecidedDraft = Decided["metrics"][number]["draft"];

function learntOf(seen: Observation, i: number, { metrics }: Decided, { now, config }: TickInput): MetricFindings {
  const made = metrics[i];
  const { value, level } = made?.draft ?? { value: Number.NaN, level: Number.NaN };
  const usable = isUsable(seen);
  // where nothing was decided (mode Off, no pods) no data were to be expected
  const expected = usable || (made !== undefined && made.state !== "podless");
  return {
    usable: expected ? usable : null,
    forecast: lastForecastOf(seen, now, { value, level }, config),
    incomplete: seen.incomplete,
  };
}

function recordOf(seen: Observation, draft: DecidedDraft | null, current: number): MetricRecord {
  const { metric, quality, demand, lead, forecast, window, longHistory } = seen;
  return {
    metric,
    quality,
    demand,
    lead: lead.seconds,
    readyAfter: lead.readyAfter,
    quantile: draft?.value ?? Number.NaN,
    level: draft?.level ?? Number.NaN,
    forecast,
    series: window.values.length > 0 ? window : null,
    ...(longHistory && { longHistory }),
    replicas: draft?.replicas ?? current,
  };
}
