/** Parses times as people write them on the command line. */

import { isCalendarDay } from "../config/calendar-day.ts";
import type { EpochSeconds } from "../core/units.ts";
import { UsageError } from "./io.ts";

const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;
const YEAR_3000: EpochSeconds = 32_503_680_000;

/**
 * The time that a text names, in epoch seconds. Throws UsageError for anything else, and for the future. It may be:
 * - `14:05` or `14:05:30`, the latest such time of the reader's clock;
 * - `2026-11-27T14:05`, with a zone or in the reader's own;
 * - unix seconds.
 */
export function momentOf(flag: string, text: string, now: EpochSeconds): EpochSeconds {
  const at = clockTime(text, now) ?? (/^\d{9,10}(\.\d+)?$/.test(text) ? Number(text) : dateTime(text));
  if (!Number.isFinite(at))
    throw new UsageError(
      `--${flag}: must be a time such as 14:05, 2026-11-27T14:05:00Z or unix seconds, got ${JSON.stringify(text)}.`,
    );
  if (at > now) throw new UsageError(`--${flag}: ${JSON.stringify(text)} has not come yet.`);
  return at;
}

/** Rejects a text that is not a time, before any server is called. Throws UsageError. */
export function checkMoment(flag: string, text: string): void {
  momentOf(flag, text, YEAR_3000);
}

function clockTime(text: string, now: EpochSeconds): EpochSeconds | null {
  const [, hours, minutes, seconds = "0"] = CLOCK.exec(text) ?? [];
  if (hours === undefined) return null;
  const [h, m, s] = [hours, minutes, seconds].map(Number) as [number, number, number];
  if (h > 23 || m > 59 || s > 59) return Number.NaN;
  const day = new Date(now * 1000);
  const today = day.setHours(h, m, s, 0) / 1000;
  if (today <= now) return today;
  // by the calendar: the day before has 23 hours, or 25, when the clocks change
  day.setDate(day.getDate() - 1);
  return day.setHours(h, m, s, 0) / 1000;
}

function dateTime(text: string): EpochSeconds {
  return /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(text) && isCalendarDay(text)
    ? Date.parse(text.replace(" ", "T")) / 1000
    : Number.NaN;
}
