/** Opens calendars of the settings (public holidays and yearly rules) by date-holidays. The only file that loads it. */
import Holidays, { type HolidaysTypes } from "date-holidays";
import type { Calendar, NamedDay } from "../core/calendar/days.ts";
import { DAY, dateOf, dayNumberOf } from "../core/calendar/days.ts";

/** The calendar that an entry such as `holidays(DE-BY)` or `easter -48` names; or why the entry is wrong, as a sentence without its subject. */
export function openCalendar(entry: string): Calendar | string {
  const [, code] = /^holidays\((.+)\)$/.exec(entry) ?? [];
  return code === undefined ? ruleCalendar(entry) : publicHolidays(entry, code);
}

const OPTIONS = { languages: "en", types: ["public"] } satisfies HolidaysTypes.Options;

function publicHolidays(entry: string, code: string): Calendar | string {
  const [country, state, region] = code.split("-") as [string, string | undefined, string | undefined];
  const known = new Holidays();
  const problem =
    unknown("country", country, known.getCountries()) ??
    (state && unknown(`state of ${country}`, state, known.getStates(country))) ??
    (region && unknown(`region of ${country}-${state}`, region, known.getRegions(country, state!)));
  if (problem) return problem;
  return calendarOf(entry, new Holidays({ country, ...(state && { state }), ...(region && { region }) }, OPTIONS));
}

/** The message for an unknown code. */
function unknown(what: string, code: string, known: Readonly<Record<string, string>> | undefined): string | undefined {
  if (known !== undefined && code in known) return undefined;
  const codes = Object.keys(known ?? {}).sort();
  const some = codes.length === 0 ? "none is known" : `known are ${codes.join(", ")}`;
  return `names the ${what} ${code}, whose holidays are unknown; ${some}.`;
}

function ruleCalendar(entry: string): Calendar | string {
  const days = new Holidays();
  days.setHoliday(entry, { name: { en: entry }, type: "public" });
  const found = calendarOf(entry, days);
  // 02-29 is the 1st of March to the package where there is none
  const isDay = /^\d{2}-\d{2}$/.test(entry);
  const ofYear = (year: number) => found.daysOf(year).filter(({ date }) => !isDay || date.endsWith(entry));
  const calendar = { text: entry, daysOf: ofYear };
  // a leap year
  return calendar.daysOf(2028).length > 0 ? calendar : "is a rule without days.";
}

function calendarOf(text: string, holidays: Holidays): Calendar {
  const known = new Map<number, readonly NamedDay[]>();
  return {
    text,
    daysOf: (year) => {
      const days = known.get(year) ?? holidays.getHolidays(year, "en").flatMap((found) => daysOf(found, year));
      known.set(year, days);
      return days;
    },
  };
}

/** The local days of which a holiday takes more than half: one from 18:00 on belongs to the next day, a half day to none. */
function daysOf({ date, start, end, name }: HolidaysTypes.Holiday, year: number): NamedDay[] {
  const [day, time = "00:00"] = date.split(" ") as [string, string?];
  const begin = dayNumberOf(day) + (Number(time.slice(0, 2)) + Number(time.slice(3, 5)) / 60) / 24;
  const until = begin + (end.getTime() - start.getTime()) / (DAY * 1000);
  const first = Math.floor(begin);
  return Array.from({ length: Math.ceil(until) - first }, (_, i) => first + i)
    .filter((at) => Math.min(until, at + 1) - Math.max(begin, at) > 0.5)
    .map((at) => ({ date: dateOf(at), name }))
    .filter((found) => Number(found.date.slice(0, 4)) === year);
}
