/** What every History owes its callers: one answer per query in order, nothing from the future, a failure per query. */
import { expect, test } from "vitest";
import type { History, HistoryReading } from "../../job/ports.ts";
import { cpuOf } from "../fakes/queries.ts";

/** A History that holds, for any query, the value t / 1000 at each t that is a multiple of 15, up to `end`. */
export interface HistoryCase {
  readonly history: History;
  readonly end: number;
}

/** Registers the suite. */
export function historyContract(make: () => Promise<HistoryCase>): void {
  const cpu = cpuOf({ history: 300, step: 15 });

  test("its time is the end of what it holds, to a step", async () => {
    const { history, end } = await make();
    expect(Math.abs((await history.now()) - end)).toBeLessThan(15);
  });

  test("gives the window up to now, each value at its own time", async () => {
    const { history, end } = await make();
    const [reading] = (await history.read([cpu], end)) as HistoryReading[];
    expect(reading).toMatchObject({ seriesCount: 1, partial: false });
    const { times, values } = reading!.samples;
    expect(times.length).toBe(20);
    expect(Math.max(...times)).toBeLessThanOrEqual(end);
    times.forEach((time, i) => {
      expect(values[i]).toBeCloseTo(time / 1000, 6);
    });
  });

  test("shows nothing after the time it is asked for", async () => {
    const { history, end } = await make();
    const [reading] = (await history.read([cpu], end - 100)) as HistoryReading[];
    expect(Math.max(...reading!.samples.times)).toBeLessThanOrEqual(end - 100);
  });

  test("answers each query in its place, and none when none is asked", async () => {
    const { history, end } = await make();
    const longer = cpuOf({ name: "b", history: 600, step: 15 });
    const readings = (await history.read([cpu, longer, cpu], end)) as HistoryReading[];
    expect(readings.map((reading) => reading.samples.times.length)).toEqual([20, 40, 20]);
    expect(await history.read([], end)).toEqual([]);
  });
}
