/** Brings the times of a recorded series to seconds, drops mistyped ones, and notes what was changed. */

import type { Samples } from "../core/series/types.ts";
import { type EpochSeconds, pluralize, type Seconds } from "../core/units.ts";
import { AnswerError } from "./prometheus-answer.ts";

/** Times since 1970 above this size can only be in this unit: seconds reach 1e11 in the year 5138. */
const UNITS = [
  ["nanoseconds", 1e17, 1e9],
  ["microseconds", 1e14, 1e6],
  ["milliseconds", 1e11, 1e3],
] as const;
/**
 * Seconds in a larger unit, from the finest on. Times since 1970 of these are small numbers, and so are seconds since the beginning of a test: they are told apart by their distances too.
 */
const LARGER = [
  ["minutes", 60],
  ["thousands of seconds", 1000],
  ["hours", 3600],
  ["days", 86_400],
] as const;
/** 2001 to 2125, in which the first sample of a series lies; of a spreadsheet's days, which count from 1900, to 2055. */
const FIRST: readonly [EpochSeconds, EpochSeconds] = [978_307_200, 4_900_000_000];
/** Samples of a larger unit are less than half an hour apart: a day in seconds begins at hours since 1970 as well, but then they would be days apart. */
const NEAR: Seconds = 1800;
/** From here on days are counted from 1900: today is 20,000 days from 1970. */
const SPREADSHEET_DAYS = 36_525;
/** A distance of so many usual ones is far: more than jitter, or two swapped rows. */
const MIN_FAR_RATIO = 10;
/**
 * A first or last row was mistyped when it is so far from all others, and MIN_FAR_RATIO times as far as they are from each other. A hole is
 * shorter.
 */
const MAX_HOLE: Seconds = 31 * 86_400;
/** Files with a larger share of steps back are not in order of time; then a row has no neighbours. */
const MAX_BACKWARD_SHARE = 0.05;
/** One in so many rows may be mistyped; with more, something else is wrong. */
const ROWS_PER_TYPO = 100;

/** Samples with plausible times, and sentences about what was changed. */
export interface CheckedTimes {
  readonly samples: Samples;
  readonly notes: readonly string[];
}

/**
 * Converts times in milliseconds and finer units, by their size, and drops mistyped rows: far from both neighbours, which are close to each
 * other.
 * `row` names a row for messages. Throws AnswerError where more than one in a hundred is mistyped. O(n log n).
 */
export function sensibleTimes({ times, values }: Samples, row: (index: number) => string): CheckedTimes {
  const middle = Float64Array.from(times).sort()[times.length >> 1] ?? 0;
  const [unit, , perSecond] = UNITS.find(([, least]) => middle >= least) ?? ["seconds", 0, 1];
  refuseLarger(times);
  const seconds = perSecond === 1 ? times : times.map((time) => time / perSecond);
  const notes = perSecond === 1 ? [] : [`the times are ${unit}, and read as such`];
  const wrong = mistyped(seconds);
  if (wrong.length === 0) return { samples: { times: seconds, values }, notes };
  const named = wrong.map((i) => `${row(i)} (time ${times[i]})`);
  if (wrong.length > Math.max(1, times.length / ROWS_PER_TYPO)) {
    throw new AnswerError(
      `${pluralize(wrong.length, "time lies", "times lie")} far from those around them, the first in ${named[0]}`,
    );
  }
  const out = new Set(wrong);
  const keep = [...seconds.keys()].filter((i) => !out.has(i));
  const samples = {
    times: Float64Array.from(keep, (i) => seconds[i]!),
    values: Float64Array.from(keep, (i) => values[i]!),
  };
  return { samples, notes: [...notes, `left out, for its time cannot be right: ${named.join(", ")}`] };
}

/** Throws an AnswerError where the times can only be of a larger unit than seconds: as seconds they would be one step. */
function refuseLarger(times: Float64Array): void {
  const first = times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
  const steps = times.slice(1).map((time, i) => Math.abs(time - times[i]!));
  const usual = steps.sort()[steps.length >> 1] ?? 0;
  const fits = ([, size]: (typeof LARGER)[number]) =>
    first * size >= FIRST[0] && first * size <= FIRST[1] && usual > 0 && usual * size < NEAR;
  const found = LARGER.find(fits);
  if (found === undefined) return;
  const [unit, size] = found;
  const how = `multiply them by ${size}`;
  if (unit === "days" && first > SPREADSHEET_DAYS)
    throw new AnswerError(`the times look like days of a spreadsheet, not seconds: subtract 25569, then ${how}`);
  throw new AnswerError(`the times look like ${unit}, not seconds: ${how}`);
}

/** Indices of the rows with an impossible time. */
function mistyped(times: Float64Array): readonly number[] {
  const n = times.length;
  if (n < 4) return [];
  const steps = Float64Array.from({ length: n - 1 }, (_, i) => times[i + 1]! - times[i]!);
  const usual = steps.map(Math.abs).sort()[steps.length >> 1]!;
  if (steps.filter((step) => step < 0).length > Math.max(2, MAX_BACKWARD_SHARE * n)) return [];
  const wrong: number[] = [];
  for (let i = 1; i < n - 1; i++) {
    const [before, at, after] = [times[i - 1]!, times[i]!, times[i + 1]!];
    const outside = at < Math.min(before, after) || at > Math.max(before, after);
    const far = Math.min(Math.abs(at - before), Math.abs(at - after)) > MIN_FAR_RATIO * usual;
    if (outside && far && Math.abs(after - before) <= MIN_FAR_RATIO * usual) wrong.push(i);
  }
  const rest = Math.abs(times[n - 2]! - times[1]!);
  const alone = (step: number) => Math.abs(step) > Math.max(MAX_HOLE, MIN_FAR_RATIO * rest);
  if (alone(steps[0]!)) wrong.unshift(0);
  if (alone(steps[n - 2]!)) wrong.push(n - 1);
  return wrong;
}
