/** Dates, weekdays and local times, against JavaScript's own calendar and the runtime's zones. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dateOf, dayNumberOf, includesDate, weekdayOf } from "../../../job/core/calendar/days.ts";
import { wallTimes } from "../../../job/core/calendar/zone.ts";

const DAY = 86_400;
const dayNumber = fc.integer({ min: -30_000, max: 60_000 });

describe("a day's number, date and weekday", () => {
  it("are those of Date", () => {
    fc.assert(
      fc.property(dayNumber, (day) => {
        const date = new Date(day * DAY * 1000);
        expect(dateOf(day)).toBe(date.toISOString().slice(0, 10));
        expect(dayNumberOf(dateOf(day))).toBe(day);
        expect(weekdayOf(day)).toBe(date.getUTCDay());
      }),
    );
  });
});

it("days are dates and what calendars hold in the date's own year", () => {
  const yearly = { text: "x", daysOf: (year: number) => [{ date: `${year}-03-01`, name: "x" }] };
  const days = { dates: ["2026-12-24"], calendars: [yearly] };
  const among = ["2026-12-24", "2027-12-24", "2026-03-01", "2031-03-01", "2026-03-02"];
  expect(among.map((date) => includesDate(days, date))).toEqual([true, false, true, true, false]);
});

describe("local times", () => {
  const zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia", "UTC"];

  /** What the runtime's own formatter shows, as if it were UTC. */
  function shown(time: number, timeZone: string): number {
    const form = { timeZone, hourCycle: "h23", dateStyle: "short", timeStyle: "medium" } as const;
    return Date.parse(`${new Intl.DateTimeFormat("sv-SE", form).format(time * 1000).replace(" ", "T")}Z`) / 1000;
  }

  it("are what clocks of the zone show, also where they are switched", () => {
    const start = fc.integer({ min: 1_500_000_000, max: 1_900_000_000 });
    fc.assert(
      fc.property(start, fc.integer({ min: 60, max: 50_000 }), fc.constantFrom(...zones), (from, step, zone) => {
        const times = Array.from({ length: 40 }, (_, i) => from + i * step);
        expect([...wallTimes(times, zone)]).toEqual(times.map((time) => shown(time, zone)));
      }),
    );
    // the nights of both switches of 2026, minute by minute
    for (const night of ["2026-03-29", "2026-10-25"]) {
      const times = Array.from({ length: 300 }, (_, i) => Date.parse(`${night}T00:00Z`) / 1000 - 3600 + 60 * i);
      expect([...wallTimes(times, "Europe/Berlin")]).toEqual(times.map((time) => shown(time, "Europe/Berlin")));
    }
  });
});
