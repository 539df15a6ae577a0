/** Local intervals of schedule rules -> instants, safe at both daylight-saving switches. No system clock, no system zone. */
import { TZDate, tzOffset } from "@date-fns/tz";
import { addDays } from "date-fns/addDays";
import type { ScheduleRule } from "../target.ts";
import type { EpochSeconds } from "../units.ts";

/** [from, to) in epoch seconds. */
export type Interval = readonly [EpochSeconds, EpochSeconds];

const DAY = 86_400;

/**
 * The intervals of a rule that can hold `time`: for recurring rules those that start on the local day of `time` or the day before (a rule lasts at most 24 h).
 * A rule whose dates or zone cannot be read gives none: the config room refuses such rules beforehand.
 */
export function intervalsAround(rule: ScheduleRule, time: EpochSeconds): readonly Interval[] {
  const { timeZone, recurring, once } = rule;
  if (once !== undefined) {
    const from = instantOf(wallOf(once.from), timeZone, "first");
    const to = instantOf(wallOf(once.to), timeZone, "last");
    return from < to ? [[from, to]] : [];
  }
  if (recurring === undefined) return [];
  const today = new TZDate(time * 1000, timeZone);
  const found: Interval[] = [];
  for (const back of [1, 0]) {
    const day = addDays(today, -back);
    const date = `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
    if (!recurring.days.includes(day.getDay()) || rule.except?.includes(date) === true) continue;
    const from = wallOf(`${date}T${recurring.from}`);
    const to = wallOf(`${date}T${recurring.to}`);
    const start = instantOf(from, timeZone, "first");
    const end = instantOf(to > from ? to : to + DAY, timeZone, "last");
    if (start < end) found.push([start, end]);
  }
  return found;
}

/**
 * The instant at which clocks of the zone show this wall time (given as if it were UTC seconds). Twice shown (autumn): the first or the last, so that an interval has no hole.
 * Never shown (spring): as far after the switch as it would have been, e.g. 02:30 on the day Berlin skips 02:00-03:00 is 03:30 summer time, 01:30 UTC.
 */
export function instantOf(wall: number, timeZone: string, which: "first" | "last"): EpochSeconds {
  const before = offsetAt(wall - DAY, timeZone);
  const after = offsetAt(wall + DAY, timeZone);
  const shown = [wall - before, wall - after].filter((instant) => instant + offsetAt(instant, timeZone) === wall);
  if (shown.length === 0) return wall - before;
  return which === "first" ? Math.min(...shown) : Math.max(...shown);
}

function offsetAt(time: EpochSeconds, timeZone: string): number {
  return Math.round(tzOffset(timeZone, new TZDate(time * 1000, "UTC")) * 60);
}

/** "YYYY-MM-DDTHH:MM" as if it were UTC, in seconds; NaN when it cannot be read. "24:00" is the end of the day. */
function wallOf(text: string): number {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})$/.exec(text);
  if (match === null) return Number.NaN;
  const [year, month, day, hour, minute] = match.slice(1).map(Number) as [number, number, number, number, number];
  return daysFromCivil(year, month, day) * DAY + hour * 3600 + minute * 60;
}

/** Days since 1970-01-01 of a date of the Gregorian calendar, counted in years that begin in March, so that the leap day is the last. */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const leaps = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return shifted * 365 + leaps + dayOfYear - 719_468;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
