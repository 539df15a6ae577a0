/** What a tick reads from memory and writes to it: seeding, pruning, expiry, and the recognition of another writer. */

import type { EpochSeconds, Replicas, Seconds } from "../units.ts";
import { pruneRecommendations } from "./prune.ts";
import type { LastForecast, LastWrite, MetricState, ReplicaChange, Span, TargetState } from "./types.ts";

/** The settings of one direction of the behavior that memory depends on. */
interface DirectionSpans {
  readonly stabilizationWindowSeconds: Seconds;
  readonly policies: readonly { readonly periodSeconds: Seconds }[];
}

/** The settings that say how long memory is kept; a TargetConfig fits. */
export interface MemorySpans {
  readonly behavior: { readonly scaleUp: DirectionSpans; readonly scaleDown: DirectionSpans };
  readonly scaleUpCooldown: Seconds;
  readonly scaleDownCooldown: Seconds;
  readonly suddenDropHold: Seconds;
  readonly history: Seconds;
  /** How far back the forecaster looks, where that is further. */
  readonly calibration: Seconds;
  readonly interval: Seconds;
  readonly minReplicas: Replicas;
  readonly idlePeriod: Seconds;
  /** `scale` sets the replicas themselves, any other actuator a floor. */
  readonly actuator: string;
}

/** A metric of which nothing is known. */
export const BLANK_METRIC: MetricState = { lastForecast: null, lastGoodData: null, missingSince: null, incomplete: [] };

/** What is remembered of a metric. Its name is the user's, and may even be `constructor`. */
export function memoryOfMetric({ metrics }: Pick<TargetState, "metrics">, name: string): MetricState {
  return Object.hasOwn(metrics, name) ? metrics[name]! : BLANK_METRIC;
}

/** A target of which nothing is known. */
export const BLANK: TargetState = {
  recommendations: [],
  changes: [],
  metrics: {},
  rollouts: [],
  dropHoldUntil: null,
  service: null,
  lastWritten: null,
};

/** Pods removed this long ago still show in rates over a minute and a scrape of the kubelet. */
export const STILL_VISIBLE: Seconds = 180;
/** After this long an overruled job tries one write again. */
export const OVERRULED_PAUSE: Seconds = 1800;
/** The longest lead there is: a lag of 10 min, a pod start of an hour, an interval of an hour, twice. No forecast lives longer. */
const MAX_LEAD: Seconds = 11_400;
/** 200 changes are 50 minutes with one every 15 s. The longest period of autoscaling/v2 is 30 minutes. */
const MAX_CHANGES = 200;
const MAX_SPAN_GAP: Seconds = 300;
const MAX_SPANS = 10;

/**
 * Memory as this tick may use it. Expired forecasts are absent, and no stored time holds a scale-in for longer than its own window.
 * Without a recommendation in the down window or the last two intervals the current replicas are the first one, as in HPA.
 * So nothing shrinks for one window after a first run, lost state or a long pause. Two intervals, since with a window of 10 s and a run a
 * minute the last one has left the window, and memory is not lost.
 * Times in the future (a clock that was ahead) count as now, beside a recommendation of the current replicas. Dropping them would let a clock
 * that goes back by 90 s end a window of 45 s.
 */
export function recall(
  stored: TargetState | undefined,
  now: EpochSeconds,
  current: Replicas,
  spans: MemorySpans,
): TargetState {
  const state = stored ?? BLANK;
  const known = Math.max(spans.behavior.scaleDown.stabilizationWindowSeconds, 2 * spans.interval);
  const setBack = state.recommendations.some(({ at }) => at > now);
  const past = state.recommendations.map((recommendation) => noLater(recommendation, now));
  const remembered = !setBack && past.some(({ at }) => at > now - known);
  return {
    ...state,
    recommendations: remembered ? past : [...past, { at: now, replicas: current }],
    changes: state.changes.map((change) => noLater(change, now)),
    metrics: Object.fromEntries(
      Object.entries(state.metrics).map(([name, metric]) => [name, recallMetric(metric, now, spans)]),
    ),
    rollouts: spansWithin(state.rollouts, now - spans.history, now),
    dropHoldUntil: noneLater(state.dropHoldUntil, now + spans.suddenDropHold),
    service: state.service && noLater(state.service, now),
    lastWritten: judgeWriter(ownWrite(state.lastWritten, spans, now), now, current),
  };
}

function recallMetric(metric: MetricState, now: EpochSeconds, { history, calibration }: MemorySpans): MetricState {
  return {
    lastForecast: liveForecast(metric.lastForecast, now),
    lastGoodData: noneLater(metric.lastGoodData, now),
    missingSince: noneLater(metric.missingSince, now),
    incomplete: spansWithin(metric.incomplete, now - Math.max(history, calibration), now),
  };
}

function noneLater(time: EpochSeconds | null, latest: EpochSeconds): EpochSeconds | null {
  return time === null ? null : Math.min(time, latest);
}

/** The spans that end after `since`, none of them later than now. */
function spansWithin(spans: readonly Span[], since: EpochSeconds, now: EpochSeconds): readonly Span[] {
  return spans.filter(([, to]) => to > since).map(([from, to]): Span => [Math.min(from, now), Math.min(to, now)]);
}

function noLater<T extends { readonly at: EpochSeconds }>(what: T, now: EpochSeconds): T {
  return what.at > now ? { ...what, at: now } : what;
}

/** A forecast that has not expired, else null. */
export function liveForecast(forecast: LastForecast | null, now: EpochSeconds): LastForecast | null {
  if (forecast === null || forecast.at > now) return null;
  return now < Math.min(forecast.expires, forecast.at + MAX_LEAD) ? forecast : null;
}

/** The last write, if it set the same field as now: after a change of `actuator` nobody undid it. */
function ownWrite(
  last: LastWrite | null,
  { actuator }: Pick<MemorySpans, "actuator">,
  now: EpochSeconds,
): LastWrite | null {
  return last !== null && (last.floor === true) === (actuator !== "scale") ? noLater(last, now) : null;
}

/** Counts writes in a row that did not survive to the next run; one that survives clears the count. */
function judgeWriter(last: LastWrite | null, now: EpochSeconds, current: Replicas): LastWrite | null {
  if (last === null) return null;
  if (last.foreign === true) {
    // One more try after the pause: if it is undone too, the count is at its limit again.
    return now - last.at >= OVERRULED_PAUSE
      ? { ...last, overruled: Math.min(last.overruled, 2), replicas: current }
      : { ...last, replicas: current };
  }
  if (last.replicas === current) return last.overruled === 0 ? last : { ...last, overruled: 0 };
  return { ...last, at: now, replicas: current, overruled: last.overruled + 1, foreign: true };
}

/** What a tick found out about a target. */
export interface TickFindings {
  readonly now: EpochSeconds;
  readonly current: Replicas;
  /** The decided replicas; equal to `current` when nothing is written. */
  readonly replicas: Replicas;
  readonly recommendation: Replicas | null;
  /** By metric name. Metrics that are not here are forgotten, since no setting names them any more. */
  readonly metrics: Readonly<Record<string, MetricFindings>>;
  readonly rollout: boolean;
}

/** What a tick found out about one metric. */
export interface MetricFindings {
  /** Whether its data were usable; null: it should have none. */
  readonly usable: boolean | null;
  readonly forecast: LastForecast | null;
  /** When the last minutes' sum lacked pods; null: never, as far as is known. */
  readonly incomplete: Span | null;
}

/**
 * The memory to claim: the recalled one plus this tick, pruned. It is written before the change is made. A change that then fails can only
 * delay a later one.
 */
export function memoryAfter(memory: TargetState, learnt: TickFindings, spans: MemorySpans): TargetState {
  const { now, current, replicas, recommendation } = learnt;
  const floor = spans.actuator !== "scale" ? { floor: true } : {};
  const acts = replicas !== current;
  const recommendations =
    recommendation === null
      ? memory.recommendations
      : [...memory.recommendations, { at: now, replicas: recommendation }];
  const changes: readonly ReplicaChange[] = acts
    ? [...memory.changes, { at: now, from: current, to: replicas }]
    : memory.changes;
  return {
    recommendations: pruneRecommendations(recommendations, now - recommendationSpan(spans)),
    changes: changes.filter(({ at }) => at > now - changeSpan(spans)).slice(-MAX_CHANGES),
    metrics: Object.fromEntries(
      Object.entries(learnt.metrics).map(([name, made]) => [
        name,
        metricAfter(memoryOfMetric(memory, name), made, now),
      ]),
    ),
    rollouts: learnt.rollout ? withSpan(memory.rollouts, [now, now]) : memory.rollouts,
    dropHoldUntil: memory.dropHoldUntil !== null && memory.dropHoldUntil > now ? memory.dropHoldUntil : null,
    service: memory.service,
    lastWritten: acts
      ? { at: now, replicas, overruled: memory.lastWritten?.overruled ?? 0, ...floor }
      : memory.lastWritten,
    ...(memory.notified && { notified: memory.notified }),
  };
}

function metricAfter(memory: MetricState, made: MetricFindings, now: EpochSeconds): MetricState {
  const { usable, forecast, incomplete } = made;
  return {
    lastForecast: forecast ?? memory.lastForecast,
    lastGoodData: usable === true ? now : memory.lastGoodData,
    missingSince: usable === false ? (memory.missingSince ?? now) : null,
    incomplete: incomplete === null ? memory.incomplete : withSpan(memory.incomplete, incomplete),
  };
}

/** The longest time for which memory counts, in seconds. */
export function memorySpan(spans: MemorySpans): Seconds {
  return Math.max(OVERRULED_PAUSE, recommendationSpan(spans), changeSpan(spans));
}

function recommendationSpan({ behavior, interval, minReplicas, idlePeriod }: MemorySpans): Seconds {
  const { scaleUp, scaleDown } = behavior;
  const idle = minReplicas === 0 ? idlePeriod : 0;
  return Math.max(scaleUp.stabilizationWindowSeconds, scaleDown.stabilizationWindowSeconds, 3 * interval, idle);
}

function changeSpan({ behavior, scaleUpCooldown, scaleDownCooldown }: MemorySpans): Seconds {
  const periods = [...behavior.scaleUp.policies, ...behavior.scaleDown.policies].map((policy) => policy.periodSeconds);
  return Math.max(scaleUpCooldown, scaleDownCooldown, STILL_VISIBLE, ...periods);
}

/** Adds a span. One within 5 minutes of the last extends it, since a burst trails by a minute of rate window. At most ten are kept. */
function withSpan(spans: readonly Span[], [from, to]: Span): readonly Span[] {
  const last = spans.at(-1);
  if (last !== undefined && from - last[1] <= MAX_SPAN_GAP)
    return [...spans.slice(0, -1), [Math.min(last[0], from), Math.max(last[1], to)]];
  return [...spans, [from, to] as const].slice(-MAX_SPANS);
}
