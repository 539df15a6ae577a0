/** Days of the local calendar, which schedules, events and conditions name: dates, and calendars that give the days of each year. */
import type { Seconds } from "../units.ts";

/** The seconds of a day of 24 hours. */
export const DAY: Seconds = 86_400;

/** "YYYY-MM-DD" of the Gregorian calendar. */
export type LocalDate = string;

/** A day and its name. */
export interface NamedDay {
  readonly date: LocalDate;
  readonly name: string;
}

/** Gives the days of any year: a country's public holidays, or a rule. The same year always gives the same days. */
export interface Calendar {
  /** As it is written in the settings. */
  readonly text: string;
  readonly daysOf: (year: number) => readonly NamedDay[];
}

/** A set of days: dates, and all days of the calendars. */
export interface Days {
  readonly dates: readonly LocalDate[];
  readonly calendars: readonly Calendar[];
}

/** Whether the date is one of the days. */
export function includesDate({ dates, calendars }: Days, date: LocalDate): boolean {
  if (dates.includes(date)) return true;
  const year = Number(date.slice(0, 4));
  return calendars.some(({ daysOf }) => daysOf(year).some((day) => day.date === date));
}

/** A date's number of days since 1970-01-01. It counts years that begin in March, so that the leap day is the last. */
export function dayNumberOf(date: LocalDate): number {
  const [year, month, day] = date.split("-").map(Number) as [number, number, number];
  const shifted = month <= 2 ? year - 1 : year;
  const leaps = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return shifted * 365 + leaps + dayOfYear - 719_468;
}

/** The date so many days after 1970-01-01, the inverse of dayNumberOf. For years 1 to 9999. */
export function dateOf(dayNumber: number): LocalDate {
  const z = dayNumber + 719_468;
  const era = Math.floor(z / 146_097);
  const inEra = z - era * 146_097;
  const yearInEra = Math.floor(
    (inEra - Math.floor(inEra / 1460) + Math.floor(inEra / 36_524) - Math.floor(inEra / 146_096)) / 365,
  );
  const dayOfYear = inEra - (365 * yearInEra + Math.floor(yearInEra / 4) - Math.floor(yearInEra / 100));
  const march = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * march + 2) / 5) + 1;
  const month = march < 10 ? march + 3 : march - 9;
  const year = yearInEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

/** The weekday of a day number; 0 is Sunday. 1970-01-01 was a Thursday. */
export function weekdayOf(dayNumber: number): number {
  return (((dayNumber + 4) % 7) + 7) % 7;
}
