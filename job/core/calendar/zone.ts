/** Converts between local time and instants, correctly at both daylight-saving switches. No system clock, no system zone. */
import { TZDate, tzOffset } from "@date-fns/tz";
import type { EpochSeconds } from "../units.ts";
import { DAY, dayNumberOf } from "./days.ts";

/**
 * The instant at which the zone's clocks show a wall time, which is given in seconds as if it were UTC.
 * A time shown twice (autumn) gives its first or last instant, so that an interval has no hole.
 * A time never shown (spring) moves past the switch by as much: 02:30 on the day when Berlin skips 02:00-03:00 is 03:30 summer time, 01:30
 * UTC.
 */
export function instantOf(wall: number, timeZone: string, which: "first" | "last"): EpochSeconds {
  const before = offsetAt(wall - DAY, timeZone);
  const after = offsetAt(wall + DAY, timeZone);
  const shown = [wall - before, wall - after].filter((instant) => instant + offsetAt(instant, timeZone) === wall);
  if (shown.length === 0) return wall - before;
  return which === "first" ? Math.min(...shown) : Math.max(...shown);
}

/** "YYYY-MM-DDTHH:MM" as if it were UTC, in seconds; NaN when it cannot be read. "24:00" is the end of the day. */
export function wallOf(text: string): number {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})$/.exec(text);
  if (match === null) return Number.NaN;
  const [, date, hour, minute] = match;
  return dayNumberOf(date!) * DAY + Number(hour) * 3600 + Number(minute) * 60;
}

/**
 * What the zone's clocks show at each instant, in seconds as if it were UTC. The instants must ascend.
 * The zone is read once a day, and for each instant only on days with a switch: a year of hours needs 370 look-ups in place of 8784.
 */
export function wallTimes(instants: ArrayLike<number>, timeZone: string): Float64Array {
  const out = Float64Array.from(instants);
  if (timeZone === "UTC") return out;
  const known = new Map<number, number>();
  const midnight = (day: number) => {
    const offset = known.get(day) ?? offsetAt(day * DAY, timeZone);
    known.set(day, offset);
    return offset;
  };
  for (let i = 0; i < out.length; i++) {
    const day = Math.floor(out[i]! / DAY);
    const offset = midnight(day);
    out[i] = out[i]! + (offset === midnight(day + 1) ? offset : offsetAt(out[i]!, timeZone));
  }
  return out;
}

function offsetAt(time: EpochSeconds, timeZone: string): number {
  return Math.round(tzOffset(timeZone, new TZDate(time * 1000, "UTC")) * 60);
}
