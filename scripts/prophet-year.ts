/** Makes the example of docs/prophet.md: a made-up year of a shop, and its picture by the page's own settings. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openCalendar } from "../job/config/public-holidays.ts";
import { generator } from "../test/core/forecast/noise.ts";

const DAY = 86_400;
/** 22:30 UTC on the evening before Black Friday. */
const END = Date.UTC(2026, 10, 26, 22, 30) / 1000;
const SALES = ["2025-11-28", "2025-11-29", "2025-11-30", "2025-12-01"];

/** The settings of docs/prophet.md as YAML: its first block, without the server. */
export function yearSettings(): string {
  const page = readFileSync(join(import.meta.dirname, "../docs/prophet.md"), "utf8");
  return /```yaml\n([\s\S]*?)```/.exec(page)![1]!.replace(/ {2}url: .*\n/, "");
}

/** The year as a series file in CSV, in cores: one value an hour, and one every 15 s in the last two hours. */
export function yearSeries(): string {
  const calendar = openCalendar("holidays(DE-BY)");
  if (typeof calendar === "string") throw new Error(calendar);
  const free = new Set([2025, 2026].flatMap((year) => calendar.daysOf(year).map(({ date }) => date)));
  const { normal } = generator(7);
  const load = (t: number) => {
    // an hour before UTC the whole year: what summer time does is not what this is about
    const local = new Date((t + 3600) * 1000);
    const date = local.toISOString().slice(0, 10);
    const hour = local.getUTCHours() + local.getUTCMinutes() / 60;
    const off = local.getUTCDay() % 6 === 0 || free.has(date);
    const year = 12 + 4 * Math.cos((2 * Math.PI * (t - Date.UTC(2025, 11, 6) / 1000)) / (365.25 * DAY));
    const day = off
      ? 0.45 + 0.13 * Math.sin(((hour - 12) * Math.PI) / 12)
      : 1 + 0.6 * Math.sin(((hour - 9) * Math.PI) / 12);
    return year * day * (SALES.includes(date) ? 2.2 : 1) * (1 + 0.05 * normal());
  };
  const hours = Array.from({ length: 366 * 24 - 2 }, (_, i) => END - 366 * DAY + i * 3600);
  const window = Array.from({ length: 481 }, (_, i) => END - 7200 + i * 15);
  return `timestamp,value\n${[...hours, ...window].map((t) => `${t},${load(t).toFixed(4)}`).join("\n")}\n`;
}
