/** Converts local intervals of schedule rules to instants, correctly at both daylight-saving switches. No system clock, no system zone. */
import { TZDate } from "@date-fns/tz";
import { addDays } from "date-fns/addDays";
import { DAY, includesDate } from "../calendar/days.ts";
import { instantOf, wallOf } from "../calendar/zone.ts";
import type { ScheduleRule } from "../target.ts";
import type { EpochSeconds } from "../units.ts";

/** [from, to) in epoch seconds. */
export type Interval = readonly [EpochSeconds, EpochSeconds];

/**
 * The intervals of a rule that can contain `time`. A recurring rule lasts at most 24 h, so those that start on the local day of `time` or the
 * day before are enough. A rule whose dates or zone cannot be read gives none; job/config refuses such rules beforehand.
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
    if (!recurring.days.includes(day.getDay())) continue;
    if (rule.except !== undefined && includesDate(rule.except, date)) continue;
    const from = wallOf(`${date}T${recurring.from}`);
    const to = wallOf(`${date}T${recurring.to}`);
    const start = instantOf(from, timeZone, "first");
    const end = instantOf(to > from ? to : to + DAY, timeZone, "last");
    if (start < end) found.push([start, end]);
  }
  return found;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
