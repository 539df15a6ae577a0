/** Turns entries of lists of days into the core's days. Calendars are loaded only where an entry names a country. */
import type { Calendar, Days } from "../core/calendar/days.ts";
import { isRecord, join } from "./check.ts";
import { DAY_ENTRY } from "./day-schema.ts";
import type { Node } from "./schema.ts";
import type { Issue } from "./types.ts";

/** Gives the calendar that an entry names. */
export type Calendars = (entry: string) => Calendar;

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** The days of these entries; empty if they were rejected. */
export function daysFrom(entries: readonly string[] = [], calendars: Calendars): Days {
  return {
    dates: entries.filter((entry) => DATE.test(entry)),
    calendars: entries.filter((entry) => !DATE.test(entry)).map(calendars),
  };
}

/** For settings that name no calendar; throws where one is named. */
export const noCalendars: Calendars = (entry) => {
  throw new RangeError(`the calendar ${entry} is not open`);
};

/** Opens every calendar named in these parts of the settings. An unknown calendar is an issue at its place. */
export async function openCalendars(
  places: readonly { readonly path: string; readonly node: Node; readonly value: unknown }[],
  issues: Issue[],
): Promise<Calendars> {
  const named = places.flatMap(({ path, node, value }) => entriesIn(path, node, value));
  if (named.length === 0) return noCalendars;
  const { openCalendar } = await import("./public-holidays.ts");
  const open = new Map<string, Calendar>();
  for (const [path, entry] of named) {
    const calendar = open.get(entry) ?? openCalendar(entry);
    if (typeof calendar === "string") issues.push({ path, message: calendar });
    open.set(entry, typeof calendar === "string" ? { text: entry, daysOf: () => [] } : calendar);
  }
  return (entry) => open.get(entry) ?? noCalendars(entry);
}

/** Every entry that is no plain date, with its place. */
function entriesIn(path: string, node: Node, value: unknown): readonly (readonly [path: string, entry: string])[] {
  if (node === DAY_ENTRY) return typeof value === "string" && !DATE.test(value) ? [[path, value]] : [];
  if (node.kind === "list" && Array.isArray(value))
    return value.flatMap((item: unknown, i) => entriesIn(`${path}[${i}]`, node.of, item));
  if (node.kind !== "group" || !isRecord(value)) return [];
  return Object.entries(node.fields).flatMap(([key, field]) => entriesIn(join(path, key), field, value[key]));
}
