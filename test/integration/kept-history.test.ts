/** A process that lives an hour and asks for new points alone, on a real Prometheus: it decides as one that reads everything, singly or together, in every minute. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prometheusHistory } from "../../job/adapters/prometheus.ts";
import { RECORDS } from "../../job/adapters/prometheus-records.ts";
import { forgetfulState, pretendScaler } from "../../job/cli/world.ts";
import type { TargetConfig } from "../../job/core/target.ts";
import type { HistoryReading, Outcome, Ports } from "../../job/ports.ts";
import { runOnce } from "../../job/run.ts";
import { missingOtlp, otlpPrometheus, skip } from "../cluster/available.ts";
import { startPrometheus, type TestPrometheus } from "../cluster/prometheus.ts";
import { config } from "../fakes/config.ts";
import { prometheusSettings } from "../fault/settings.ts";
import { growingWorld, LATE, NAMES, WORLD_STEP } from "./growing-world.ts";

const START = 1_750_000_005 - (1_750_000_005 % WORLD_STEP);
const targets = (history: number): readonly TargetConfig[] =>
  NAMES.map((name) =>
    config({ name, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name }, targetCpu: 0.2, history }),
  );

/** One way of reading, with replicas and a memory of its own. */
function wayOf(url: string, grouped: "always" | "never", keeps: boolean) {
  const history = prometheusHistory(prometheusSettings(url, { grouped, retries: 0, timeout: 40 }), { keeps });
  const [scaler, state] = [pretendScaler(2), forgetfulState()];
  let readings: readonly (HistoryReading | Error)[] = [];
  const tick = async (now: number, all: readonly TargetConfig[]): Promise<readonly Outcome[]> => {
    const read: Ports["history"]["read"] = async (...asked) => {
      readings = await history.read(...asked);
      return readings;
    };
    const signal = new AbortController().signal;
    const clock = { now: () => now, tick: () => performance.now(), sleep: async () => {}, after: () => signal };
    const reporter = { tick: () => {}, log: () => {} };
    const ports = { history: { now: async () => now, read }, scaler, state, clock, reporter };
    return (await runOnce(ports, all, {})).targets;
  };
  return { tick, readings: () => readings, close: () => history.close() };
}
type Way = ReturnType<typeof wayOf>;
const WAYS = ["single", "singleKept", "grouped", "groupedKept"] as const;

/** Samples that the server has read for queries so far. */
async function samplesOf(url: string): Promise<number> {
  const text = await fetch(`${url}/metrics`).then(
    (answer) => answer.text(),
    () => "",
  );
  return Number(/^prometheus_engine_query_samples_total (\S+)/m.exec(text)?.[1]);
}
/** Those by each way. */
type Cost = Record<string, number>;
/** Some of what happens in that world. */
const REASONS = [
  "appears NoData",
  "busy ForecastQuantile",
  "calm HistoryError",
  "calm StaleData",
  "grows ForecastNotTrusted",
  "half MissingPods",
  "outage SurgeAhead",
  "vanishes NoData",
];
const decisionsOf = (outcomes: readonly Outcome[]) =>
  outcomes.map(({ name, action, from, to, reason }) => ({ name, action, from, to, reason }));

describe.skipIf(skip(missingOtlp()))("a history that is kept", () => {
  let prometheus: TestPrometheus;
  let ways: Readonly<Record<(typeof WAYS)[number], Way>>;
  let world: ReturnType<typeof growingWorld>;
  beforeAll(async () => {
    prometheus = await startPrometheus({
      binary: otlpPrometheus()!,
      flags: ["--web.enable-otlp-receiver"],
      more: { otlp: { translation_strategy: "NoTranslation" } },
    });
    const { url } = prometheus;
    ways = {
      single: wayOf(url, "never", false),
      singleKept: wayOf(url, "never", true),
      grouped: wayOf(url, "always", false),
      groupedKept: wayOf(url, "always", true),
    };
    world = growingWorld(() => prometheus.url, START);
  });
  afterAll(async () => {
    for (const way of Object.values(ways ?? {})) way.close();
    await prometheus?.stop();
  });

  type Readings = Readonly<Record<(typeof WAYS)[number], readonly Outcome[]>>;
  /** One run in each way, one after the other, and the samples that each has cost the server. */
  async function runs(now: number, all: readonly TargetConfig[], cost: Cost): Promise<Readings> {
    const outcomes: Record<string, readonly Outcome[]> = {};
    for (const way of WAYS) {
      const before = await samplesOf(prometheus.url);
      outcomes[way] = await ways[way].tick(now, all);
      cost[way] = (cost[way] ?? 0) + (await samplesOf(prometheus.url)) - before;
    }
    return outcomes as Readings;
  }
  function expectAlike({ single, singleKept, grouped, groupedKept }: Readings, minute: number): void {
    const punctual = (some: readonly Outcome[]) => decisionsOf(some.filter(({ name }) => !LATE.has(name)));
    expect(ways.singleKept.readings(), `minute ${minute}`).toEqual(ways.single.readings());
    expect(ways.groupedKept.readings(), `minute ${minute}`).toEqual(ways.grouped.readings());
    expect(singleKept, `minute ${minute}`).toEqual(single);
    expect(groupedKept, `minute ${minute}`).toEqual(grouped);
    expect(punctual(grouped), `minute ${minute}`).toEqual(punctual(single));
  }
  /** What becomes of everything in a minute: the clock of the source is set back, or ahead; the settings have another window for a while; a target is taken out of them. */
  const nowOf = (minute: number) => START + 60 * minute + 3 + ({ 9: -600, 22: 1800 }[minute] ?? 0);
  const targetsOf = (minute: number) =>
    targets(minute >= 12 && minute < 15 ? 900 : 1800).filter(({ name }) => name !== "busy" || minute < 26);
  const OUTAGE = 18;
  /** Minutes in which the window is read as a whole for one of these reasons. */
  const WHOLE = new Set([0, 9, 10, 12, 15, OUTAGE, 22, 23]);

  const readTogether = (all: readonly TargetConfig[]) =>
    ways.grouped
      .readings()
      .flatMap((reading, i) =>
        reading instanceof Error || !reading.source.startsWith(RECORDS.cores) ? [] : [all[i]!.name],
      );

  test("half an hour of holes, late samples, restarts, outages and steps of the clock: the same decisions, target by target", async () => {
    const [usual, unusual]: readonly [Cost, Cost] = [{}, {}];
    const [reasons, together] = [new Set<string>(), new Set<string>()];
    for (let minute = 0; minute <= 30; minute++) {
      await world.advance(4 * minute);
      if (minute === OUTAGE) await prometheus.pause();
      const outcomes = await runs(nowOf(minute), targetsOf(minute), WHOLE.has(minute) ? unusual : usual);
      if (minute === OUTAGE) await prometheus.resume();
      expectAlike(outcomes, minute);
      for (const { name, reason } of outcomes.single) reasons.add(`${name} ${reason}`);
      for (const name of readTogether(targetsOf(minute))) together.add(name);
    }
    // the world is as eventful as it says
    expect([...together].sort()).toEqual(NAMES.filter((name) => name !== "appears").sort());
    expect([...reasons]).toEqual(expect.arrayContaining(REASONS));
    // a window of half an hour, and hardly a workload without a doubt, which costs a whole reading or a longer one
    expect(usual.singleKept! / usual.single!).toBeLessThan(0.85);
    expect(usual.groupedKept! / usual.grouped!).toBeLessThan(0.85);
  });
});
