/** One tick over several metrics: each is judged and forecast by itself, the largest wins, a missing one forbids scale-in only. */
import { describe, expect, it } from "vitest";
import type { ForecastRequest } from "../../job/core/forecast/types.ts";
import type { TickHistory, TickInput } from "../../job/core/policy/observe.ts";
import { BLANK, BLANK_METRIC } from "../../job/core/state/memory.ts";
import type { MetricSettings, TargetConfig } from "../../job/core/target.ts";
import { tick } from "../../job/core/tick.ts";
import { behavior, config, NOW } from "../fakes/config.ts";
import { last } from "../fakes/forecaster.ts";
import { samplesOf } from "../fakes/series.ts";

const REQUESTS: MetricSettings = { name: "requests", query: "x", averageValue: 50, unit: "requests/s" };
const settings = (more: Partial<TargetConfig> = {}) =>
  config({ metrics: [REQUESTS], behavior: behavior({}, { stabilizationWindowSeconds: 0 }), ...more });

function history(value: (i: number) => number, points = 120): TickHistory {
  return { samples: samplesOf(value, { end: NOW - 5, points }), partial: false, seriesCount: 1 };
}

/** CPU in cores, 0.5 a pod, and requests a second, 50 a pod; the last is what is remembered. */
function input(cpu: TickHistory | null, requests: TickHistory | null, more: Partial<TickInput> = {}): TickInput {
  const memory = { ...BLANK, recommendations: [{ at: NOW - 60, replicas: 1 }] };
  return { now: NOW, histories: [cpu, requests], current: 4, conditions: {}, memory, config: settings(), ...more };
}

const decided = (of: TickInput) => tick(of, last).decision;
const level = (value: number) => history(() => value);

describe("several metrics", () => {
  it("the largest recommendation wins, and says which and why", () => {
    const both = decided(input(level(0.6), level(390)));
    expect(both).toMatchObject({ action: "scale", replicas: 8, reason: "ForecastQuantile" });
    expect(both.message).toMatch(/^requests: 390 requests\/s at quantile 0.8 .* need 8; cpu 2, requests 8$/);
    expect(decided(input(level(4.6), level(390))).replicas).toBe(10);
    expect(decided(input(level(0.6), level(80))).replicas).toBe(2);
  });

  it("a missing one forbids scale-in, by name, and does not stop the others from scaling out", () => {
    const held = decided(input(level(0.6), null));
    expect(held).toMatchObject({ action: "hold", replicas: 4, reason: "MetricMissing" });
    expect(held.message).toContain("no scale-in without requests (there was no answer");
    expect(decided(input(level(3.6), null))).toMatchObject({ replicas: 8, reason: "ForecastQuantile" });
    expect(decided(input(null, level(390)))).toMatchObject({ replicas: 8, reason: "ForecastQuantile" });
    expect(decided(input(null, null))).toMatchObject({ replicas: 4, reason: "NoData" });
  });

  it("one that is partly there may add and takes none away", () => {
    const part = { ...level(80), partial: true };
    expect(decided(input(level(0.6), part))).toMatchObject({ replicas: 4, reason: "UpOnlyOnPartialData" });
    expect(decided(input(level(0.6), { ...level(390), partial: true })).replicas).toBe(8);
  });

  it("each has its own memory of forecasts, data and their absence", () => {
    const { memory } = tick(input(level(1), null), last);
    expect(memory.metrics).toMatchObject({
      cpu: { lastForecast: { quantile: 1 }, lastGoodData: NOW, missingSince: null },
      requests: { lastForecast: null, lastGoodData: null, missingSince: NOW },
    });
    const later = tick(input(null, level(100), { now: NOW + 60, memory }), last).memory;
    expect(later.metrics).toMatchObject({
      cpu: { lastForecast: { quantile: 1 }, lastGoodData: NOW, missingSince: NOW + 60 },
      requests: { lastForecast: { quantile: 100 }, lastGoodData: NOW + 60, missingSince: null },
    });
  });

  it("the fallback is for each that is missing for long, beside what the others ask for", () => {
    const metrics = { requests: { ...BLANK_METRIC, missingSince: NOW - 700 } };
    const memory = { ...BLANK, recommendations: [{ at: NOW - 60, replicas: 1 }], metrics };
    const fallback = settings({ fallback: { after: 600, replicas: 6 } });
    const given = { memory, config: fallback };
    expect(decided(input(level(0.6), null, given))).toMatchObject({ replicas: 6, reason: "FallbackReplicas" });
    expect(decided(input(level(4.6), null, given)).replicas).toBe(10);
  });

  it("has levels, a lead and a trust of its own", () => {
    const asked: ForecastRequest[] = [];
    const sharp = settings({ metrics: [{ ...REQUESTS, quantile: 0.9, scaleDownQuantile: 0.99 }] });
    const late = { samples: samplesOf(() => 100, { end: NOW - 95 }), partial: false, seriesCount: 1 };
    tick(input(level(1), late, { config: sharp }), (request) => {
      asked.push(request);
      return last(request);
    });
    expect(asked.map(({ levels }) => levels)).toEqual([[0.8], [0.9, 0.99]]);
    expect(asked.map(({ leadSteps }) => leadSteps)).toEqual([8, 13]);
  });

  it("only the CPU is measured against what pods can burn, and only its bursts are not learned", () => {
    const limited = settings({ podCpuLimit: 0.5 });
    const seen: number[] = [];
    const rollouts = [[NOW - 300, NOW - 240]] as const;
    const memory = { ...BLANK, recommendations: [{ at: NOW - 60, replicas: 1 }], rollouts };
    const burst = (base: number) => history((i) => (i >= 100 && i < 104 ? 9 * base : base));
    const { decision } = tick(input(burst(0.2), burst(100), { config: limited, memory }), (request) => {
      seen.push(Math.max(...request.series.values));
      return last(request);
    });
    expect(seen).toEqual([0.2, 900]);
    expect(decision.reason).not.toBe("AboveCapacity");
    expect(tick(input(level(0), level(0)), last).record.metrics.map(({ quality }) => quality.reason)).toEqual([
      "ZeroUsage",
      "DataComplete",
    ]);
  });

  it("a metric far above what all pods should carry is a surge, however the CPU's would be read", () => {
    // whole numbers far above what is useful would be milli-cores, and those that only rise a counter, were they cores
    for (const many of [history(() => 400_000), history((i) => 4_000 + 200 * i)]) {
      const { decision, record } = tick(input(level(0.6), many), last);
      expect(record.metrics.map(({ quality }) => quality.verdict)).toEqual(["act", "act"]);
      expect(decision).toMatchObject({ action: "scale", replicas: 100 });
      expect(tick(input(many, level(80)), last).record.metrics[0]!.quality.reason).toBe("AboveCapacity");
    }
  });

  it("a rollout's burst of CPU is not bought, what comes from elsewhere is", () => {
    const rollout = { conditions: { rollout: true } };
    const rising = (base: number) => ({ ...level(base) });
    const quick: typeof last = (request) => {
      const { maxQuantiles, ...rest } = last(request);
      return { ...rest, maxQuantiles: maxQuantiles.map((value) => 2 * value) };
    };
    // 2.4 cores need 5 pods now and 10 as forecast; 240 requests 5 and 10
    expect(tick(input(rising(2.4), level(40), rollout), quick).decision.replicas).toBe(5);
    expect(tick(input(rising(0.4), level(240), rollout), quick).decision.replicas).toBe(10);
  });
});

describe("a target without CPU", () => {
  const alone = (() => {
    const { targetCpu: _none, ...rest } = settings();
    return rest;
  })();

  it("scales on its one metric", () => {
    const given = { ...input(level(390), null), histories: [level(390)], config: alone };
    expect(tick(given, last).decision).toMatchObject({ replicas: 8, reason: "ForecastQuantile" });
    expect(tick(given, last).decision.message).toContain("390 requests/s");
  });

  it("at 0 and back: the CPU's hole of that time is no fault of its data", () => {
    const queue = { ...REQUESTS, name: "queue", activation: 0 };
    const zero = settings({ metrics: [queue], minReplicas: 0, idlePeriod: 60, minCoverage: 0.8 });
    // CPU until twenty minutes ago, then nothing, then six minutes of two busy pods
    const { samples } = level(0.9);
    const there = [...samples.times.keys()].filter((i) => i < 40 || i >= 96);
    const [times, values] = [samples.times, samples.values].map((all) => Float64Array.from(there, (i) => all[i]!));
    const holed = { ...level(0.9), samples: { times: times!, values: values! } };
    const given = input(holed, level(0), { config: zero, current: 3 });
    expect(tick({ ...given, config: settings({ minCoverage: 0.8 }) }, last).record.metrics[0]!.quality.reason).toBe(
      "GapsInData",
    );
    expect(tick(given, last).record.metrics[0]!.quality).toMatchObject({ verdict: "act" });
    expect(tick(given, last).decision).toMatchObject({ replicas: 2 });
  });
});
