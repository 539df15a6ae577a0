/** Makes Prophet's options and columns from a target's settings. Pure: calendars come with the settings. */

import { type Calendar, DAY, type Days, dateOf, dayNumberOf, includesDate, weekdayOf } from "../../calendar/days.ts";
import { instantOf, wallTimes } from "../../calendar/zone.ts";
import type { TimeRange } from "../../units.ts";
import type { Frame } from "./frame.ts";
import type { HolidayOption, ProphetOptions } from "./options.ts";
import type { EventSettings, ProphetSettings, SeasonCondition } from "./settings.ts";

/**
 * Prophet's options for a history and a future within `span`. Only inside `history` may the trend bend.
 * Events whose windows lie outside `span` are left out: their columns would be all zeros.
 */
export function optionsFrom(settings: ProphetSettings, history: TimeRange, span: TimeRange): ProphetOptions {
  const { timeZone, cap: _cap, floor: _floor, changepoints, seasonalities, holidays, ...same } = settings;
  const bends = changepoints?.map((date) => instantOf(dayNumberOf(date) * DAY, timeZone, "first"));
  return {
    ...same,
    ...(bends && { changepoints: bends.filter((at) => at >= history.from && at <= history.to) }),
    seasonalities: seasonalities.map(({ condition, ...season }) => ({
      ...season,
      ...(condition && { condition_name: columnOf(season.name) }),
    })),
    holidays: eventRows(holidays, dayOf(span.from) - 1, dayOf(span.to) + 1),
  };
}

/** Rows at these ascending times (epoch seconds), with local times, capacities and the columns of conditions. */
export function frameFrom(settings: ProphetSettings, ds: ArrayLike<number>): Frame {
  const { timeZone, growth, cap, floor, seasonalities } = settings;
  const wall = wallTimes(ds, timeZone);
  const conditions = seasonalities.flatMap(({ name, condition }) =>
    condition === undefined ? [] : [[columnOf(name), conditionColumn(condition, wall)] as const],
  );
  const all = (value: number) => new Float64Array(ds.length).fill(value);
  return {
    ds,
    ...(timeZone === "UTC" ? {} : { wall }),
    ...(growth === "logistic" && cap !== undefined ? { cap: all(cap) } : {}),
    ...(growth === "logistic" && floor !== undefined ? { floor: all(floor) } : {}),
    columns: Object.fromEntries(conditions),
  };
}

/** The column of a season's condition. Its name holds a space, which no setting's name does, so it is never taken for a regressor. */
function columnOf(season: string): string {
  return `${season} holds`;
}

function dayOf(seconds: number): number {
  return Math.floor(seconds / DAY);
}

function conditionColumn(condition: SeasonCondition, wall: Float64Array): boolean[] {
  let known = Number.NaN;
  let holds = false;
  return Array.from(wall, (time) => {
    const day = dayOf(time);
    if (day !== known) {
      known = day;
      holds = holdsOn(condition, day);
    }
    return holds;
  });
}

/** Whether a condition holds on a local day. `also` takes precedence over `except`. */
export function holdsOn({ days, months, except, also }: SeasonCondition, day: number): boolean {
  const date = dateOf(day);
  if (also !== undefined && includesDate(also, date)) return true;
  if (except !== undefined && includesDate(except, date)) return false;
  return (days?.includes(weekdayOf(day)) ?? true) && (months?.includes(Number(date.slice(5, 7))) ?? true);
}

/** The days of every event whose windows touch [first, last]. */
function eventRows(events: readonly EventSettings[], first: number, last: number): HolidayOption[] {
  return events.flatMap(({ holiday, ds, ...window }) =>
    daysIn(ds, first - window.upper_window, last - window.lower_window).map(
      ({ day, name }): HolidayOption => ({ holiday: holiday ?? name, ds: day * DAY, ...window }),
    ),
  );
}

/** The days within [first, last], dates before those of calendars. A date's name is the date itself. */
function daysIn({ dates, calendars }: Days, first: number, last: number) {
  const named = [...dates.map((date) => ({ date, name: date })), ...calendars.flatMap((c) => yearsOf(c, first, last))];
  return named
    .map(({ date, name }) => ({ day: dayNumberOf(date), name }))
    .filter(({ day }) => day >= first && day <= last);
}

function yearsOf({ daysOf }: Calendar, first: number, last: number) {
  const [from, to] = [first, last].map((day) => Number(dateOf(day).slice(0, 4))) as [number, number];
  return Array.from({ length: to - from + 1 }, (_, i) => daysOf(from + i)).flat();
}
