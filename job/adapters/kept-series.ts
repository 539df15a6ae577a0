/** Series that one process keeps from run to run, so that it asks for their new points alone; in any doubt the whole window is read again. */
import type { Samples } from "../core/series/types.ts";
import type { EpochSeconds, Seconds } from "../core/units.ts";
import type { Reach } from "./promql-reach.ts";
import { ascend, firstFrom, hasGap, milliseconds } from "./sample-times.ts";

/**
 * A point that was this old when it was read does not change any more. cadvisor stamps its samples up to 15 s before they are scraped, a scrape takes up to 10 s, and
 * sending on to another server some more. A sample changes no point before its own time, so this holds whatever the rate's window is.
 */
const SETTLED_AFTER: Seconds = 60;
/**
 * After so long a series is read whole again, whatever its new points say: somebody may have written into its past. A process of an hour does so about
 * five times, the first time early: where one of several sources is always late, the others' points hide it.
 */
const [MIN_FIRST, MAX_FIRST]: readonly [Seconds, Seconds] = [60, 300];
const [MIN_REFRESH, MAX_REFRESH]: readonly [Seconds, Seconds] = [600, 1200];
/** A hole that ended so long ago may still be filled; what fills an older one is seen by the next whole reading. */
const FILLED_WITHIN: Seconds = MAX_REFRESH;
/** Values of all series together, and times where they are kept: 64 MiB, which is 17,000 series of 480 points. More are read whole each time. */
const MAX_NUMBERS = 8 * 1024 * 1024;
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
   * From when on to ask; undefined: for all of it. What is not asked about in three runs is forgotten. `reach`: how old the newest
   * sample of a point is at most.
   */
  since(key: string, now: EpochSeconds, reach: Reach): EpochSeconds | undefined;
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
  /** When it was last read whole, and when it is to be. */
  readonly wholeAt: EpochSeconds;
  readonly refreshAt: EpochSeconds;
}

/**
 * What is kept under a key, the number of the last question about it, the reach of its query, and the age at which a point has settled. That age only
 * grows: by what whole readings have shown to change later.
 */
interface Entry {
  asked: number;
  reach: Reach;
  age: Seconds;
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
  let [asked, numbers, wholes] = [0, 0, 0];
  const put = (entry: Entry, kept: Kept | undefined) => {
    numbers -= sizeOf(entry.kept);
    entry.kept = numbers + sizeOf(kept) <= MAX_NUMBERS ? kept : undefined;
    numbers += sizeOf(entry.kept);
  };
  const entryOf = (key: string, reach: Reach) => {
    const entry = all.get(key) ?? { asked, reach, age: SETTLED_AFTER, kept: undefined };
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
    since: (key, now, reach) => {
      const entry = entryOf(key, reach);
      Object.assign(entry, { asked: ++asked, reach });
      forgetUnasked();
      const { kept } = entry;
      // before its last reading: the clock of the source was set back
      if (kept === undefined || now < kept.readAt || now >= kept.refreshAt) return undefined;
      return settledUntil(kept, entry) - margin;
    },
    join: (key, added, now) => {
      const entry = all.get(key);
      const kept = entry?.kept;
      if (kept === undefined) return undefined;
      const joined = joinedOf(kept, settledUntil(kept, entry!), added);
      if (joined !== undefined) put(entry!, packed({ ...added, samples: joined }, { ...kept, readAt: now }));
      return joined;
    },
    keep: (key, series, now) => {
      const entry = all.get(key);
      if (entry === undefined) return;
      const old = entry.kept;
      // after a clock was set back the newest points are missing, which is no change
      const changed =
        old && series && now >= old.readAt ? changedIn(old, settledUntil(old, entry), series.samples) : undefined;
      if (changed !== undefined) entry.age = Math.max(entry.age, old!.wholeAt - changed + SETTLED_AFTER);
      // by the golden ratio they lie evenly, however many they are: no run reads many of them whole
      const between = (min: Seconds, max: Seconds) => now + min + ((++wholes * 0.618034) % 1) * (max - min);
      // a record is one series, which hides nothing
      const next = old || entry.reach.seconds === 0 ? between(MIN_REFRESH, MAX_REFRESH) : between(MIN_FIRST, MAX_FIRST);
      const times = { readAt: now, wholeAt: now, refreshAt: changed === undefined ? next : now };
      put(entry, series === null ? undefined : packed(series, times));
    },
  };
}

/**
 * Points before this time do not change any more: they are old enough, and a sample that is newer than they are has come. A source sends its
 * samples in the order of their times. So what has not come yet is newer than the newest sample, and changes no point before that.
 */
function settledUntil({ times, values, readAt }: Kept, { age, reach }: Entry): EpochSeconds {
  // what is recorded has the time at which it was written: nothing comes later
  if (reach.seconds === 0) return readAt - age;
  let last = values.length - 1;
  // what is there without a sample has one value: a point before it was made of some
  if (reach.fills) {
    const fill = values[last]!;
    while (last > 0 && isSame(values[last]!, fill)) last--;
  }
  const newest = times instanceof Float64Array ? times[last]! : (times.first + last * times.step) / 1000;
  // a millisecond more: at its own time the sample is in the point
  const settled = Math.min(readAt - age, newest - reach.seconds + 0.001);
  return times instanceof Float64Array ? Math.min(settled, firstHole(times, readAt - FILLED_WITHIN)) : settled;
}

/** The time before the first hole that ended after `since`; infinite without one. The least distance of two neighbours is the step. */
function firstHole(times: Float64Array, since: EpochSeconds): EpochSeconds {
  const recent = times.subarray(Math.max(0, firstFrom(times, since) - 1));
  let step = Number.POSITIVE_INFINITY;
  for (let i = 1; i < times.length; i++) step = Math.min(step, times[i]! - times[i - 1]!);
  const hole = recent.findIndex((time, i) => i > 0 && time - recent[i - 1]! > 1.5 * step);
  return hole < 0 ? Number.POSITIVE_INFINITY : recent[hole - 1]! + 0.001;
}

/** The kept samples before the new ones, and those; undefined where they differ in what is settled, or where it has a gap: that may be filled from its beginning. */
function joinedOf(
  kept: Kept,
  settled: EpochSeconds,
  { samples: fresh, labels, since, step, begin }: NewPoints,
): Samples | undefined {
  if (labels !== kept.labels || !ascend(fresh.times)) return undefined;
  const old = unpacked(kept);
  const [from, to, freshFrom] = [
    firstFrom(old.times, since),
    firstFrom(old.times, settled),
    firstFrom(fresh.times, since),
  ];
  if (hasGap(old.times.subarray(from, to), since, step)) return undefined;
  if (firstChange(old, fresh, since, settled) !== undefined) return undefined;
  const first = firstFrom(old.times, begin);
  const join = (before: Float64Array, after: Float64Array) => {
    const joined = new Float64Array(from - first + after.length - freshFrom);
    joined.set(before.subarray(first, from));
    joined.set(after.subarray(freshFrom), from - first);
    return joined;
  };
  return { times: join(old.times, fresh.times), values: join(old.values, fresh.values) };
}

/** The first time before `settled` at which a window that was read whole differs from what was kept of it. */
function changedIn(kept: Kept, settled: EpochSeconds, whole: Samples): EpochSeconds | undefined {
  const begin = whole.times[0];
  return begin === undefined ? undefined : firstChange(unpacked(kept), whole, begin, settled);
}

/** The first time from `from` on and before `until` at which the two differ in a value, or only one has a point. */
function firstChange(a: Samples, b: Samples, from: EpochSeconds, until: EpochSeconds): EpochSeconds | undefined {
  let [i, k] = [firstFrom(a.times, from), firstFrom(b.times, from)];
  const at = ({ times }: Samples, index: number) => times[index] ?? Number.POSITIVE_INFINITY;
  for (; Math.min(at(a, i), at(b, k)) < until; i++, k++) {
    if (milliseconds(at(a, i)) !== milliseconds(at(b, k))) return Math.min(at(a, i), at(b, k));
    if (!isSame(a.values[i]!, b.values[k]!)) return a.times[i]!;
  }
  return undefined;
}

function isSame(a: number, b: number): boolean {
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Object.is(a, b);
  return Math.abs(a - b) <= ROUNDING * Math.max(Math.abs(a), Math.abs(b));
}

/** A copy of a series, for its owner may do with it what it likes; undefined where it is empty, or its times do not ascend. */
function packed(
  { samples: { times, values }, labels }: LabelledText,
  { readAt, wholeAt, refreshAt }: Pick<Kept, "readAt" | "wholeAt" | "refreshAt">,
): Kept | undefined {
  if (times.length === 0 || !ascend(times)) return undefined;
  const first = milliseconds(times[0]!);
  const step = times.length === 1 ? 0 : milliseconds(times[1]!) - first;
  const even = times.every((time, i) => time === (first + i * step) / 1000);
  return { times: even ? { first, step } : times.slice(), values: values.slice(), labels, readAt, wholeAt, refreshAt };
}

/** How many numbers it holds. */
function sizeOf(kept: Kept | undefined): number {
  if (kept === undefined) return 0;
  return kept.values.length + (kept.times instanceof Float64Array ? kept.times.length : 0);
}

function unpacked({ times, values }: Kept): Samples {
  if (times instanceof Float64Array) return { times, values };
  return { times: Float64Array.from(values, (_, i) => (times.first + i * times.step) / 1000), values };
}
