/** Series that one process keeps from run to run, so that it asks for their new points alone; in any doubt the whole window is read again. */
import type { Samples } from "../core/series/types.ts";
import type { EpochSeconds, Seconds } from "../core/units.ts";

/**
 * A point that was this old when it was read does not change any more. cadvisor stamps its samples up to 15 s before they are scraped, a scrape takes up to 10 s, and
 * sending on to another server some more. A sample changes no point before its own time, so this holds whatever the rate's window is.
 */
const SETTLED_AFTER: Seconds = 60;
/**
 * A value that stands still at the end may be a repetition: where a source is late, Prometheus repeats its last sample for so long. Of a queue
 * that is mostly empty a peak was lost in this way until the next whole reading.
 */
const REPEATED: Seconds = 300;
/** After so long a series is read whole again, whatever its new points say: somebody may have written into its past. A process of an hour does so about four times. */
const [MIN_REFRESH, MAX_REFRESH]: readonly [Seconds, Seconds] = [600, 1200];
/** Values of all series together: 64 MiB, which is 17,000 series of 480 points. More are read whole each time. */
const MAX_VALUES = 8 * 1024 * 1024;
/** Two values this close, relative to their size, are one: Prometheus adds up in any order. */
const ROUNDING = 1e-9;

/** A series with its labels as text. */
export interface LabelledText {
  readonly samples: Samples;
  readonly labels: string;
}

/** New points of a series: all of it from `since` on; the distance of two neighbours; where the window begins. */
export interface NewPoints extends LabelledText {
  readonly since: EpochSeconds;
  readonly step: Seconds;
  readonly begin: EpochSeconds;
}

/** What is kept of series, each under a key that says what was asked, with its window and step. */
export interface KeptSeries {
  /**
   * From when on to ask; undefined: for all of it. What is not asked about in three runs is forgotten. `repeats`: whether
   * a value may be a repetition of an older sample; absent: it may.
   */
  since(key: string, now: EpochSeconds, repeats?: boolean): EpochSeconds | undefined;
  /** The whole window, of what is kept and what is new, which is kept then; undefined where the two do not agree. */
  join(key: string, added: NewPoints, now: EpochSeconds): Samples | undefined;
  /** Keeps a window that was read whole at `now`; null: it is none that new points could be joined to. */
  keep(key: string, series: LabelledText | null, now: EpochSeconds): void;
}

/** Times in whole milliseconds, as Prometheus has them: evenly spaced ones by the first and their distance, others one by one. */
type SampleTimes = Float64Array | { readonly first: number; readonly step: number };

interface Kept {
  readonly times: SampleTimes;
  readonly values: Float64Array;
  readonly labels: string;
  readonly readAt: EpochSeconds;
  readonly refreshAt: EpochSeconds;
}

/** A key, the number of the last question about it, and what is kept under it. */
interface Entry {
  asked: number;
  repeats: boolean;
  kept: Kept | undefined;
}

/**
 * An empty memory. The new points begin `margin` seconds before those that were not settled at the last reading. They are compared with what is
 * kept there.
 * The rate's window is a good margin. With 60 s, a run a minute after the last one asks for 180 s: 13 points of 15 s in place of 480.
 */
export function keptSeries(margin: Seconds): KeptSeries {
  // in the order in which they were last asked about
  const all = new Map<string, Entry>();
  let [asked, values, wholes] = [0, 0, 0];
  const put = (entry: Entry, kept: Kept | undefined) => {
    values -= entry.kept?.values.length ?? 0;
    entry.kept = kept !== undefined && values + kept.values.length <= MAX_VALUES ? kept : undefined;
    values += entry.kept?.values.length ?? 0;
  };
  const entryOf = (key: string) => {
    const entry = all.get(key) ?? { asked, repeats: true, kept: undefined };
    all.delete(key);
    all.set(key, entry);
    return entry;
  };
  /** A run asks about each once: what was not among three times as many questions is no target's any more. */
  const forgetUnasked = () => {
    for (const [key, entry] of all) {
      if (entry.asked >= asked - 3 * all.size) return;
      put(entry, undefined);
      all.delete(key);
    }
  };
  return {
    since: (key, now, repeats = true) => {
      const entry = entryOf(key);
      Object.assign(entry, { asked: ++asked, repeats });
      forgetUnasked();
      const { kept } = entry;
      // before its last reading: the clock of the source was set back
      if (kept === undefined || now < kept.readAt || now >= kept.refreshAt) return undefined;
      return settledUntil(kept, repeats) - margin;
    },
    join: (key, added, now) => {
      const entry = all.get(key);
      const kept = entry?.kept;
      const joined = kept && joinedOf(kept, settledUntil(kept, entry!.repeats), added);
      if (joined !== undefined) put(entry!, packed({ ...added, samples: joined }, now, kept!.refreshAt));
      return joined;
    },
    keep: (key, series, now) => {
      const entry = all.get(key);
      if (entry === undefined) return;
      // by the golden ratio they lie evenly, however many they are: no run reads many of them whole
      const refreshAt = now + MIN_REFRESH + ((++wholes * 0.618034) % 1) * (MAX_REFRESH - MIN_REFRESH);
      put(entry, series === null ? undefined : packed(series, now, refreshAt));
    },
  };
}

/** Points before this time do not change any more: they are old enough, and none of them repeats the value of the newest. */
function settledUntil({ times, values, readAt }: Kept, repeats: boolean): EpochSeconds {
  const end = readAt - SETTLED_AFTER;
  if (!repeats) return end;
  let last = values.length - 1;
  while (last > 0 && values[last - 1] === values[last]) last--;
  const still = times instanceof Float64Array ? times[last]! : (times.first + last * times.step) / 1000;
  return Math.max(end - REPEATED, Math.min(end, still));
}

/** The kept samples before the new ones, and those; undefined where they differ in what is settled, or where it has a gap: that may be filled from its beginning. */
function joinedOf(
  kept: Kept,
  settled: EpochSeconds,
  { samples: fresh, labels, since, step, begin }: NewPoints,
): Samples | undefined {
  if (labels !== kept.labels || !ascend(fresh.times)) return undefined;
  const old = unpacked(kept);
  const [from, to] = [firstFrom(old.times, since), firstFrom(old.times, settled)];
  const [freshFrom, freshTo] = [firstFrom(fresh.times, since), firstFrom(fresh.times, settled)];
  if (to - from !== freshTo - freshFrom || hasGap(old.times.subarray(from, to), since, step)) return undefined;
  for (let i = from; i < to; i++) {
    const k = i - from + freshFrom;
    if (milliseconds(old.times[i]!) !== milliseconds(fresh.times[k]!)) return undefined;
    if (!isSame(old.values[i]!, fresh.values[k]!)) return undefined;
  }
  const first = firstFrom(old.times, begin);
  const join = (before: Float64Array, after: Float64Array) => {
    const joined = new Float64Array(from - first + after.length - freshFrom);
    joined.set(before.subarray(first, from));
    joined.set(after.subarray(freshFrom), from - first);
    return joined;
  };
  return { times: join(old.times, fresh.times), values: join(old.values, fresh.values) };
}

/** Whether there are none, or two neighbours, the beginning and the first of them too, are more than a step and a half apart. */
function hasGap(times: Float64Array, since: EpochSeconds, step: Seconds): boolean {
  let before = since;
  for (const time of times) {
    if (time - before > 1.5 * step) return true;
    before = time;
  }
  return times.length === 0;
}

function isSame(a: number, b: number): boolean {
  return Object.is(a, b) || Math.abs(a - b) <= ROUNDING * Math.max(Math.abs(a), Math.abs(b));
}

function milliseconds(time: EpochSeconds): number {
  return Math.round(time * 1000);
}

function ascend(times: Float64Array): boolean {
  return times.every((time, i) => i === 0 || time > times[i - 1]!);
}

/** A copy of a series, for its owner may do with it what it likes; undefined where it is empty, or its times do not ascend. */
function packed(
  { samples: { times, values }, labels }: LabelledText,
  readAt: EpochSeconds,
  refreshAt: EpochSeconds,
): Kept | undefined {
  if (times.length === 0 || !ascend(times)) return undefined;
  const first = milliseconds(times[0]!);
  const step = times.length === 1 ? 0 : milliseconds(times[1]!) - first;
  const even = times.every((time, i) => time === (first + i * step) / 1000);
  return { times: even ? { first, step } : times.slice(), values: values.slice(), labels, readAt, refreshAt };
}

function unpacked({ times, values }: Kept): Samples {
  if (times instanceof Float64Array) return { times, values };
  return { times: Float64Array.from(values, (_, i) => (times.first + i * times.step) / 1000), values };
}

/** Index of the first time that is `from` or later; their number when there is none. */
function firstFrom(times: Float64Array, from: EpochSeconds): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! >= from) high = middle;
    else low = middle + 1;
  }
  return low;
}
