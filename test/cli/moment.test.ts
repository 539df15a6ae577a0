/** Times as people write them: the latest such time, never one to come, and nothing else. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../job/cli/io.ts";
import { momentOf } from "../../job/cli/moment.ts";
import { clock, dayAndClock } from "../../job/report/clock.ts";

const NOW = 1_700_000_000.5;
const two = (value: number) => String(value).padStart(2, "0");

describe("a time of the command line", () => {
  it("of a clock is the latest such time, in the reader's zone", () => {
    const anyTime = fc.record({ h: fc.nat(23), m: fc.nat(59), s: fc.nat(59) });
    fc.assert(
      fc.property(anyTime, ({ h, m, s }) => {
        const text = `${two(h)}:${two(m)}:${two(s)}`;
        const at = momentOf("at", text, NOW);
        expect(clock(at)).toBe(text);
        expect(at).toBeLessThanOrEqual(NOW);
        expect(at).toBeGreaterThan(NOW - 86_400 - 3600);
      }),
    );
  });

  it("of a clock is that of the day before, also when that day had 23 or 25 hours", () => {
    const zone = process.env.TZ;
    process.env.TZ = "Europe/Berlin";
    try {
      // ten minutes after midnight, at the end of the days on which the clocks change
      for (const [now, yesterday] of [
        ["2027-03-29T00:10:00+02:00", "2027-03-28"],
        ["2027-11-01T00:10:00+01:00", "2027-10-31"],
      ] as const)
        for (const time of ["14:05:00", "23:30:00", "00:30:00"])
          expect(dayAndClock(momentOf("at", time, Date.parse(now) / 1000))).toBe(`${yesterday} ${time}`);
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  it("with a date is that time: in the zone that is written, else in the reader's", () => {
    expect(momentOf("at", "2023-11-14T22:13:20Z", NOW)).toBe(1_700_000_000);
    expect(momentOf("at", "2023-11-14T23:13:20+01:00", NOW)).toBe(1_700_000_000);
    expect(dayAndClock(momentOf("at", "2023-11-13 14:05", NOW))).toBe("2023-11-13 14:05:00");
  });

  it("may be unix seconds, as a record has them", () => {
    expect(momentOf("at", "1699999999.25", NOW)).toBe(1_699_999_999.25);
  });

  it.each([
    "",
    "now",
    "24:00",
    "14:60",
    "14.05",
    "2023-13-40T00:00",
    "2023-02-29T00:00",
    "2023-02-31 10:00Z",
    "2023-06-31T10:00:00+02:00",
    "170000000000",
    "-5",
    "14:05 PM",
    "yesterday",
  ])("is not %j", (text) => {
    expect(() => momentOf("at", text, NOW)).toThrow(UsageError);
  });

  it("is refused by name when it has not come yet", () => {
    expect(() => momentOf("at", "2023-11-14T22:13:21Z", NOW)).toThrow(/--at: .* has not come yet/);
  });
});
