/** Local intervals at both daylight-saving switches of three zones, against instants worked out by hand in UTC. */
import { describe, expect, it } from "vitest";
import { instantOf } from "../../../job/core/calendar/zone.ts";
import { intervalsAround } from "../../../job/core/policy/zone.ts";
import type { ScheduleRule } from "../../../job/core/target.ts";

const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];
const utc = (text: string) => Date.parse(`${text}Z`) / 1000;
const daily = (timeZone: string, from: string, to: string, more: Partial<ScheduleRule> = {}): ScheduleRule => ({
  name: "rule",
  timeZone,
  recurring: { days: EVERY_DAY, from, to },
  ...more,
});
const iso = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 16);
const spans = (rule: ScheduleRule, time: string) =>
  intervalsAround(rule, utc(time)).map(([from, to]) => `${iso(from)} ${iso(to)}`);

describe("recurring rules", () => {
  it.each([
    // Berlin: 29 March 2026 skips 02:00-03:00 (01:00 UTC); 25 October 2026 repeats 02:00-03:00 (until 01:00 UTC).
    [
      "Berlin, an hour that is skipped",
      "Europe/Berlin",
      "02:30",
      "03:30",
      "2026-03-29T12:00",
      "2026-03-29T01:30 2026-03-29T01:30",
    ],
    [
      "Berlin, across the skipped hour",
      "Europe/Berlin",
      "01:30",
      "04:00",
      "2026-03-29T12:00",
      "2026-03-29T00:30 2026-03-29T02:00",
    ],
    [
      "Berlin, across the repeated hour",
      "Europe/Berlin",
      "01:30",
      "04:00",
      "2026-10-25T12:00",
      "2026-10-24T23:30 2026-10-25T03:00",
    ],
    [
      "Berlin, inside the repeated hour: from its first to its last showing",
      "Europe/Berlin",
      "02:15",
      "02:45",
      "2026-10-25T12:00",
      "2026-10-25T00:15 2026-10-25T01:45",
    ],
    // New York: 8 March 2026 skips 02:00-03:00 (07:00 UTC); 1 November 2026 repeats 01:00-02:00 (until 06:00 UTC + 1 h).
    [
      "New York, across the skipped hour",
      "America/New_York",
      "01:00",
      "05:00",
      "2026-03-08T18:00",
      "2026-03-08T06:00 2026-03-08T09:00",
    ],
    [
      "New York, across the repeated hour",
      "America/New_York",
      "00:30",
      "03:00",
      "2026-11-01T18:00",
      "2026-11-01T04:30 2026-11-01T08:00",
    ],
    [
      "New York, inside the repeated hour",
      "America/New_York",
      "01:15",
      "01:45",
      "2026-11-01T18:00",
      "2026-11-01T05:15 2026-11-01T06:45",
    ],
    // Lord Howe moves by half an hour: 5 October 2025 skips 02:00-02:30 (15:30 UTC the day before); 5 April 2026 repeats 01:30-02:00.
    [
      "Lord Howe, across the skipped half hour",
      "Australia/Lord_Howe",
      "01:00",
      "04:00",
      "2025-10-05T01:00",
      "2025-10-04T14:30 2025-10-04T17:00",
    ],
    [
      "Lord Howe, across the repeated half hour",
      "Australia/Lord_Howe",
      "01:00",
      "04:00",
      "2026-04-05T01:00",
      "2026-04-04T14:00 2026-04-04T17:30",
    ],
    [
      "Lord Howe, inside the repeated half hour",
      "Australia/Lord_Howe",
      "01:40",
      "01:50",
      "2026-04-05T01:00",
      "2026-04-04T14:40 2026-04-04T15:20",
    ],
  ])("%s", (name, zone, from, to, noon, expected) => {
    const found = spans(daily(zone, from, to), noon);
    // An interval of no length is no interval: 02:30 does not exist that day and would be shown at 03:30, when the rule ends.
    if (name.endsWith("is skipped")) expect(found.some((span) => span.startsWith("2026-03-29"))).toBe(false);
    else expect(found).toContain(expected);
  });

  it("runs past midnight, belonging to the day on which it starts", () => {
    const friday = {
      ...daily("Europe/Berlin", "22:00", "06:00"),
      recurring: { days: [5], from: "22:00", to: "06:00" },
    };
    expect(spans(friday, "2026-06-05T21:00")).toEqual(["2026-06-05T20:00 2026-06-06T04:00"]);
    expect(spans(friday, "2026-06-06T03:00")).toEqual(["2026-06-05T20:00 2026-06-06T04:00"]);
    expect(spans(friday, "2026-06-07T03:00")).toEqual([]);
  });

  it("takes the weekday of the zone, not of UTC", () => {
    // 2026-06-07 is a Sunday; in Auckland 20:00 UTC on Sunday is Monday 08:00.
    const monday = {
      ...daily("Pacific/Auckland", "08:00", "09:00"),
      recurring: { days: [1], from: "08:00", to: "09:00" },
    };
    expect(spans(monday, "2026-06-07T20:30")).toEqual(["2026-06-07T20:00 2026-06-07T21:00"]);
  });

  it("does not start on excepted dates", () => {
    const rule = daily("UTC", "08:00", "09:00", { except: { dates: ["2026-12-25"], calendars: [] } });
    expect(spans(rule, "2026-12-25T08:30")).toEqual(["2026-12-24T08:00 2026-12-24T09:00"]);
  });

  it("takes equal times, and 24:00, as the end of the whole day", () => {
    expect(spans(daily("UTC", "00:00", "00:00"), "2026-01-02T12:00")).toContain("2026-01-02T00:00 2026-01-03T00:00");
    expect(spans(daily("UTC", "18:00", "24:00"), "2026-01-02T12:00")).toContain("2026-01-02T18:00 2026-01-03T00:00");
  });
});

describe("one-off rules", () => {
  it("hold between two local wall times", () => {
    const rule: ScheduleRule = {
      name: "sale",
      timeZone: "America/New_York",
      once: { from: "2026-11-27T00:00", to: "2026-11-28T00:00" },
    };
    expect(spans(rule, "2026-11-27T12:00")).toEqual(["2026-11-27T05:00 2026-11-28T05:00"]);
  });

  it("give nothing when they cannot be read or end before they begin", () => {
    const broken: ScheduleRule = { name: "x", timeZone: "UTC", once: { from: "soon", to: "2026-11-28T00:00" } };
    expect(intervalsAround(broken, 0)).toEqual([]);
    expect(intervalsAround({ ...broken, once: { from: "2026-11-28T00:00", to: "2026-11-27T00:00" } }, 0)).toEqual([]);
    expect(
      intervalsAround(
        { ...broken, timeZone: "Mars/Olympus", once: { from: "2026-11-27T00:00", to: "2026-11-28T00:00" } },
        0,
      ),
    ).toEqual([]);
    expect(intervalsAround({ name: "x", timeZone: "UTC" }, 0)).toEqual([]);
  });
});

describe("instantOf", () => {
  it("agrees with Intl wherever the wall time is shown once", () => {
    for (const zone of [
      "Europe/Berlin",
      "America/New_York",
      "Australia/Lord_Howe",
      "Asia/Kolkata",
      "America/St_Johns",
    ]) {
      const format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
      for (let day = 0; day < 365; day += 3) {
        const wall = utc("2026-01-01T12:00") + day * 86_400;
        const shown = format.format(new Date(instantOf(wall, zone, "first") * 1000));
        expect(shown.replace(" ", "T")).toBe(iso(wall));
      }
    }
  });
});
