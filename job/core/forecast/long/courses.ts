/** What a longer history says of the window and of the steps after it: the course of the same time on earlier days. */
import type { Series } from "../../series/types.ts";
import type { EpochSeconds, Seconds } from "../../units.ts";

/** A course beside the window: `values[i]` (cores) belongs to step i of the window, from its length on to the future. */
export interface Course {
  readonly name: string;
  readonly values: Float64Array;
}

/** The steps that a course is wanted for: the window's and the future's. */
export interface Stretch {
  readonly start: EpochSeconds;
  readonly step: Seconds;
  readonly length: number;
}

const DAY: Seconds = 86_400;
/** Days whose mean is the typical day: two weeks hold each weekday twice, and older ones tell of another service. */
const MOST_DAYS = 14;
/** A course with more than this share of it not measured is not offered. */
const MOST_MISSING = 0.1;

/**
 * The courses that the longer history holds, none when it is too short: `day` (the same time yesterday), `week` (a week ago) and `typical`
 * (mean of up to 14 days, when there are two). Only what is a day or more older than a step is read, so an overlap with the window gives
 * nothing away, as long as the stretch is shorter than a day; a longer one gets none. O(stretch x days).
 */
export function coursesOf(long: Series, stretch: Stretch): Course[] {
  if (stretch.length * stretch.step > DAY) return [];
  const courses: Course[] = [];
  const days: Float64Array[] = [];
  for (let d = 1; d <= MOST_DAYS; d++) {
    const values = shifted(long, stretch, d * DAY);
    if (values === null) continue;
    days.push(values);
    if (d === 1) courses.push({ name: "day", values });
    if (d === 7) courses.push({ name: "week", values });
  }
  if (days.length > 1) courses.push({ name: "typical", values: meanOf(days) });
  return courses;
}

/** The history `back` seconds before each step, linear between its points; null where too little of it was measured. */
function shifted(long: Series, { start, step, length }: Stretch, back: Seconds): Float64Array | null {
  const first = (start - back - long.start) / long.step;
  const last = first + ((length - 1) * step) / long.step;
  if (!(first >= 0) || last > long.values.length - 1) return null;
  const out = new Float64Array(length);
  let missing = 0;
  for (let i = 0; i < length; i++) {
    const x = first + (i * step) / long.step;
    const left = Math.floor(x);
    const right = Math.min(left + 1, long.values.length - 1);
    out[i] = long.values[left]! + (x - left) * (long.values[right]! - long.values[left]!);
    if (long.filled[left] === 1 || (x > left && long.filled[right] === 1)) missing++;
  }
  return missing > MOST_MISSING * length ? null : out;
}

function meanOf(days: readonly Float64Array[]): Float64Array {
  return days[0]!.map((_, i) => days.reduce((sum, day) => sum + day[i]!, 0) / days.length);
}
