/** Ranges and records of a process that has read them before: it asks for new points alone, and has what a reading of the whole window gives. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keptSeries } from "../../job/adapters/kept-series.ts";
import { keptRange, keptRecords } from "../../job/adapters/prometheus-kept.ts";
import { queryRange } from "../../job/adapters/prometheus-range.ts";
import { GrowingSource, START, STEP, steadySource, WINDOW } from "../fakes/growing-source.ts";

const query = "sum(rate(x[1m]))";
/** Reads at a time by what is kept, and whole; tells how many points were asked for by the first. */
async function both(
  source: GrowingSource,
  read: ReturnType<typeof keptRange>,
  present: number,
  window = WINDOW,
  text = query,
  // of the job's own query; null: of one whose text tells
  reach: number | null = 60,
) {
  source.present = present;
  source.asked = [];
  const mine = await read(source.ask, text, present, window, STEP, reach ?? undefined);
  const points = [...source.asked];
  return { mine, whole: await queryRange(source.ask, text, present, window, STEP), points };
}

describe("a kept range", () => {
  it("is asked for once, then for its new points: those of the minute, of the minute that was not settled and of the minute that is compared", async () => {
    const [source, read] = [steadySource(), keptRange(keptSeries(60))];
    const asked: number[] = [];
    for (let minute = 0; minute < 9; minute++) {
      const { mine, whole, points } = await both(source, read, START + 3 + 60 * minute);
      expect(mine).toEqual(whole);
      asked.push(...points);
    }
    // once more in the first five minutes: whether what had settled is still the same
    expect(asked).toEqual([120, 13, 13, 13, 120, 13, 13, 13, 13]);
  });

  it("is read whole again in the first five minutes, then every 10 to 20, not all series in the same run", async () => {
    const [source, kept] = [steadySource(), keptSeries(60)];
    const read = keptRange(kept);
    const wholes: number[] = [];
    for (let minute = 0; minute < 60; minute++) {
      let count = 0;
      for (let i = 0; i < 20; i++) {
        const { points } = await both(source, read, START + 3 + 60 * minute, WINDOW, `q${i}`);
        if (points.includes(120)) count++;
      }
      wholes.push(count);
    }
    expect(wholes[0]).toBe(20);
    expect(Math.max(...wholes.slice(1))).toBeLessThanOrEqual(8);
    expect(wholes.slice(1, 6).reduce((sum, n) => sum + n, 0)).toBe(20);
    const later = wholes.slice(6).reduce((sum, n) => sum + n, 0);
    expect(later).toBeGreaterThanOrEqual(20 * 2);
    expect(later).toBeLessThanOrEqual(20 * 6);
  });

  const doubts: readonly (readonly [string, (source: GrowingSource) => void])[] = [
    ["a sample that is two minutes late", (source) => source.add(START - 75, 9, START + 30)],
    ["an aggregate of other labels", (source) => Object.assign(source, { labels: { counted: "pods" } })],
    ["a second series", (source) => Object.assign(source, { series: 2 })],
    ["an answer that is partial", (source) => Object.assign(source, { warns: true })],
    [
      "an outage that has just begun",
      (source) => {
        for (const time of source.points.keys()) if (time > START - 120) source.points.delete(time);
      },
    ],
  ];
  it("a young hole may be filled: what is new begins before it", async () => {
    const [source, read] = [steadySource(), keptRange(keptSeries(60))];
    for (const time of source.points.keys()) if (time > START - 700 && time < START - 600) source.points.delete(time);
    await both(source, read, START + 3);
    source.add(START - 675, 5, START + 30);
    const { mine, whole, points } = await both(source, read, START + 63);
    expect(mine).toEqual(whole);
    expect(points).toEqual([56]);
  });
  it.each(doubts)("%s: the whole window is read", async (_what, change) => {
    const [source, read] = [steadySource(), keptRange(keptSeries(60))];
    await both(source, read, START + 3);
    change(source);
    const { mine, whole, points } = await both(source, read, START + 63);
    expect(mine).toEqual(whole);
    expect(points).toEqual([13, 120]);
  });
  const other: readonly (readonly [string, number, number, string])[] = [
    ["the clock of the source was set back", START - 60, WINDOW, query],
    ["the window of the settings grew", START + 63, WINDOW + 600, query],
    ["the window of the settings shrank", START + 63, WINDOW - 600, query],
    ["half an hour without a reading", START + 1800, WINDOW, query],
    ["another query", START + 63, WINDOW, "other"],
  ];
  it.each(other)("%s: the whole window is read at once", async (_what, present, window, text) => {
    const [source, read] = [steadySource(), keptRange(keptSeries(60))];
    await both(source, read, START + 3);
    const { mine, whole, points } = await both(source, read, present, window, text);
    expect(mine).toEqual(whole);
    expect(points).toEqual([window / STEP]);
  });
  it.each(["x @ start()", "x - x offset -5m", "sum(x) / range()", 'x{team="a@b"}'])(
    "%s: is always read whole",
    async (text) => {
      const [source, read] = [steadySource(), keptRange(keptSeries(60))];
      for (const minute of [0, 1])
        expect((await both(source, read, START + 60 * minute, WINDOW, text, null)).points).toEqual([120]);
    },
  );

  it("most of a short window is new: it is read whole at once", async () => {
    const [source, read] = [steadySource(), keptRange(keptSeries(60))];
    for (const [present, points] of [
      [START + 3, 40],
      [START + 180, 21],
      [START + 660, 40],
    ] as const)
      expect((await both(source, read, present, 600)).points).toEqual([points]);
  });
  it("an old hole is no doubt", async () => {
    const [source, read] = [steadySource(), keptRange(keptSeries(60))];
    for (const time of source.points.keys()) if (time > START - 1400 && time < START - 1300) source.points.delete(time);
    for (const [minute, points] of [120, 13, 13].entries()) {
      const reading = await both(source, read, START + 3 + 60 * minute);
      expect(reading.mine).toEqual(reading.whole);
      expect(reading.points).toEqual([points]);
    }
  });
  it("samples that were missing and have come: what is new begins before them", async () => {
    const [source, read] = [steadySource(), keptRange(keptSeries(60))];
    for (const time of source.points.keys())
      if (time > START - 90) source.points.get(time)![0] = { value: 2, from: START + 30 };
    await both(source, read, START + 3);
    const { mine, whole, points } = await both(source, read, START + 63);
    expect(mine).toEqual(whole);
    // the newest point was 90 s old, and may have been made of a sample a minute older
    expect(points).toEqual([19]);
  });

  it("goes on from the last good reading when some have failed", async () => {
    const [source, read] = [steadySource(), keptRange(keptSeries(60))];
    await both(source, read, START + 3);
    source.fails = true;
    for (const minute of [1, 2]) await expect(both(source, read, START + 3 + 60 * minute)).rejects.toThrow("no answer");
    source.fails = false;
    const { mine, whole, points } = await both(source, read, START + 183);
    expect(mine).toEqual(whole);
    expect(points).toEqual([21]);
  });

  const event = fc.record({
    at: fc.integer({ min: 0, max: 120 }),
    what: fc.constantFrom("hole", "backlog", "fails", "back", "gone", "labels", "window", "nan"),
    long: fc.integer({ min: 1, max: 40 }),
  });
  const lateness = fc.array(fc.integer({ min: 0, max: 57 }), { minLength: 8, maxLength: 8 });
  type During = (what: string, i: number) => { readonly at: number; readonly long: number } | undefined;

  /** Half an hour, and the window before it: first a value of half of the pods, and the whole one when the others have come. */
  function eventful(during: During, late: readonly number[]): GrowingSource {
    const source = new GrowingSource();
    for (let i = -120; i < 130; i++) {
      const time = START + i * STEP;
      const backlog = during("backlog", i);
      const value = during("nan", i) ? Number.NaN : 1 + ((i * 7919) % 13);
      if (during("hole", i)) continue;
      if (!backlog) source.add(time, value / 2);
      source.add(time, value, backlog ? START + (backlog.at + backlog.long) * STEP + 5 : time + late[(i + 120) % 8]!);
    }
    return source;
  }
  it("has what a whole reading gives, whatever comes late by up to a minute, is missing, fails or is set back", async () => {
    let [joined, readings] = [0, 0];
    const check = async (events: readonly { at: number; what: string; long: number }[], late: readonly number[]) => {
      const during: During = (what, i) => events.find((e) => e.what === what && i >= e.at && i < e.at + e.long);
      const [source, read] = [eventful(during, late), keptRange(keptSeries(60))];
      const minute = async (n: number) => {
        const back = during("back", 4 * n) ? 400 : 0;
        const reading = both(source, read, START + 60 * n + 3 - back, during("window", 4 * n) ? 900 : WINDOW);
        if (source.fails) return expect(reading).rejects.toThrow("no answer");
        const { mine, whole, points } = await reading;
        expect(mine).toEqual(whole);
        readings++;
        if (points.length === 1 && points[0]! < 60) joined++;
      };
      for (let n = 0; n < 30; n++) {
        Object.assign(source, { fails: during("fails", 4 * n) !== undefined, series: during("gone", 4 * n) ? 0 : 1 });
        source.labels = during("labels", 4 * n) ? { a: "b" } : {};
        await minute(n);
      }
    };
    await fc.assert(fc.asyncProperty(fc.array(event, { maxLength: 6 }), lateness, check), { numRuns: 100 });
    // it is not equal because it always reads the whole
    expect(joined / readings).toBeGreaterThan(0.5);
  });
});

describe("kept records", () => {
  it("asks for the new samples of those it has and the whole of others, and again for those that differ", async () => {
    const sources = new Map(["a", "b", "new", "late"].map((name) => [name, steadySource()]));
    let names = ["a", "b", "late", "none"];
    let now = START + 3;
    const asked: [readonly string[], number][] = [];
    const ask = async (of: readonly string[], window: number) => {
      asked.push([of, window]);
      const known = of.filter((name) => sources.has(name));
      return new Map(
        known.map((name) => {
          const values = sources.get(name)!.samples(Math.ceil((now - window) / STEP) * STEP, now);
          return [
            name,
            [{ times: Float64Array.from(values, ([t]) => t), values: Float64Array.from(values, ([, v]) => Number(v)) }],
          ];
        }),
      );
    };
    const read = keptRecords(keptSeries(60));
    const run = async () => {
      asked.length = 0;
      for (const source of sources.values()) source.present = now;
      const found = await read(names, { now, window: WINDOW, step: STEP }, ask);
      const questions = [...asked];
      expect(found).toEqual(await ask(names, WINDOW));
      return questions;
    };
    expect(await run()).toEqual([[names, WINDOW]]);
    now += 60;
    expect(await run()).toEqual([
      [["a", "b", "late"], 181],
      [["none"], WINDOW],
    ]);
    now += 45;
    names = ["a", "b", "late", "new"];
    sources.get("late")!.add(START - 30, 5);
    expect(await run()).toEqual([
      [["a", "b", "late"], 166],
      [["late", "new"], WINDOW],
    ]);
    now -= 300;
    expect(await run()).toEqual([[names, WINDOW]]);
  });
});
