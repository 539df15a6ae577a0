/** Calendars of the settings: public holidays as the laws have them, rules against naive calendars, and what is refused. */
import { describe, expect, it } from "vitest";
import { openCalendar } from "../../job/config/public-holidays.ts";
import type { Calendar } from "../../job/core/calendar/days.ts";

function open(entry: string): Calendar {
  const calendar = openCalendar(entry);
  if (typeof calendar === "string") throw new Error(calendar);
  return calendar;
}

const dates = (entry: string, year: number) =>
  open(entry)
    .daysOf(year)
    .map(({ date }) => date.slice(5));

describe("public holidays", () => {
  // the days of the laws, not of a program
  it.each([
    ["holidays(DE-BY)", 2026, "01-01 01-06 04-03 04-06 05-01 05-14 05-25 06-04 10-03 11-01 12-25 12-26"],
    ["holidays(DE-BE)", 2026, "01-01 03-08 04-03 04-06 05-01 05-14 05-25 10-03 12-25 12-26"],
    ["holidays(DE)", 2027, "01-01 03-26 03-29 05-01 05-06 05-17 10-03 12-25 12-26"],
    ["holidays(FR)", 2026, "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25"],
    ["holidays(GB-ENG)", 2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-25 12-26 12-27 12-28"],
  ])("%s in %i", (entry, year, known) => {
    expect(dates(entry, year).join(" ")).toBe(known);
  });

  it("have names, in English, and those that begin in the evening are the next day's", () => {
    expect(open("holidays(DE-BY)").daysOf(2026)).toContainEqual({ date: "2026-06-04", name: "Corpus Christi" });
    // Passover of 2026 begins on the evening of 1 April; its first day is the 2nd
    const april = dates("holidays(IL)", 2026).filter((date) => date.startsWith("04"));
    expect(april).toContain("04-02");
    expect(april).not.toContain("04-01");
    // two days in one entry of the law
    expect(dates("holidays(RO)", 2026).slice(0, 3)).toEqual(["01-01", "01-02", "01-06"]);
    // half a holiday of some people only
    expect(dates("holidays(CN)", 2026)).not.toContain("05-04");
    expect(dates("holidays(CN)", 2026)).toContain("05-01");
  });

  it("of a year are found once, the same each time", () => {
    const calendar = open("holidays(JP)");
    expect(calendar.daysOf(2026)).toBe(calendar.daysOf(2026));
    expect(calendar.daysOf(2025)).not.toEqual(calendar.daysOf(2026));
  });

  it.each([
    ["holidays(XX)", /^names the country XX, whose holidays are unknown; known are AD, AE/],
    ["holidays(DE-XX)", /^names the state of DE XX, .*known are BB, BE, BW, BY/],
    ["holidays(DE-BY-X)", /^names the region of DE-BY X, .*known are A, EVANG, KATH/],
    ["holidays(MC-X)", /^names the state of MC X, .*none is known/],
  ])("%s is refused with what is known", (entry, says) => {
    expect(openCalendar(entry)).toMatch(says);
  });
});

describe("rules", () => {
  it("02-29 is a day of leap years only", () => {
    expect([2026, 2027, 2028].map((year) => dates("02-29", year))).toEqual([[], [], ["02-29"]]);
  });

  const years = Array.from({ length: 60 }, (_, i) => 1990 + i);

  /** Easter Sunday by the Anonymous Gregorian algorithm (Meeus, Astronomical Algorithms, chapter 8). */
  function easter(year: number): number {
    const [a, b, c] = [year % 19, Math.floor(year / 100), year % 100];
    const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
    const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
    const m = Math.floor((a + 11 * h + 22 * l) / 451);
    const n = h + l - 7 * m + 114;
    return Date.UTC(year, Math.floor(n / 31) - 1, (n % 31) + 1);
  }

  const text = (time: number) => new Date(time).toISOString().slice(5, 10);
  /** The first day from `time` on, in steps of `by` days, that is this weekday. */
  const seek = (time: number, weekday: number, by: number): number =>
    new Date(time).getUTCDay() === weekday ? time : seek(time + by * 86_400_000, weekday, by);
  const DAY_MS = 86_400_000;

  it.each<[string, (year: number) => number]>([
    ["12-24", (y) => Date.UTC(y, 11, 24)],
    ["easter", easter],
    ["easter -48", (y) => easter(y) - 48 * DAY_MS],
    ["easter 60", (y) => easter(y) + 60 * DAY_MS],
    ["1st monday in May", (y) => seek(Date.UTC(y, 4, 1), 1, 1)],
    ["4th thursday in November", (y) => seek(Date.UTC(y, 10, 22), 4, 1)],
    ["friday after 4th thursday in November", (y) => seek(Date.UTC(y, 10, 22), 4, 1) + DAY_MS],
    ["monday before 06-01", (y) => seek(Date.UTC(y, 4, 31), 1, -1)],
    ["friday before 12-01", (y) => seek(Date.UTC(y, 10, 30), 5, -1)],
    // `after` counts the day itself, `before` does not
    ["sunday after 11-26", (y) => seek(Date.UTC(y, 10, 26), 0, 1)],
  ])("%s is what a naive calendar finds", (entry, naive) => {
    const calendar = open(entry);
    for (const year of years)
      expect(calendar.daysOf(year).map(({ date }) => date)).toEqual([`${year}-${text(naive(year))}`]);
  });
});
