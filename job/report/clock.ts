/** Times as the reader's clock shows them. */
import type { EpochSeconds } from "../core/units.ts";

const two = (value: number) => String(value).padStart(2, "0");

/** `2026-11-27 14:05:00`, in the zone of this process. */
export function dayAndClock(at: EpochSeconds): string {
  const date = new Date(at * 1000);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock(at)}`;
}

/** `14:05:00`, in the zone of this process. */
export function clock(at: EpochSeconds): string {
  const date = new Date(at * 1000);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
}

/** The zone at that time: `UTC`, or `UTC+01:00`. */
export function zone(at: EpochSeconds): string {
  const minutes = -new Date(at * 1000).getTimezoneOffset();
  if (minutes === 0) return "UTC";
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
