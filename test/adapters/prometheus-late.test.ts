/** Kept ranges of sources that are late, by any function over their samples: in each minute they are what a reading of the whole window gives. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keptSeries } from "../../job/adapters/kept-series.ts";
import { keptRange } from "../../job/adapters/prometheus-kept.ts";
import { queryRange } from "../../job/adapters/prometheus-range.ts";
import { GrowingSource, START, STEP } from "../fakes/growing-source.ts";

const WINDOW = 3600;
/** A sample: its time, its value, and when the server has it. */
type Sample = readonly [time: number, value: number, arrives: number];
/** What a function makes of the samples of one series that are at most so old at a time. */
type Fold = (samples: readonly Sample[], time: number) => number | undefined;

const last: Fold = (samples) => samples.at(-1)?.[1];
const max: Fold = (samples) => (samples.length === 0 ? undefined : Math.max(...samples.map(([, value]) => value)));
const mean: Fold = (samples) =>
  samples.length === 0 ? undefined : samples.reduce((sum, [, value]) => sum + value, 0) / samples.length;
/** As rate(), it needs two samples, and grows less certain towards the end of its window. */
const slope: Fold = (samples, time) =>
  samples.length < 2 ? undefined : (samples.at(-1)![1] - samples[0]![1]) / (time - samples[0]![0] + 1);

/** Queries with the seconds that they look back, and their functions; with `built` the job knows the reach from its own settings. */
const QUERIES: readonly { text: string; back: number; fold: Fold; fill?: number; offset?: number; built?: number }[] = [
  { text: "sum(last_over_time(x[15m]))", back: 900, fold: last },
  { text: "max(max_over_time(x[15m]))", back: 900, fold: max },
  { text: "sum(avg_over_time(x[10m]))", back: 600, fold: mean },
  { text: "sum(rate(x[2m]))", back: 120, fold: slope },
  { text: "sum(rate(built[60s]))", back: 60, fold: slope, built: 60 },
  { text: "sum(queue)", back: 300, fold: last },
  { text: "sum(queue offset 5m)", back: 300, fold: last, offset: 300 },
  { text: "sum(last_over_time(x[10m])) or vector(0)", back: 600, fold: last, fill: 0 },
  { text: "sum(rate(x[2m])) or vector(7)", back: 120, fold: slope, fill: 7 },
];
type Query = (typeof QUERIES)[number];

/** A source of one or several series, as a query sees it at its present. */
class LateSource extends GrowingSource {
  readonly all: readonly (readonly Sample[])[];
  readonly query: Query;
  constructor(all: readonly (readonly Sample[])[], query: Query) {
    super();
    [this.all, this.query] = [all, query];
  }
  private arrived: { at: number; samples: readonly (readonly Sample[])[] } | undefined;

  override at(time: number): number | undefined {
    const { back, fold, fill, offset = 0 } = this.query;
    const { present, all } = this;
    if (this.arrived?.at !== present)
      this.arrived = { at: present, samples: all.map((own) => own.filter(([, , arrives]) => arrives <= present)) };
    const seen = time - offset;
    let sum: number | undefined;
    for (const samples of this.arrived.samples) {
      const inside = samples.slice(firstAfter(samples, seen - back), firstAfter(samples, seen));
      const value = fold(inside, seen);
      if (value !== undefined) sum = (sum ?? 0) + value;
    }
    return sum ?? fill;
  }
}
function firstAfter(samples: readonly Sample[], time: number): number {
  let [low, high] = [0, samples.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (samples[middle]![0] > time) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Reads by what is kept and whole at each tick; returns the ticks at which they differ, and the share of the points that were not asked for. */
async function follow(source: LateSource, ticks: readonly number[]) {
  const read = keptRange(keptSeries(60));
  const differ: number[] = [];
  let asked = 0;
  for (const [n, present] of ticks.entries()) {
    Object.assign(source, { present, asked: [] });
    const mine = await read(source.ask, source.query.text, present, WINDOW, STEP, source.query.built);
    asked += source.asked.reduce((sum, points) => sum + points, 0);
    const { samples } = await queryRange(source.ask, source.query.text, present, WINDOW, STEP);
    const alike = samples.times.every((time, i) => time === mine.samples.times[i]);
    const near = samples.values.every((value, i) => Math.abs(value - mine.samples.values[i]!) < 1e-9);
    if (!alike || !near || samples.times.length !== mine.samples.times.length) differ.push(n);
  }
  return { differ, spared: 1 - asked / ((ticks.length * WINDOW) / STEP) };
}

/** Lateness from a time on; a hole in what was scraped; a stretch of one value. All begin at a sample and are so many samples long. */
const event = fc.record({
  what: fc.constantFrom("late", "late", "hole", "still", "backlog"),
  at: fc.integer({ min: -240, max: 120 }),
  long: fc.integer({ min: 1, max: 120 }),
  seconds: fc.integer({ min: 0, max: 1500 }),
});
type Happening = typeof event extends fc.Arbitrary<infer T> ? T : never;

/**
 * A series whose samples come in the order of their times: one may be up to `jitter` seconds later, but no sample that is a minute newer comes before it.
 * Mostly 0, as a queue is, or different at each time.
 */
function seriesOf(
  events: readonly Happening[],
  { base, period, jitter }: { base: number; period: number; jitter: number },
): readonly Sample[] {
  const samples: [number, number, number][] = [];
  let [order, value] = [0, 0];
  for (let i = -320; i < 140; i++) {
    const during = (what: string) => events.find((e) => e.what === what && i >= e.at && i < e.at + e.long);
    if (during("hole")) continue;
    const time = START + i * STEP - 4;
    if (!during("still")) value = period === 0 ? (i * 7919) % 13 : Math.abs(i) % period < 2 ? 50 : 0;
    const backlog = during("backlog");
    const late = backlog ? START + (backlog.at + backlog.long) * STEP - time : (during("late")?.seconds ?? base);
    order = Math.max(order, time + late);
    samples.push([time, value, order]);
  }
  return samples.map(([time, own, arrives], i) => {
    const newer = samples.slice(i + 1, i + 5).find(([other]) => other >= time + 60) ?? [0, 0, Number.POSITIVE_INFINITY];
    return [time, own, Math.min(arrives + ((i * 37) % (jitter + 1)), newer[2])];
  });
}
const ticksOf = (pause: number) => Array.from({ length: Math.floor(1500 / pause) }, (_, n) => START + 3 + pause * n);
const shape = {
  base: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1200 })),
  period: fc.constantFrom(0, 7, 12, 23, 60),
  jitter: fc.constantFrom(0, 57),
};

describe("a source whose samples come in the order of their times", () => {
  it.each(QUERIES)(
    "$text: however late, repeated or full of holes, it is read as the whole window is",
    async (query) => {
      const check = async (
        events: readonly Happening[],
        { jitter, ...own }: { base: number; period: number; jitter: number },
        pause: number,
      ) => {
        // of the last minute's rate, samples of two series that are over a minute apart have no common point
        const ordered = query.built === undefined || (own.base === 0 && events.length === 0) ? jitter : 0;
        const source = new LateSource([seriesOf(events, { ...own, jitter: ordered })], query);
        expect((await follow(source, ticksOf(pause))).differ).toEqual([]);
      };
      const pauses = fc.constantFrom(15, 60, 60, 60, 120, 180);
      await fc.assert(fc.asyncProperty(fc.array(event, { maxLength: 5 }), fc.record(shape), pauses, check), {
        numRuns: 15,
      });
      // it is not equal because the whole is read each time: of a source that is never late most points are spared
      const prompt = new LateSource([seriesOf([], { base: 0, period: 7, jitter: 0 })], query);
      const { spared } = await follow(prompt, ticksOf(60));
      expect(spared).toBeGreaterThan(0.5);
    },
  );
});

describe("a source that hides how late it is", () => {
  // the other series has the newest samples, and nothing tells that one of them lacks
  it.each([90, 400, 700, 1300])(
    "one of two series is %i s late: found out within five minutes, and then right",
    async (late) => {
      for (const period of [0, 7])
        for (const query of QUERIES) {
          const shapes = [0, late].map((base) => seriesOf([], { base, period, jitter: 0 }));
          const { differ, spared } = await follow(new LateSource(shapes, query), ticksOf(60));
          expect(Math.max(0, ...differ)).toBeLessThanOrEqual(6);
          if (late < 700) expect(spared).toBeGreaterThan(0.3);
        }
    },
  );
  it("somebody writes into a past that had settled: right again after twenty minutes, however long ago it was", async () => {
    const query = QUERIES[5]!;
    const backfilled = seriesOf([], { base: 0, period: 0, jitter: 0 }).map(
      ([time, value, arrives]): Sample =>
        time > START - 1500 && time < START - 1400 ? [time, value + 1, START + 400] : [time, value, arrives],
    );
    const { differ } = await follow(new LateSource([backfilled], query), ticksOf(60));
    expect(differ.length).toBeGreaterThan(0);
    expect(Math.max(...differ)).toBeLessThanOrEqual((400 + 1200) / 60);
  });
});
