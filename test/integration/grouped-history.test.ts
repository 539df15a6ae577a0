/** Many targets read together, on a real Prometheus that holds what our rules record: the same samples, counts and decisions as by single queries; and what is left to single queries. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prometheusHistory } from "../../job/adapters/prometheus.ts";
import { RECORDS } from "../../job/adapters/prometheus-records.ts";
import type { PrometheusSettings } from "../../job/config/types.ts";
import { forecasterOf } from "../../job/core/forecast/method.ts";
import { tick } from "../../job/core/tick.ts";
import type { HistoryReading } from "../../job/ports.ts";
import { missingPrometheus, skip } from "../cluster/available.ts";
import { startPrometheus, type TestPrometheus } from "../cluster/prometheus.ts";
import { cpuOf } from "../fakes/queries.ts";
import { prometheusSettings } from "../fault/settings.ts";
import { rawPast, WORKLOADS } from "./grouped-world.ts";
import { openMetricsOf, type Recorded, recordRules } from "./recorded-rules.ts";

const END = Math.floor(Date.now() / 15_000) * 15 - 60;
const NOW = END + 3;
const forecaster = forecasterOf("auto");

/** What each fault makes of the recorded series of the workload of its name; an empty list: nothing is left. */
const FAULTS: Readonly<Record<string, (series: Recorded) => readonly Recorded[]>> = {
  hole: (series) => [between(series, (age) => age < 600 || age > 900)],
  ended: (series) => [between(series, (age) => age > 60)],
  gone: () => [],
  young: (series) => [between(series, (age) => age < 1200)],
  uncounted: (series) => (series.labels.__name__ === RECORDS.pods ? [between(series, (age) => age !== 60)] : [series]),
  coarse: (series) => [between(series, (age) => age % 30 === 0)],
};

function between({ labels, values }: Recorded, fits: (age: number) => boolean): Recorded {
  return { labels, values: values.filter(([time]) => fits(END - time)) };
}

describe.skipIf(skip(missingPrometheus()))("targets read together", () => {
  let [raw, prometheus]: (TestPrometheus | undefined)[] = [];
  beforeAll(async () => {
    const past = rawPast(END - 4500, END);
    const recorded = await recordRules(past, { start: END - 2400, end: END, step: 15 });
    const spoilt = recorded.flatMap((series) =>
      series.labels.namespace === "faulty" ? (FAULTS[series.labels.workload ?? ""]?.(series) ?? [series]) : [series],
    );
    prometheus = await startPrometheus({ history: `${past}${openMetricsOf(spoilt)}# EOF\n` });
    raw = await startPrometheus({ history: `${past}# EOF\n` });
  });
  afterAll(async () => {
    await prometheus?.stop();
    await raw?.stop();
  });

  const queryOf = ([namespace, kind, name]: readonly [string, string, string]) =>
    cpuOf({ namespace, name, scaleTargetRef: { apiVersion: "apps/v1", kind, name } });

  /** What is read of some workloads, and what was warned of. */
  async function read(
    workloads: readonly (readonly [string, string, string])[],
    more: Partial<PrometheusSettings>,
    server = prometheus,
  ) {
    const warned: string[] = [];
    const settings = prometheusSettings(server!.url, { measurePodStart: true, ...more });
    const history = prometheusHistory(settings, { log: (level, text) => warned.push(`${level}: ${text}`) });
    const readings = (await history.read(workloads.map(queryOf), NOW)) as HistoryReading[];
    const checks = await history.checks(workloads.map(queryOf), NOW);
    history.close();
    return { readings, warned, grouped: checks.filter(({ check }) => check === "grouped history") };
  }
  /** Equal but for the last digits: Prometheus adds up in any order. */
  function expectAlike(got: readonly HistoryReading[], expected: readonly HistoryReading[]): void {
    const rounded = ({ samples: { times, values }, ...rest }: HistoryReading) => ({
      ...rest,
      times,
      values: Array.from(values, (value) => value.toPrecision(10)),
    });
    expect(got.map(rounded)).toEqual(expected.map(rounded));
  }
  const together = (reading: HistoryReading | undefined) => reading?.source.startsWith(RECORDS.cores);

  const nameOf = ([namespace, kind, name]: readonly string[]) => `${namespace}/${kind}/${name}`;
  test.each(WORKLOADS.whole.map((workload) => [nameOf(workload), workload] as const))(
    "%s: samples, counts, pod start and decision are those of its single queries",
    async (_name, workload) => {
      const [group, single] = [
        await read([workload], { grouped: "always" }),
        await read([workload], { grouped: "never" }),
      ];
      const [recorded, asked] = [group.readings[0]!, single.readings[0]!];
      expect([together(recorded), together(asked)]).toEqual([true, false]);
      expect(recorded.samples.times).toEqual(asked.samples.times);
      recorded.samples.values.forEach((value, i) => {
        expect(value).toBeCloseTo(asked.samples.values[i]!, 12);
      });
      expect(asked.samples.times).toHaveLength(120);
      expect(recorded.pods).toEqual(asked.pods);
      expect(recorded.podStart).toBe(asked.podStart);
      expect([group.warned, single.warned]).toEqual([[], []]);
      const decided = [recorded, asked].map((reading) =>
        tick(
          {
            now: NOW,
            histories: [reading],
            current: 3,
            conditions: {},
            memory: undefined,
            config: queryOf(workload).target,
          },
          forecaster,
        ),
      );
      expect(decided[0]!.decision.replicas).toBe(decided[1]!.decision.replicas);
      expect(decided[0]!.decision.reason).toBe(decided[1]!.decision.reason);
    },
  );

  test("the world holds what it is about: counts that move, pod starts, kinds that only their owner names", async () => {
    const { readings } = await read(WORKLOADS.whole, { grouped: "auto" });
    expect(readings.map(together)).toEqual(WORKLOADS.whole.map(() => true));
    const of = (name: string) => readings[WORKLOADS.whole.findIndex((workload) => workload.join("/") === name)]!;
    expect([...of("shop/Deployment/lost").pods!.values]).toEqual(Array.from({ length: 20 }, () => 1));
    expect(new Set(of("shop/Deployment/shrunk").pods!.values)).toEqual(new Set([3, 2]));
    expect(of("shop/Deployment/web").podStart).toBeGreaterThan(20);
    expect(of("shop/Deployment/web-api").podStart).toBeUndefined();
  });

  test.each([
    ["hole", "its record has a hole"],
    ["ended", "its record ended 78 s ago"],
    ["gone", "not recorded"],
    ["young", "its record does not cover the window yet"],
    ["uncounted", "its pods are not recorded at all times"],
    ["coarse", "its record is coarser than its step"],
  ])("%s: %s, so its single query is asked, and nobody else's", async (name, why) => {
    const all = [...WORKLOADS.whole, ["faulty", "Deployment", name] as const];
    const { readings, grouped, warned } = await read(all, { grouped: "auto" });
    const single = await read(all.slice(-1), { grouped: "never" });
    expectAlike(readings.slice(-1), single.readings);
    expect(readings.filter((reading) => !together(reading))).toHaveLength(1);
    expect(readings.at(-1)!.samples.times).toHaveLength(120);
    const message = `in use for 10 of 11 metrics; the others are asked for one by one: ${why} (faulty/${name})`;
    expect(grouped).toEqual([{ check: "grouped history", status: "ok", message }]);
    expect(warned).toEqual([]);
  });

  test("two clusters: added up by the single query, as before; with a matcher one of them is read together", async () => {
    const both = ["both", "Deployment", "web"] as const;
    const sum = await read([both], { grouped: "always" });
    expectAlike(sum.readings, (await read([both], { grouped: "never" })).readings);
    expect(sum.grouped[0]!.message).toMatch(/recorded more than once/);
    const [group, single] = [
      await read([both], { grouped: "always", matchers: { cluster: "eu" } }),
      await read([both], { grouped: "never", matchers: { cluster: "eu" } }),
    ];
    expect(together(group.readings[0])).toBe(true);
    expect(group.readings[0]!.pods).toEqual(single.readings[0]!.pods);
    group.readings[0]!.samples.values.forEach((value, i) => {
      expect(value).toBeCloseTo(single.readings[0]!.samples.values[i]!, 12);
    });
  });

  test("a matcher that the record does not have, another window, a query of one's own: single queries", async () => {
    for (const more of [{ matchers: { team: "a" } }, { rateWindow: 120 }, { query: 'sum(up{pod=~"$pods"})' }]) {
      const { readings } = await read(WORKLOADS.whole, { grouped: "always", ...more });
      expect(readings.some(together)).toBe(false);
      expectAlike(readings, (await read(WORKLOADS.whole, { grouped: "never", ...more })).readings);
    }
  });

  test("without the rules: as by single queries, asked for once, and the doctor says how to get them", async () => {
    const group = await read(WORKLOADS.whole, { grouped: "auto" }, raw);
    expectAlike(group.readings, (await read(WORKLOADS.whole, { grouped: "never" }, raw)).readings);
    expect(group.grouped[0]).toMatchObject({ status: "warn", todo: expect.stringContaining("recording") });
    expect(group.grouped[0]!.message).toMatch(/^in use for 0 of 10 metrics; .*nothing is recorded/);
    expect(group.warned).toEqual([]);
  });

  test("few targets are asked for one by one, where nobody wants it otherwise", async () => {
    const few = WORKLOADS.whole.slice(0, 9);
    const { readings, grouped } = await read(few, { grouped: "auto" });
    expect(readings.some(together)).toBe(false);
    expect(grouped).toEqual([
      { check: "grouped history", status: "ok", message: "not in use: from 10 metrics on, here are 9" },
    ]);
    expect((await read(few, { grouped: "never" })).grouped).toEqual([]);
  });
});
