/** The times of a recorded series in seconds, without those that were mistyped; what was done is told. */

import type { Samples } from "../core/series/types.ts";
import { pluralize, type Seconds } from "../core/units.ts";
import { AnswerError } from "./prometheus-answer.ts";

/** From this size on times since 1970 can only be of this unit: seconds reach 1e11 in the year 5138. */
const UNITS = [
  ["nanoseconds", 1e17, 1e9],
  ["microseconds", 1e14, 1e6],
  ["milliseconds", 1e11, 1e3],
] as const;
/** Distances of this many usual ones are far: more than jitter, or two rows in each other's place. */
const MIN_FAR_RATIO = 10;
/** A first or last row this far from all others, and FAR times as far as they are from each other, was mistyped. A hole is shorter. */
const MAX_HOLE: Seconds = 31 * 86_400;
/** Files with more steps back than this share are not in order of time; then a row has no neighbours. */
const MAX_BACKWARD_SHARE = 0.05;
/** Of so many rows one may be mistyped; more is another kind of trouble. */
const ROWS_PER_TYPO = 100;

/** Samples with plausible times, and sentences about what was changed. */
export interface CheckedTimes {
  readonly samples: Samples;
  readonly notes: readonly string[];
}

/**
 * Times of milliseconds and finer are read as such, by their size. A row that lies far from both of its neighbours, which lie close to each other, was mistyped and is left out.
 * `row` names a row for messages. Throws AnswerError where more than one in a hundred is. O(n log n).
 */
export function sensibleTimes({ times, values }: Samples, row: (index: number) => string): CheckedTimes {
  const middle = Float64Array.from(times).sort()[times.length >> 1] ?? 0;
  const [unit, , perSecond] = UNITS.find(([, least]) => middle >= least) ?? ["seconds", 0, 1];
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
