/** To 0 and back: only where it may, after a whole idle period, and at the first sign of demand or a forecast of it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "../../../job/core/policy/decide.ts";
import type { MetricInput, PolicyInput } from "../../../job/core/policy/stage.ts";
import { BLANK } from "../../../job/core/state/memory.ts";
import { type MetricSettings, metricsOf, type TargetConfig } from "../../../job/core/target.ts";
import { behavior, config, NOW } from "../../fakes/config.ts";
import { forecast } from "../../fakes/forecaster.ts";
import { metricInput, quality } from "../../fakes/policy-input.ts";
import { series } from "../../fakes/series.ts";

const QUEUE: MetricSettings = { name: "queue", query: "x", averageValue: 10, activation: 2, unit: "messages" };
const window = behavior({}, { stabilizationWindowSeconds: 10 });
const settings = (more: Partial<TargetConfig> = {}) =>
  config({ minReplicas: 0, idlePeriod: 300, metrics: [QUEUE], behavior: window, ...more });

const QUIET = { demand: 1, forecast: forecast({ maxQuantiles: [0, 0] }), series: series(new Array(40).fill(0)) };
/** An idle pod burns a hundredth of its target. */
const IDLE = { demand: 0.005, forecast: forecast({ maxQuantiles: [0.005, 0.005] }) };

interface Given {
  readonly current?: number;
  readonly queue?: Partial<MetricInput>;
  readonly cpu?: Partial<MetricInput>;
  readonly config?: TargetConfig;
  readonly input?: Partial<PolicyInput>;
}

function inputOf({ current = 1, queue = {}, cpu = {}, config: of = settings(), input = {} }: Given = {}): PolicyInput {
  const metrics = metricsOf(of).map((metric) =>
    metricInput(metric, metric.name === "cpu" ? { ...IDLE, ...cpu } : { ...QUIET, ...queue }),
  );
  const memory = { ...BLANK, recommendations: [{ at: NOW - 400, replicas: 0 }] };
  return { now: NOW, current, config: of, conditions: {}, memory, metrics, ...input };
}
const to = (given: Given) => decide(inputOf(given)).decision.replicas;
const remembering = (ago: number, replicas: number) => ({
  memory: { ...BLANK, recommendations: [{ at: NOW - ago, replicas }] },
});
const above = forecast({ maxQuantiles: [3, 3] });

describe("to 0", () => {
  it("goes the last pod that nothing asks for", () => {
    expect(decide(inputOf()).decision).toMatchObject({ action: "scale", replicas: 0, reason: "Inactive" });
    const { targetCpu, ...without } = settings();
    expect(targetCpu).toBe(0.5);
    expect(to({ config: without })).toBe(0);
  });

  it.each<[string, Given, number]>([
    ["minReplicas 1", { config: settings({ minReplicas: 1 }) }, 1],
    ["demand above the activation", { queue: { demand: 2.1 } }, 1],
    ["a forecast above it", { queue: { forecast: above } }, 1],
    [
      "a higher quantile above it",
      { queue: { forecast: forecast({ maxQuantiles: [0, 3] }) }, config: settings({ scaleDownQuantile: 0.9 }) },
      1,
    ],
    ["a recommendation within the idle period", { input: remembering(299, 1) }, 1],
    ["the queue is not known", { queue: { quality: quality("hold", "NoData"), demand: Number.NaN } }, 1],
    ["the queue is known in part", { queue: { quality: quality("upOnly", "PartialAnswer") } }, 1],
    ["another metric asks for two pods", { cpu: { demand: 0.6 } }, 2],
    ["a rollout runs", { input: { conditions: { rollout: true } } }, 1],
    ["the demand has just dropped", { input: { memory: { ...BLANK, dropHoldUntil: NOW + 60 } } }, 1],
  ])("not while: %s", (_, given, replicas) => {
    expect(to(given)).toBe(replicas);
  });

  it("goes from many pods to one while the idle period runs", () => {
    expect(to({ current: 7, input: remembering(200, 7) })).toBe(1);
    expect(to({ current: 7, input: remembering(400, 0) })).toBe(0);
  });

  it("is not kept by data of an idle pod's CPU that have holes, or are missing", () => {
    expect(to({ cpu: { quality: quality("upOnly", "GapsInData") } })).toBe(0);
    expect(to({ cpu: { quality: quality("hold", "NoData"), demand: Number.NaN } })).toBe(0);
  });
});

describe("from 0", () => {
  const none = { quality: quality("hold", "NoData"), demand: Number.NaN, forecast: null, series: null };

  it("stays there without demand, and takes missing CPU for what it is: no pods, no CPU", () => {
    const { decision, metrics } = decide(inputOf({ current: 0, cpu: none }));
    expect(decision).toMatchObject({ action: "keep", replicas: 0, reason: "DesiredWithinRange" });
    expect(metrics.map(({ state }) => state)).toEqual(["podless", "usable"]);
  });

  it.each<[string, Given, number]>([
    ["demand", { queue: { demand: 25, forecast: forecast({ maxQuantiles: [0, 0] }) } }, 3],
    ["the least of it", { queue: { demand: 2.0001 } }, 1],
    ["a forecast within the lead", { queue: { forecast: above } }, 1],
    [
      "a floor of the calendar, a lead early",
      {
        config: settings({
          schedule: [
            {
              name: "day",
              timeZone: "UTC",
              once: { from: "2023-11-14T22:15", to: "2023-11-15T00:00" },
              minReplicas: 4,
            },
          ],
        }),
      },
      4,
    ],
  ])("comes back for %s", (_, given, replicas) => {
    expect(to({ current: 0, cpu: none, ...given })).toBe(replicas);
  });

  it("whatever cooldowns, percentages and windows of the past say", () => {
    const policies = [{ type: "Percent", value: 50, periodSeconds: 60 }] as const;
    const held = settings({ scaleUpCooldown: 600, behavior: behavior({ policies }) });
    const changes = [{ at: NOW - 30, from: 1, to: 0 }];
    const input = { memory: { ...BLANK, recommendations: [{ at: NOW - 30, replicas: 0 }], changes } };
    const of = (queue: Partial<MetricInput>, memory = input.memory) =>
      to({ current: 0, cpu: none, config: held, queue, input: { memory } });
    // one pod was there a minute ago, and half more than one is two; half more than none is the first
    expect([of({ demand: 25 }), of({ demand: 25 }, { ...input.memory, changes: [] })]).toEqual([2, 1]);
    expect(of({ demand: 0, forecast: above })).toBe(1);
  });

  it("holds at 0 while the queue is not known, and takes the fallback after its time", () => {
    expect(decide(inputOf({ current: 0, cpu: none, queue: none })).decision).toMatchObject({
      action: "hold",
      replicas: 0,
      reason: "NoData",
    });
    const queue = { lastForecast: null, lastGoodData: null, missingSince: NOW - 700, incomplete: [] };
    const memory = { ...BLANK, recommendations: [{ at: NOW, replicas: 0 }], metrics: { queue } };
    const fallback = settings({ fallback: { after: 600, replicas: 3 } });
    expect(to({ current: 0, cpu: none, queue: none, config: fallback, input: { memory } })).toBe(3);
  });

  it("is disabled as in HPA where nothing can tell when a pod is needed", () => {
    const plain = { ...QUEUE, activation: undefined };
    const cases = [
      settings({ minReplicas: 1 }),
      settings({ metrics: [] }),
      settings({ metrics: [plain as unknown as MetricSettings] }),
    ];
    const reasons = cases
      .slice(0, 2)
      .map((of) => decide(inputOf({ current: 0, config: of, queue: { demand: 99 } })).decision.reason);
    expect(reasons).toEqual(["ScalingDisabled", "ScalingDisabled"]);
  });
});

describe("over time", () => {
  it("a demand that comes and goes at random always has a pod while it is there, and none a period after it", () => {
    const gaps = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 12 })), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(gaps, (list) => {
        const demands = list.flatMap(([busy, quiet]) => [...new Array(busy).fill(25), ...new Array(quiet).fill(0)]);
        let current = 0;
        let recommendations = [{ at: NOW - 400, replicas: 0 }];
        let idle = 99;
        demands.forEach((demand, minute) => {
          const now = NOW + 60 * minute;
          const memory = { ...BLANK, recommendations };
          const given = inputOf({
            current,
            queue: { demand },
            cpu: current === 0 ? none() : IDLE,
            input: { now, memory },
          });
          const { decision, recommendation } = decide(given);
          current = decision.replicas;
          recommendations = [...recommendations, { at: now, replicas: recommendation ?? 0 }];
          idle = demand > 0 ? 0 : idle + 1;
          if (demand > 0) expect(current).toBe(3);
          else expect([idle, current]).toEqual([idle, idle >= 5 ? 0 : 1]);
        });
      }),
      { numRuns: 200 },
    );
  });

  function none() {
    return { quality: quality("hold", "NoData"), demand: Number.NaN, forecast: null, series: null };
  }
});
