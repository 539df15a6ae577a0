/** The schema of days in settings: dates, rules and public holidays, for schedules, events and conditions. */
import { isCalendarDay } from "./calendar-day.ts";
import { list, text } from "./schema.ts";

const WEEKDAY = "(sunday|monday|tuesday|wednesday|thursday|friday|saturday)";
const MONTH = "(January|February|March|April|May|June|July|August|September|October|November|December)";
const MONTH_DAY = "(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
const NTH = `(1st|2nd|3rd|4th) ${WEEKDAY} in ${MONTH}`;
/** A day of each year: 12-24, easter -48, 1st monday in May, friday after 4th thursday in November. */
const RULE = `${MONTH_DAY}|easter( -?[0-9]{1,2})?|${NTH}|${WEEKDAY} (before|after) (${MONTH_DAY}|${NTH})`;
/** ISO 3166 codes: a country, its state, and a region that the state's calendar knows. */
const HOLIDAYS = "holidays\\([A-Z]{2}(-[A-Z0-9]{1,10}){0,2}\\)";

/** One entry of a list of days. */
export const DAY_ENTRY = text({
  about: "A date, a rule, or public holidays.",
  pattern: new RegExp(`^([0-9]{4}-${MONTH_DAY}|${RULE}|${HOLIDAYS})$`),
  check: isOnCalendar,
  accepts: "a date such as 2027-12-25, a rule such as 12-24 or 1st monday in May, or holidays(DE-BY)",
});

/** A list of days; a single day needs no brackets. */
export function days<const O extends { about: string }>(options: O) {
  return list({ of: DAY_ENTRY, atMost: 1000, single: true, ...options });
}

/** Whether the calendar has this day: 2027-02-29 it has not, 02-29 it has in some years. */
function isOnCalendar(entry: string): boolean {
  const [, date] = /^((?:\d{4}-)?\d{2}-\d{2})$/.exec(entry) ?? [];
  if (date === undefined) return true;
  return isCalendarDay(date.length === 5 ? `2024-${date}` : date);
}
