/** Any input of the policy, by fast-check: one to three metrics, some missing, with and without a way to 0. */
import fc from "fast-check";
import type { Lead } from "../../job/core/policy/lead.ts";
import type { MetricInput, PolicyInput } from "../../job/core/policy/stage.ts";
import { BLANK, recall } from "../../job/core/state/memory.ts";
import { type MetricSettings, metricsOf } from "../../job/core/target.ts";
import { config, NOW } from "./config.ts";
import { forecast } from "./forecaster.ts";
import { GOOD, metricInput, quality } from "./policy-input.ts";
import { series } from "./series.ts";

const amount = fc.double({ min: 0, max: 20, noNaN: true });
const replicas = fc.integer({ min: 1, max: 40 });
const rules = fc.record({
  stabilizationWindowSeconds: fc.constantFrom(0, 60, 300),
  selectPolicy: fc.constantFrom("Max" as const, "Min" as const, "Disabled" as const),
  policies: fc.array(
    fc.record({
      type: fc.constantFrom("Pods" as const, "Percent" as const),
      value: fc.integer({ min: 1, max: 100 }),
      periodSeconds: fc.constantFrom(15, 60, 300),
    }),
    { maxLength: 2 },
  ),
  tolerance: fc.constantFrom(0, 0.1, 0.3),
});
/** Metrics beside the CPU. */
const others = fc
  .array(
    fc.record(
      {
        averageValue: fc.constantFrom(0.3, 2),
        activation: fc.constantFrom(0, 3),
        quantile: fc.constant(0.6),
      },
      { requiredKeys: ["averageValue"] },
    ),
    { maxLength: 2 },
  )
  .map((list) => list.map((metric, i): MetricSettings => ({ name: `m${i}`, query: "x", ...metric })));
const calendar = fc
  .record({
    floor: fc.nat(12),
    ceiling: fc.integer({ min: 1, max: 60 }),
    factor: fc.constantFrom(0.5, 1, 1.5),
    // 22:13 is now, and the lead two minutes: in force, about to begin, about to end, over, far away
    when: fc.constantFrom("00:00 23:59", "00:00 23:59", "22:14 23:00", "22:00 22:14", "21:00 22:13", "23:00 23:30"),
  })
  .map(({ floor, ceiling, factor, when }) => ({
    name: "any",
    timeZone: "UTC",
    once: { from: `2023-11-14T${when.slice(0, 5)}`, to: `2023-11-14T${when.slice(6)}` },
    minReplicas: floor,
    maxReplicas: ceiling,
    factor,
  }));
/** Any target: rules, limits, schedule, one to three metrics. */
export const anyTarget = fc
  .record({
    min: fc.constantFrom(0, 0, 1, 4, 10),
    span: fc.nat(30),
    up: rules,
    down: rules,
    cooldown: fc.constantFrom(0, 120),
    trustThreshold: fc.constantFrom(0.4, 1),
    upper: fc.boolean(),
    fallback: fc.boolean(),
    calendar,
    followSurge: fc.boolean(),
    mode: fc.constantFrom("Active" as const, "Active" as const, "ForecastOnly" as const),
    metrics: others,
    cpu: fc.constantFrom(true, true, false),
  })
  .map((any) => {
    const zero = any.metrics.some(({ activation }) => activation !== undefined);
    const minReplicas = zero ? any.min : Math.max(1, any.min);
    const { targetCpu, ...rest } = config({
      mode: any.mode,
      followSurge: any.followSurge,
      metrics: any.metrics,
      minReplicas,
      maxReplicas: Math.max(1, minReplicas + any.span),
      behavior: { scaleUp: any.up, scaleDown: any.down },
      scaleUpCooldown: any.cooldown,
      scaleDownCooldown: any.cooldown,
      trustThreshold: any.trustThreshold,
      schedule: [any.calendar],
      ...(any.upper ? { scaleDownQuantile: 0.95 } : {}),
      ...(any.fallback ? { fallback: { after: 100, replicas: 9 } } : {}),
    });
    // without CPU there must be another metric
    return any.cpu || any.metrics.length === 0 ? { ...rest, targetCpu: targetCpu! } : rest;
  });
const past = fc.integer({ min: NOW - 900, max: NOW });
const missingSince = fc
  .option(past)
  .map((at) => ({ lastForecast: null, lastGoodData: null, missingSince: at, incomplete: [] }));
const memory = fc.record({
  recommendations: fc.array(fc.record({ at: past, replicas: fc.nat(40) }), { maxLength: 8 }),
  changes: fc.array(fc.record({ at: past, from: replicas, to: replicas }), { maxLength: 5 }),
  dropHoldUntil: fc.option(fc.integer({ min: NOW - 300, max: NOW + 300 })),
  metrics: fc.record({ cpu: missingSince, m0: missingSince, m1: missingSince }),
  overruled: fc.constantFrom(0, 0, 0, 3),
});
const data = fc.constantFrom(
  GOOD,
  GOOD,
  GOOD,
  quality("upOnly", "GapsInData"),
  quality("upOnly", "PartialAnswer"),
  quality("hold", "StaleData"),
  quality("hold", "NoData"),
);

const PARTED: Lead = {
  seconds: 120,
  steps: 8,
  readyAfter: 60,
  parts: [
    [0, 4],
    [4, 8],
  ],
};

/** A calm that ends in a rise of two steps, which may be a surge. */
const risen = fc
  .tuple(fc.array(fc.double({ min: 1, max: 2, noNaN: true }), { minLength: 18, maxLength: 38 }), amount, amount)
  .map(([calm, by, more]) => [...calm, 2 + by, 2 + by + more]);

/** The same as a series. */
export const risenSeries = risen.map((values) => series(values));

const metric = fc.record({
  data,
  demand: fc.oneof(amount, fc.constant(0)),
  asked: fc.oneof(amount, fc.constant(0)),
  late: amount,
  more: amount,
  parted: fc.boolean(),
  skill: fc.constantFrom(0.3, 0.9, 2, Number.NaN),
  values: fc.oneof(fc.array(amount, { minLength: 2, maxLength: 40 }), risen),
  missing: fc.constantFrom(0, 0, 0, 1, 5, 100),
  none: fc.constantFrom(false, false, false, true),
});
type AnyMetric = typeof metric extends fc.Arbitrary<infer T> ? T : never;

function forecastOf({ asked, late, more, skill, parted }: AnyMetric) {
  const parts = [asked, late].map((max) => ({ max, maxQuantiles: [max, max + more] }));
  return forecast({ skill, maxQuantiles: [asked, asked + more], ...(parted && { parts }) });
}

function seen(of: MetricInput["metric"], any: AnyMetric): MetricInput {
  const held = any.data.verdict === "hold";
  return metricInput(of, {
    quality: any.data,
    missing: any.missing,
    demand: held ? Number.NaN : any.demand,
    series: held ? null : series(any.values),
    ...(any.parted && { lead: PARTED }),
    forecast: any.none || held ? null : forecastOf(any),
  });
}

/** Any input whose memory has been recalled, as tick does. */
export const anyInput: fc.Arbitrary<PolicyInput> = fc
  .record({
    settings: anyTarget,
    memory,
    current: fc.oneof(replicas, replicas, fc.constantFrom(0, 1)),
    metrics: fc.tuple(metric, metric, metric),
    rollout: fc.boolean(),
    paused: fc.constantFrom(false, false, true),
  })
  .map((any) => {
    const stored = {
      ...BLANK,
      ...any.memory,
      recommendations: [...any.memory.recommendations].sort((a, b) => a.at - b.at),
      lastWritten: { at: NOW - 60, replicas: any.current, overruled: any.memory.overruled, foreign: true },
    };
    return {
      now: NOW,
      config: any.settings,
      current: any.current,
      conditions: { rollout: any.rollout, paused: any.paused },
      memory: recall(stored, NOW, any.current, any.settings),
      metrics: metricsOf(any.settings).map((of, i) => seen(of, any.metrics[i]!)),
    };
  });
