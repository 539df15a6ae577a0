/** What the run would hold on is refused in its words, what it leaves out is left out and told; holes are played as not known. */
import { existsSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fileHistory } from "../../job/adapters/history-file.ts";
import { resolveTarget } from "../../job/config/target-settings.ts";
import { forecasterOf } from "../../job/core/forecast/method.ts";
import { toGrid } from "../../job/core/series/grid.ts";
import { metricsOf } from "../../job/core/target.ts";
import type { HistoryReading } from "../../job/ports.ts";
import { backtest, originsOf } from "../../job/replay/backtest.ts";
import { toDemand } from "../../job/replay/demand.ts";
import { judgeRecording } from "../../job/replay/recording.ts";
import { replay } from "../../job/replay/replay.ts";
import { simulate } from "../../job/replay/simulate.ts";
import type { ReplayPolicy } from "../../job/replay/types.ts";
import { REPLAY_DEFAULTS } from "../../job/replay/world.ts";

const target = resolveTarget({ scaleTargetRef: { name: "web" }, targetCpu: 0.45, minReplicas: 1, maxReplicas: 400 });
const cpu = metricsOf(target)[0]!;
const START = 1_790_000_000;

type Row = readonly [number, number];
const samplesOf = (rows: readonly Row[]) => ({
  times: Float64Array.from(rows, ([t]) => t),
  values: Float64Array.from(rows, ([, v]) => v),
});
/** Every 15 s, a wave of 2 to 4 cores. */
const wave = (count: number): Row[] =>
  Array.from({ length: count }, (_, i) => [START + 15 * i, 3 + Math.sin(i / 6) + 0.05 * Math.sin(i * i)]);
const judge = (rows: readonly Row[], more: Partial<HistoryReading> = {}) =>
  judgeRecording({ samples: samplesOf(rows), seriesCount: 1, partial: false, ...more }, cpu, target);

describe("the verdict on a recording", () => {
  test("what is good is taken as it is, without a word", () => {
    const rows = wave(400);
    const { samples, step, notes } = judge(rows);
    expect([[...samples.times], [...samples.values], step, notes]).toEqual([
      rows.map(([t]) => t),
      rows.map(([, v]) => v),
      15,
      [],
    ]);
  });

  test.each<[string, readonly Row[], Partial<HistoryReading>, RegExp]>([
    ["several series", wave(400), { seriesCount: 3 }, /^SeveralSeries: 3 series .*does not aggregate/],
    ["nothing", [], { seriesCount: 0 }, /^NoData: the answer holds no sample/],
    ["one sample", wave(1), {}, /^TooFewSamples/],
    ["a counter", wave(400).map(([t, v], i) => [t, 118_448 + 30 * i + v]), {}, /^AboveCapacity:.*is rate\(\) missing/],
    ["a young counter", wave(400).map(([t, v], i) => [t, 3 * i + v]), {}, /^AboveCapacity:.*is rate\(\) missing/],
    ["milli-cores", wave(400).map(([t, v]) => [t, Math.round(1000 * v)]), {}, /^AboveCapacity:.*milli-cores/],
    ["nothing but NaN", wave(400).map(([t]) => [t, Number.NaN]), {}, /^NotFinite: none of 400 samples is usable/],
    ["times that are years apart", [...wave(400), [9e10, 3]], {}, /is one of the times wrong/],
  ])("%s: refused", (_, rows, more, message) => {
    expect(() => judge(rows, more)).toThrow(message);
  });

  test.each([Number.NaN, -1, 1e6, Number.POSITIVE_INFINITY])(
    "%d is left out wherever it stands, also at the end",
    (bad) => {
      const rows = wave(400);
      for (const from of [0, 200, 380]) {
        const isBad = (i: number) => i >= from && i < from + 20;
        const { samples, notes } = judge(rows.map(([t, v], i): Row => [t, isBad(i) ? bad : v]));
        expect([...samples.times]).toEqual(rows.filter((_, i) => !isBad(i)).map(([t]) => t));
        expect(notes).toEqual([expect.stringMatching(/^20 of 400 values are left out: /)]);
      }
    },
  );

  test("what is left out is told", () => {
    const rows = wave(400).map(([t, v], i): Row => [t, i === 7 ? -1 : i === 9 ? Number.NaN : i === 20 ? 1e6 : v]);
    const { samples, notes } = judge(rows, { partial: true });
    expect(samples.times).toHaveLength(397);
    expect(notes).toEqual([
      "the source warned of a partial answer",
      "3 of 400 values are left out: not a number, negative, or more than any pods can use",
    ]);
  });

  test("zeros are taken as they are, and told", () => {
    const { samples, notes } = judge(wave(400).map(([t, v], i) => [t, i < 40 ? 0 : v]));
    expect(samples.times).toHaveLength(400);
    expect(notes).toEqual([expect.stringMatching(/^40 of 400 values are exactly 0/)]);
  });

  test("a repeat is no sample: a scrape of 60 s read every 15 s", () => {
    const rows = wave(400).map(([t], i): Row => [t, wave(400)[i - (i % 4)]![1]]);
    const { samples, step, notes } = judge(rows);
    expect([samples.times.length, step, notes]).toEqual([100, 60, [expect.stringContaining("every 60 s only")]]);
  });

  test("load above what the pods of the settings can burn is what a replay is for", () => {
    const few = { ...target, maxReplicas: 2, podCpuLimit: 0.5 };
    const samples = samplesOf(wave(400));
    expect(judgeRecording({ samples, seriesCount: 1, partial: false }, cpu, few).samples.times).toHaveLength(400);
  });
});

describe("holes", () => {
  const holed = (from: number, until: number, count = 400) => wave(count).filter((_, i) => i < from || i >= until);

  test("what lies more than one and a half usual distances apart is filler; one missed scrape is not", () => {
    const { filled } = toDemand(samplesOf(holed(100, 140)));
    expect([...filled!.keys()].filter((i) => filled![i] === 1)).toEqual(Array.from({ length: 40 }, (_, i) => 100 + i));
    expect(toDemand(samplesOf(holed(100, 101))).filled).toEqual(new Uint8Array(400));
    const minutes = Array.from({ length: 100 }, (_, i): Row => [60 * i, i]);
    expect(toDemand(samplesOf(minutes)).filled!.some((f) => f === 1)).toBe(false);
  });

  test("are not scored; others than ours do not decide in them", async () => {
    const asked: number[] = [];
    const two: ReplayPolicy = {
      name: "two",
      every: 60,
      decide: ({ index }) => {
        asked.push(index);
        return { replicas: 2, reason: "Two" };
      },
    };
    const options = { ...REPLAY_DEFAULTS, warmup: 300, max: 20 };
    const { steps, planned, filler, policies, rows } = await simulate(
      toDemand(samplesOf(holed(100, 140))),
      [two],
      options,
    );
    expect([steps, planned, filler]).toEqual([340, 340, 40]);
    expect(policies.two!.podHours).toBeCloseTo((340 * 2 * 15) / 3600, 9);
    expect(rows.filter((row) => row.filled)).toHaveLength(40);
    expect(asked.filter((i) => i > 100 && i <= 140)).toEqual([]);
    expect(asked).toContain(144);
  });

  test("ours sees the hole as the run does: no sample of it, and it holds", async () => {
    const options = { ...REPLAY_DEFAULTS, warmup: 300, max: 20 };
    const setup = { target, forecasterOf };
    const { rows } = await replay(samplesOf(holed(100, 180)), ["auto"], options, setup);
    const inside = rows.filter(({ filled, decision }) => filled && decision !== null);
    const reasons = inside.map(({ reason }) => reason);
    expect(reasons.slice(4).every((reason) => reason === "StaleData")).toBe(true);
    expect(reasons.length).toBeGreaterThan(10);
    expect(new Set(inside.slice(4).map(({ replicas }) => replicas)).size).toBe(1);
  });

  test("the scores outside do not depend on how the filler is bridged: property over holes", async () => {
    const options = { ...REPLAY_DEFAULTS, warmup: 300, max: 20 };
    const places = fc.tuple(fc.integer({ min: 30, max: 380 }), fc.integer({ min: 2, max: 300 }));
    await fc.assert(
      fc.asyncProperty(places, async ([from, length]) => {
        const until = Math.min(399, from + length);
        fc.pre(until - from >= 2);
        const demand = toDemand(samplesOf(holed(from, until)));
        const fixed: ReplayPolicy = { name: "p", every: 60, decide: () => ({ replicas: 5, reason: "" }) };
        const wild = { ...demand, values: demand.values.map((v, i) => (demand.filled![i] === 1 ? 1e6 : v)) };
        const [a, b] = [await simulate(demand, [fixed], options), await simulate(wild, [fixed], options)];
        expect(b.policies).toEqual(a.policies);
        expect(a.steps + a.filler).toBe(380);
      }),
      { numRuns: 50 },
    );
  });

  test("a backtest judges no origin whose outcome, or whose last value, was not measured", async () => {
    const { samples, step } = judge(holed(200, 230));
    const series = toGrid(samples.times, samples.values, step, 10_000).series;
    const result = await backtest(series, { window: 120, horizon: 60, origins: 1000, methods: ["naive"] });
    const naive = originsOf(400, 120, 4, 1000).filter((o) => o + 3 < 200 || o - 1 >= 230);
    expect(result.rows.map(({ origin }) => origin)).toEqual(naive);
    expect([result.origins, result.planned, result.filler]).toEqual([naive.length, naive.length, 30]);
  });
});

/** The small inputs that fell short: the message that refuses them, or what is told of them. */
const CASES = {
  "01-ms.csv": ["15 s"],
  "10-promtool-json.json": ["15 s"],
  "11-jq-data.json": ["15 s"],
  "12-two-series.json": /SeveralSeries: 3 series/,
  "13-counter.json": /is rate\(\) missing/,
  "16-crlf-quoted.csv": ["15 s"],
  "27-ms-time.json": ["15 s"],
  "31-millicores.csv": /are these milli-cores/,
  "43-full.csv": ["15 s"],
  "43-hole.csv": ["15 s"],
  "86-two-points.csv": ["15 s"],
  "97-step-s60-w120-a60.csv": ["60 s", "a new value comes every 60 s only: what repeats it is no sample"],
} as const;

test.each(Object.entries(CASES))("the shared case %s", async (name, expected) => {
  const path = `../shared/cases/${name}`;
  if (!existsSync(path)) {
    console.log(`skipped: ${path} is not there`);
    return;
  }
  const history = fileHistory(path);
  const all = { ...target, history: Number.POSITIVE_INFINITY };
  const [reading] = (await history.read([{ target: all, metric: cpu }], await history.now())) as HistoryReading[];
  const verdict = () => {
    const { step, notes } = judgeRecording(reading!, cpu, target);
    return [`${Math.round(step)} s`, ...notes];
  };
  if (expected instanceof RegExp) expect(verdict).toThrow(expected);
  else expect(verdict()).toEqual(expected);
});
