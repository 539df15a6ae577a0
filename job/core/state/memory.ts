/** What a tick takes from memory and what it leaves there: seeding, pruning, expiry, and the recognition of another writer. */
import type { EpochSeconds, Replicas, Seconds } from "../units.ts";
import type { LastForecast, LastWrite, ScaleEvent, TargetState, Wish } from "./types.ts";

/** What memory needs of one direction of the behavior. */
interface DirectionSpans {
  readonly stabilizationWindowSeconds: Seconds;
  readonly policies: readonly { readonly periodSeconds: Seconds }[];
}

/** The spans for which memory is kept; a TargetConfig fits. */
export interface MemorySpans {
  readonly behavior: { readonly scaleUp: DirectionSpans; readonly scaleDown: DirectionSpans };
  readonly scaleUpCooldown: Seconds;
  readonly scaleDownCooldown: Seconds;
  readonly history: Seconds;
  readonly interval: Seconds;
}

/** A target of which nothing is known. */
export const BLANK: TargetState = {
  wishes: [],
  events: [],
  lastForecast: null,
  lastGoodData: null,
  missingSince: null,
  rollouts: [],
  dropHoldUntil: null,
  lastWritten: null,
};

/** Pods removed this long ago still show in rates over a minute and a scrape of the kubelet. */
export const TRACE: Seconds = 180;
/** After this long an overruled job tries one write again. */
export const OVERRULED_PAUSE: Seconds = 1800;

/**
 * Memory as this tick may use it. Without a wish of the down window or of the last two intervals (first run, lost state, long pause) the current replicas are the first wish,
 * as in HPA, so nothing shrinks for one window. Two intervals, because with a window of 10 s and a run a minute the last wish has left the window, and is no lost memory. What lies in the future (a clock set back)
 * counts as of now, and the current replicas as a wish beside it: dropped, a clock that goes back by 90 s would end a window of 45 s. An expired forecast is absent.
 */
export function recall(
  stored: TargetState | undefined,
  now: EpochSeconds,
  current: Replicas,
  spans: MemorySpans,
): TargetState {
  const state = stored ?? BLANK;
  const known = Math.max(spans.behavior.scaleDown.stabilizationWindowSeconds, 2 * spans.interval);
  const setBack = state.wishes.some((wish) => wish.at > now);
  const past = state.wishes.map((wish) => noLater(wish, now));
  const remembered = !setBack && past.some((wish) => wish.at > now - known);
  const wishes = remembered ? past : [...past, { at: now, replicas: current }];
  return {
    ...state,
    wishes,
    events: state.events.map((event) => noLater(event, now)),
    lastForecast: liveForecast(state.lastForecast, now),
    missingSince: state.missingSince === null ? null : Math.min(state.missingSince, now),
    rollouts: state.rollouts.filter(([, to]) => to > now - spans.history),
    lastWritten: judgeWriter(state.lastWritten, now, current),
  };
}

function noLater<T extends { readonly at: EpochSeconds }>(what: T, now: EpochSeconds): T {
  return what.at > now ? { ...what, at: now } : what;
}

/** A forecast that has not expired, else null. */
export function liveForecast(forecast: LastForecast | null, now: EpochSeconds): LastForecast | null {
  return forecast !== null && forecast.at <= now && now < forecast.expires ? forecast : null;
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
  return { at: now, replicas: current, overruled: last.overruled + 1, foreign: true };
}

/** What a tick found out. */
export interface Learnt {
  readonly now: EpochSeconds;
  readonly current: Replicas;
  /** What was decided; equal to `current` when nothing is to be written. */
  readonly replicas: Replicas;
  readonly wish: Replicas | null;
  /** The data were not on hold. */
  readonly dataUsable: boolean;
  readonly forecast: LastForecast | null;
  readonly rollout: boolean;
}

/** The memory to claim: what was recalled, plus this tick, pruned. The event is written before the act: if the act never happens, it can only delay a later one. */
export function remember(memory: TargetState, learnt: Learnt, spans: MemorySpans): TargetState {
  const { now, current, replicas } = learnt;
  const acts = replicas !== current;
  const wishes = learnt.wish === null ? memory.wishes : [...memory.wishes, { at: now, replicas: learnt.wish }];
  const events: readonly ScaleEvent[] = acts
    ? [...memory.events, { at: now, from: current, to: replicas }]
    : memory.events;
  return {
    wishes: pruneWishes(wishes, now - wishSpan(spans)),
    events: events.filter((event) => event.at > now - eventSpan(spans)).slice(-MOST_EVENTS),
    lastForecast: learnt.forecast ?? memory.lastForecast,
    lastGoodData: learnt.dataUsable ? now : memory.lastGoodData,
    missingSince: learnt.dataUsable ? null : (memory.missingSince ?? now),
    rollouts: noteRollout(memory.rollouts, learnt.rollout, now),
    dropHoldUntil: memory.dropHoldUntil !== null && memory.dropHoldUntil > now ? memory.dropHoldUntil : null,
    lastWritten: acts ? { at: now, replicas, overruled: memory.lastWritten?.overruled ?? 0 } : memory.lastWritten,
  };
}

/** 200 events are 50 minutes of a change every 15 s; the longest period of autoscaling/v2 is 30 minutes. */
const MOST_EVENTS = 200;

/**
 * Drops wishes that no window can need: those at or before `cutoff`, and those that a later wish makes irrelevant both as maximum (later and not smaller) and as minimum
 * (later and not larger). Lossless for the maximum and the minimum of every suffix, whatever the window.
 */
export function pruneWishes(wishes: readonly Wish[], cutoff: EpochSeconds): readonly Wish[] {
  const kept: Wish[] = [];
  let high = Number.NEGATIVE_INFINITY;
  let low = Number.POSITIVE_INFINITY;
  for (let i = wishes.length - 1; i >= 0; i--) {
    const wish = wishes[i]!;
    if (wish.at <= cutoff) continue;
    if (wish.replicas <= high && wish.replicas >= low) continue;
    high = Math.max(high, wish.replicas);
    low = Math.min(low, wish.replicas);
    kept.push(wish);
  }
  return kept.reverse();
}

function wishSpan({ behavior, interval }: MemorySpans): Seconds {
  const { scaleUp, scaleDown } = behavior;
  return Math.max(scaleUp.stabilizationWindowSeconds, scaleDown.stabilizationWindowSeconds, 3 * interval);
}

function eventSpan({ behavior, scaleUpCooldown, scaleDownCooldown }: MemorySpans): Seconds {
  const periods = [...behavior.scaleUp.policies, ...behavior.scaleDown.policies].map((policy) => policy.periodSeconds);
  return Math.max(scaleUpCooldown, scaleDownCooldown, TRACE, ...periods);
}

/** A rollout seen again within 5 minutes is the same one; its burst trails by a minute of rate window. */
function noteRollout(rollouts: TargetState["rollouts"], running: boolean, now: EpochSeconds): TargetState["rollouts"] {
  if (!running) return rollouts;
  const last = rollouts.at(-1);
  if (last !== undefined && now - last[1] <= 300) return [...rollouts.slice(0, -1), [last[0], now]];
  return [...rollouts, [now, now] as const].slice(-10);
}
