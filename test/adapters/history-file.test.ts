/** A history out of files: its clock, its window, a folder of metrics, what is told of how a file was read. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HistoryError } from "../../job/adapters/errors.ts";
import { fileHistory } from "../../job/adapters/history-file.ts";
import type { HistoryReading } from "../../job/ports.ts";
import { config } from "../fakes/config.ts";
import { cpuOf, queryOf } from "../fakes/queries.ts";

let dir = "";
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "series-"));
});
afterAll(() => rm(dir, { recursive: true }));

async function file(text: string): Promise<string> {
  const path = join(dir, `${Math.random()}.csv`);
  await writeFile(path, text);
  return path;
}

describe("fileHistory", () => {
  test("its clock is the newest sample; it shows the window before it", async () => {
    const path = await file(`timestamp,value\n${Array.from({ length: 200 }, (_, i) => `${i * 15},${i}`).join("\n")}\n`);
    const history = fileHistory(path);
    const now = await history.now();
    expect(now).toBe(199 * 15);
    const [reading] = (await history.read([cpuOf({ history: 300, step: 15 })], now)) as HistoryReading[];
    expect(reading!.samples.times).toHaveLength(20);
    expect(reading!.samples.times.at(-1)).toBe(now);
    const [earlier] = (await fileHistory(path, { at: 600 }).read(
      [cpuOf({ history: 300, step: 15 })],
      600,
    )) as HistoryReading[];
    expect(earlier!.samples.times.at(-1)).toBe(600);
  });
  test("no file, no sample: by name", async () => {
    await expect(fileHistory(join(dir, "gone")).now()).rejects.toThrow(HistoryError);
    await expect(fileHistory(await file("timestamp,value\n")).now()).rejects.toThrow(/no sample/);
  });
});

test("how a file was read is told once, with its name", async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${(1_790_000_000 + i * 15) * 1000},1`);
  const path = await file(`timestamp,value\n${rows.join("\n")}\n`);
  const notes: string[] = [];
  const history = fileHistory(path, { onNote: (note) => notes.push(note) });
  const now = await history.now();
  await history.read([cpuOf()], now);
  expect(now).toBe(1_790_000_000 + 39 * 15);
  expect(notes).toEqual([`${path}: the times are milliseconds, and read as such`]);
});

describe("several metrics", () => {
  const requests = { name: "requests", query: "x", averageValue: 50 };
  const target = config({ metrics: [requests], history: 300, step: 15 });
  const [cpu, other] = [queryOf(target, "cpu"), queryOf(target, "requests")];
  const rows = (base: number) =>
    `timestamp,value\n${Array.from({ length: 40 }, (_, i) => `${i * 15},${base + i}`).join("\n")}\n`;

  test("are a folder with a file each, its clock the newest sample of all", async () => {
    const folder = await mkdtemp(join(dir, "metrics-"));
    await writeFile(join(folder, "cpu.csv"), rows(0));
    await writeFile(join(folder, "requests.csv"), `${rows(1000)}600,7\n`);
    const history = fileHistory(folder);
    expect(await history.now()).toBe(600);
    const [first, second] = (await history.read([cpu, other], 600)) as HistoryReading[];
    expect([first!.samples.values.at(-1), second!.samples.values.at(-1)]).toEqual([39, 7]);
    const [missing] = await history.read([queryOf(config({ metrics: [{ ...requests, name: "lag" }] }), "lag")], 600);
    expect(String(missing)).toMatch(/has no lag\.csv and no lag\.json/);
  });

  test("a single file is the first of them, and the others say what is needed", async () => {
    const [first, second] = await fileHistory(await file(rows(0))).read([cpu, other], 600);
    expect((first as HistoryReading).samples.values.at(-1)).toBe(39);
    expect(String(second)).toMatch(/has the metric requests too: give a folder/);
  });
});

test("the longer history of a file, where it is wanted", async () => {
  const rows = Array.from({ length: 600 }, (_, i) => `${i * 60},${i}`);
  const path = await file(`timestamp,value\n${rows.join("\n")}\n`);
  const target = cpuOf();
  const read = async (longHistory?: { range: number; step: number }) =>
    (await fileHistory(path, { longHistory }).read([target], 600 * 60))[0] as HistoryReading;
  expect((await read()).longSamples).toBeUndefined();
  const { longSamples, longStep } = await read({ range: 7200, step: 300 });
  expect(longStep).toBe(300);
  expect([...longSamples!.values]).toEqual([...Array.from({ length: 23 }, (_, i) => 485 + 5 * i), 599]);
});
