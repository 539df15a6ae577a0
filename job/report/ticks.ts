/** Ticks of axes: round numbers, and times in UTC with the date of each new day. */

/** A round step for about `count` ticks up to `max`: 1, 2 or 5 times a power of ten. */
export function tickStep(max: number, count: number): number {
  const raw = max / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].map((m) => m * power).find((step) => step >= raw * 0.999)!;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Labels of time ticks: the time of day in UTC. Below it is the date, at the first tick and where a day has passed. */
export function timeLabels(ticks: readonly Date[]): readonly string[] {
  const dayOf = (date: Date) => Math.floor(date.getTime() / 86_400_000);
  const midnights = ticks.every((date) => date.getTime() % 86_400_000 === 0);
  return ticks.map((date, i) => {
    const day = `${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}`;
    if (midnights) return day;
    const time = date.toISOString().slice(11, 16);
    return i === 0 || dayOf(ticks[i - 1]!) !== dayOf(date) ? `${time}\n${day}` : time;
  });
}

/** Steps between ticks of a time axis, seconds. */
const TIME_STEPS = [60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800];

/** Round times in [from, to], epoch seconds, at most `most` of them. */
export function timeTicks(from: number, to: number, most: number): readonly Date[] {
  const step = TIME_STEPS.find((s) => (to - from) / s <= most) ?? Math.ceil((to - from) / most / 86_400) * 86_400;
  const first = Math.ceil(from / step) * step;
  return Array.from(
    { length: Math.max(0, Math.floor((to - first) / step) + 1) },
    (_, i) => new Date((first + i * step) * 1000),
  );
}
