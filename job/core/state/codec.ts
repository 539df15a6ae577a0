/** Encodes JobState as compact, versioned JSON for an annotation, and decodes every version. Unreadable text is an error value. */

import { err, ok, type Result } from "../result.ts";
import { pluralize } from "../units.ts";
import { type Raw, readInteger, readObject, roundToMilliseconds } from "./read.ts";
import type { JobState, LastWrite, MetricState, StandingSince, TargetState } from "./types.ts";
import { readV1, STANDING, TOP_LEVEL_METRIC } from "./version-1.ts";

/** The version written now. Older ones stay readable for ever: add a reader, never change one. */
export const STATE_VERSION = 1;
/** All annotations of one object share 256 KiB; a quarter is left to others. */
export const MAX_BYTES = 196_608;

/** A job that remembers nothing. */
export const EMPTY_STATE: JobState = { version: STATE_VERSION, targets: {} };

/** The form in which the JSON is stored, and its most characters. */
export interface StorageForm {
  readonly pack: (json: string) => string;
  readonly most: number;
}

const PLAIN: StorageForm = { pack: (json) => json, most: MAX_BYTES };

/** The size of the whole is estimated from at most so many targets. */
const MAX_SAMPLED_TARGETS = 1000;

/** The stored part of a state, and the targets that do not fit. */
export interface StoredText {
  readonly text: string;
  readonly leftOut: readonly string[];
}

/**
 * A state as JSON of ASCII characters, one byte each. Recommendations and changes are runs of [seconds since the one before, ...].
 * Above MAX_BYTES the forecasts are dropped first, then the least recently seen targets: forgetting only lengthens a scale-in.
 */
export function encode(state: JobState): string {
  return encodeWithin(state).text;
}

/** Encodes a state in the given form. Targets that `before` has take precedence over new ones: remembered state is not given up for new. */
export function encodeWithin(
  state: JobState,
  { pack, most }: StorageForm = PLAIN,
  before: JobState = EMPTY_STATE,
): StoredText {
  const entries = Object.entries(state.targets);
  const full = pack(write(entries, true));
  if (full.length <= most) return { text: full, leftOut: [] };
  const lean = pack(write(entries, false));
  if (lean.length <= most) return { text: lean, leftOut: [] };
  const known = (key: string) => Number(Object.hasOwn(before.targets, key));
  const ordered = entries.sort(([k, a], [l, b]) => known(l) - known(k) || lastSeen(b) - lastSeen(a));
  // by the size of the first of them: compressed ones are not as long as all together say
  const some = ordered.slice(0, MAX_SAMPLED_TARGETS);
  let count = Math.min(ordered.length, Math.floor((some.length * most) / pack(write(some, false)).length));
  for (;;) {
    const text = pack(write(ordered.slice(0, count), false));
    if (text.length <= most || count === 0) return { text, leftOut: ordered.slice(count).map(([key]) => key) };
    count = Math.floor(count * 0.95);
  }
}

/** Texts of memories, which never change: of a thousand targets in an object, a claim of 200 leaves the others as they were. */
const TEXTS = new WeakMap<TargetState, string>();

/** One target as it is stored. Equal memories give equal text. */
export function encodeTarget(target: TargetState): string {
  const known = TEXTS.get(target);
  if (known !== undefined) return known;
  const text = ascii(JSON.stringify(pack(target, true)));
  TEXTS.set(target, text);
  return text;
}

/** When this target was last written, as far as its memory shows. */
export function lastSeen(target: TargetState): number {
  const ofMetrics = Object.values(target.metrics).flatMap(({ lastForecast, lastGoodData, missingSince }) => [
    lastForecast?.at ?? 0,
    lastGoodData ?? 0,
    missingSince ?? 0,
  ]);
  const notified = Object.values(target.notified ?? {}).map(({ told }) => told);
  return Math.max(target.recommendations.at(-1)?.at ?? 0, ...ofMetrics, ...notified);
}

/**
 * Decodes text to a state, or gives one sentence on why it cannot be used. Never throws.
 * A field that makes no sense is dropped alone; a target that is not an object is dropped.
 */
export function decode(text: string): Result<JobState, string> {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return err(`state is not JSON (${pluralize(text.length, "character")}); starting without memory`);
  }
  const root = readObject(raw);
  if (root === null) return err("state is not an object; starting without memory");
  const version = readInteger(root.v);
  const reader = version === null ? undefined : READERS[version];
  if (reader === undefined)
    return err(
      `state has version ${JSON.stringify(root.v) ?? "none"}, this program reads ${Object.keys(READERS).join(", ")}; starting without memory`,
    );
  return ok({ version: STATE_VERSION, targets: reader(root) });
}

const READERS: Readonly<Record<number, (root: Raw) => JobState["targets"]>> = { 1: readV1 };

function write(entries: readonly (readonly [string, TargetState])[], withForecasts: boolean): string {
  const textOf = withForecasts ? encodeTarget : (target: TargetState) => ascii(JSON.stringify(pack(target, false)));
  const targets = entries.map(([key, target]) => `${ascii(JSON.stringify(key))}:${textOf(target)}`);
  return `{"v":${STATE_VERSION},"t":{${targets.join(",")}}}`;
}

function ascii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * One target as short keys; empty ones are left out:
 * - w recommendations, e changes, r rollouts, d drop hold, b time below, l last write;
 * - s standing conditions by their first letter, h held since, n notified, k kind;
 * - f forecast, g last good data, m missing since, i incomplete: those of the CPU;
 * - x the same for the other metrics, by name.
 */
function pack(target: TargetState, withForecast: boolean): Raw {
  const {
    recommendations,
    changes,
    metrics,
    rollouts,
    dropHoldUntil,
    service: b,
    lastWritten: l,
    standing,
    heldSince,
    kind,
    notified,
  } = target;
  const others = Object.entries(metrics).filter(([name]) => name !== TOP_LEVEL_METRIC);
  const x = others.map(([name, metric]) => [name, packMetric(metric, withForecast)] as const);
  return {
    ...(recommendations.length > 0 ? { w: runs(recommendations, ({ replicas }) => [replicas]) } : {}),
    ...(changes.length > 0 ? { e: runs(changes, ({ from, to }) => [from, to]) } : {}),
    ...(Object.hasOwn(metrics, TOP_LEVEL_METRIC) ? packMetric(metrics[TOP_LEVEL_METRIC]!, withForecast) : {}),
    ...(rollouts.length > 0 ? { r: rollouts.flat().map(roundToMilliseconds) } : {}),
    ...(dropHoldUntil !== null ? { d: roundToMilliseconds(dropHoldUntil) } : {}),
    ...(b !== null ? { b: [roundToMilliseconds(b.at), digits(b.below), digits(b.seen)] } : {}),
    ...(l !== null ? { l: packWrite(l) } : {}),
    ...(standing !== undefined ? { s: packStanding(standing) } : {}),
    ...(heldSince !== undefined ? { h: roundToMilliseconds(heldSince) } : {}),
    ...(kind !== undefined ? { k: kind } : {}),
    ...(notified !== undefined ? packNotified(notified) : {}),
    ...(x.length > 0 ? { x: Object.fromEntries(x) } : {}),
  };
}

function packWrite({ at, replicas, overruled, foreign, floor }: LastWrite): readonly number[] {
  return [roundToMilliseconds(at), replicas, overruled, foreign === true ? 1 : 0, ...(floor === true ? [1] : [])];
}

function packStanding(standing: StandingSince): Raw {
  const kept = STANDING.filter(([, name]) => standing[name] !== undefined);
  return Object.fromEntries(kept.map(([letter, name]) => [letter, roundToMilliseconds(standing[name]!)]));
}

function packNotified(notified: NonNullable<TargetState["notified"]>): Raw {
  const n = Object.entries(notified).map(([condition, { since, told, gone }]) => [
    condition,
    [since, told, ...(gone === null ? [] : [gone])].map(roundToMilliseconds),
  ]);
  return n.length > 0 ? { n: Object.fromEntries(n) } : {};
}

function packMetric(
  { lastForecast: f, lastGoodData, missingSince, incomplete }: MetricState,
  withForecast: boolean,
): Raw {
  return {
    ...(withForecast && f !== null
      ? {
          f: [
            roundToMilliseconds(f.at),
            roundToMilliseconds(f.expires),
            digits(f.max),
            digits(f.quantile),
            f.level,
            digits(f.mean),
            f.method,
          ],
        }
      : {}),
    ...(lastGoodData !== null ? { g: roundToMilliseconds(lastGoodData) } : {}),
    ...(missingSince !== null ? { m: roundToMilliseconds(missingSince) } : {}),
    ...(incomplete.length > 0 ? { i: incomplete.flat().map(roundToMilliseconds) } : {}),
  };
}

function runs<T extends { readonly at: number }>(
  items: readonly T[],
  rest: (item: T) => readonly number[],
): readonly number[] {
  let before = 0;
  return items.flatMap((item) => {
    const since = roundToMilliseconds(roundToMilliseconds(item.at) - before);
    before = roundToMilliseconds(item.at);
    return [since, ...rest(item)];
  });
}

/** A value to six digits, finer than any forecast is. */
function digits(value: number): number {
  return Number(value.toPrecision(6));
}
