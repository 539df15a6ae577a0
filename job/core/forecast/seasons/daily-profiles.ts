/** Daily profiles of a longer history: the same time on earlier days, for the window and the steps after it. */
import { DAY } from "../../calendar/days.ts";
import type { Series } from "../../series/types.ts";
import type { EpochSeconds, Seconds } from "../../units.ts";

/** A daily profile: `values[i]` (cores) belongs to step i of the window, and from the window's length on to the future. */
export interface DailyProfile {
  readonly name: string;
  readonly values: Float64Array;
}

/** The steps that a profile is wanted for: the window's and the future's. */
export interface ProfileSpan {
  readonly start: EpochSeconds;
  readonly step: Seconds;
  readonly length: number;
}

/**
 * The typical day is the mean of up to so many days: two weeks hold each weekday twice, and older days may be of another service. 7 to 28:
 * 0.3 % of the loss on seven public series of two weeks.
 */
const MAX_DAYS = 14;
/**
 * A profile with a larger unmeasured share than this is left out: with 2.4 hours interpolated a day is still that day. No series at hand has
 * such holes: not measured.
 */
const MAX_MISSING = 0.1;

/**
 * The daily profiles of the longer history; none where it is too short, or where the span is a day or longer. O(span x days).
 * - `day`: the same time yesterday;
 * - `week`: the same time a week ago;
 * - `typical`: the mean of up to 14 days, where there are two.
 * Only values a day or more older than a step are read: overlap with the window reveals no value to be forecast.
 */
export function dailyProfilesOf(long: Series, span: ProfileSpan): DailyProfile[] {
  if (span.length * span.step > DAY) return [];
  const profiles: DailyProfile[] = [];
  const days: Float64Array[] = [];
  for (let d = 1; d <= MAX_DAYS; d++) {
    const values = shifted(long, span, d * DAY);
    if (values === null) continue;
    days.push(values);
    if (d === 1) profiles.push({ name: "day", values });
    if (d === 7) profiles.push({ name: "week", values });
  }
  if (days.length > 1) profiles.push({ name: "typical", values: meanProfile(days) });
  return profiles;
}

/** The history `back` seconds before each step, linear between its points; null where too little of it was measured. */
function shifted(long: Series, { start, step, length }: ProfileSpan, back: Seconds): Float64Array | null {
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
  return missing > MAX_MISSING * length ? null : out;
}

function meanProfile(days: readonly Float64Array[]): Float64Array {
  return days[0]!.map((_, i) => days.reduce((sum, day) => sum + day[i]!, 0) / days.length);
}
