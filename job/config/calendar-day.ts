/** Days that no calendar has: Date rolls 02-31 over into March. */

/** Whether the calendar has the day with which this date or time begins, `2027-02-28` or `2027-02-28T08:00`: 2027-02-29 it has not. */
export function isCalendarDay(moment: string): boolean {
  const day = moment.slice(0, 10);
  const time = Date.parse(`${day}T00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}
