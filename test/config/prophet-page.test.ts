/** docs/prophet.md: its settings are taken, and every day it writes is one. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { loadSettings } from "../../job/config/load.ts";

const page = readFileSync("docs/prophet.md", "utf8");
const load = (file: string) => loadSettings({ flags: { config: "a.yaml" }, env: {}, readFile: async () => file });
const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text!);
const TARGET = "targets: [{ scaleTargetRef: { name: web }, targetCpu: 1";

it("its settings are taken, without a warning", async () => {
  expect(blocks.length).toBe(2);
  for (const text of blocks) {
    const { warnings } = await load(text.includes("targets:") ? text : `${text}\n${TARGET} }]`);
    expect(warnings).toEqual([]);
  }
});

it("every way to write days is taken", async () => {
  const table = page.slice(page.indexOf("| written"), page.indexOf("- Public holidays"));
  const written = table
    .split("\n")
    .flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map((m) => m[1]!));
  expect(written.length).toBeGreaterThan(9);
  const { targets } = await load(
    `${TARGET}, prophet: { holidays: [{ holiday: x, ds: [${written.map((d) => `"${d}"`)}] }] } }]`,
  );
  const { dates, calendars } = targets[0]!.prophet!.holidays[0]!.ds;
  expect(dates.length + calendars.length).toBe(written.length);
  for (const { text, daysOf } of calendars) expect(daysOf(2027).length, text).toBeGreaterThan(0);
});
