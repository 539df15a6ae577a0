/** Policy inputs for tests: one by hand, and any by fast-check. */
import fc from "fast-check";
import type { Lead } from "../../job/core/policy/lead.ts";
import type { Reason } from "../../job/core/policy/reasons.ts";
import type { PolicyInput } from "../../job/core/policy/stage.ts";
import type { Quality, QualityReason } from "../../job/core/series/types.ts";
import { BLANK, recall } from "../../job/core/state/memory.ts";
import type { TargetState } from "../../job/core/state/types.ts";
import { config, NOW } from "./config.ts";
import { forecast } from "./forecaster.ts";
import { series } from "./series.ts";

export const GOOD: Quality = {
  verdict: "act",
  reason: "DataComplete",
  points: 120,
  coverage: 1,
  age: 5,
  message: "120 points",
};

export function quality(verdict: Quality["verdict"], reason: QualityReason): Quality {
  return { ...GOOD, verdict, reason };
}

/** Quantile and demand in cores; 0.5 cores a pod; memory without a past that binds. */
export function policyInput(
  overrides: Partial<PolicyInput> & { quantileCores?: number; upperCores?: number } = {},
): PolicyInput {
  const { quantileCores = 1, upperCores = quantileCores, ...rest } = overrides;
  const settings = rest.config ?? config();
  const current = rest.current ?? 2;
  const levels = rest.levels ?? [...new Set([settings.quantile, settings.scaleDownQuantile ?? settings.quantile])];
  return {
    now: NOW,
    current,
    quality: GOOD,
    demand: 1,
    series: series(new Array(40).fill(1)),
    forecast: forecast({ maxQuantiles: [quantileCores, upperCores].slice(0, levels.length) }),
    levels,
    lead: { seconds: 120, steps: 8, readyAfter: 60, parts: [[0, 8]] },
    config: settings,
    conditions: {},
    memory: { ...BLANK, recommendations: [{ at: NOW, replicas: 0 }] },
    ...rest,
  };
}

/** What happens, its input, and what is decided: action, replicas, reason. */
export type Case = readonly [string, PolicyInput, string, number, Reason];

/** A memory of recommendations, each [seconds ago, replicas]. */
export function remembered(...list: readonly (readonly [number, number])[]): TargetState {
  return { ...BLANK, recommendations: list.map(([ago, replicas]) => ({ at: NOW - ago, replicas })) };
}

const cores = fc.double({ min: 0, max: 20, noNaN: true });
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
const settings = fc
  .record({
    min: fc.integer({ min: 1, max: 10 }),
    span: fc.nat(30),
    up: rules,
    down: rules,
    cooldown: fc.constantFrom(0, 120),
    trust: fc.constantFrom(0.4, 1),
    upper: fc.boolean(),
    fallback: fc.boolean(),
    floor: fc.nat(12),
    ceiling: fc.integer({ min: 1, max: 60 }),
    factor: fc.constantFrom(0.5, 1, 1.5),
    // 22:13 is now, and the lead two minutes: in force, about to begin, about to end, over, far away
    when: fc.constantFrom("00:00 23:59", "00:00 23:59", "22:14 23:00", "22:00 22:14", "21:00 22:13", "23:00 23:30"),
    followSurge: fc.boolean(),
    mode: fc.constantFrom("Active" as const, "Active" as const, "ForecastOnly" as const),
  })
  .map(({ min, span, up, down, cooldown, trust, upper, fallback, floor, ceiling, factor, when, followSurge, mode }) =>
    config({
      mode,
      followSurge,
      minReplicas: min,
      maxReplicas: min + span,
      behavior: { scaleUp: up, scaleDown: down },
      scaleUpCooldown: cooldown,
      scaleDownCooldown: cooldown,
      trustThreshold: trust,
      schedule: [
        {
          name: "any",
          timeZone: "UTC",
          once: { from: `2023-11-14T${when.slice(0, 5)}`, to: `2023-11-14T${when.slice(6)}` },
          minReplicas: floor,
          maxReplicas: ceiling,
          factor,
        },
      ],
      ...(upper ? { scaleDownQuantile: 0.95 } : {}),
      ...(fallback ? { fallback: { after: 100, replicas: 9 } } : {}),
    }),
  );
const past = fc.integer({ min: NOW - 900, max: NOW });
const memory = fc.record({
  recommendations: fc.array(fc.record({ at: past, replicas }), { maxLength: 8 }),
  changes: fc.array(fc.record({ at: past, from: replicas, to: replicas }), { maxLength: 5 }),
  dropHoldUntil: fc.option(fc.integer({ min: NOW - 300, max: NOW + 300 })),
  missingSince: fc.option(past),
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

interface AnyQuantiles {
  readonly asked: number;
  readonly late: number;
  readonly more: number;
  readonly skill: number;
  readonly parted: boolean;
}

function anyForecast({ asked, late, more, skill, parted }: AnyQuantiles) {
  const parts = [asked, late].map((max) => ({ max, maxQuantiles: [max, max + more] }));
  return forecast({ skill, maxQuantiles: [asked, asked + more], ...(parted && { parts }) });
}

/** A calm that ends in a rise of two steps, which may be a surge. */
const risen = fc
  .tuple(fc.array(fc.double({ min: 1, max: 2, noNaN: true }), { minLength: 18, maxLength: 38 }), cores, cores)
  .map(([calm, by, more]) => [...calm, 2 + by, 2 + by + more]);

/** The same as a series. */
export const risenSeries = risen.map((values) => series(values));

/** Any input whose memory has been recalled, as tick does. */
export const anyInput: fc.Arbitrary<PolicyInput> = fc
  .record({
    settings,
    memory,
    data,
    current: replicas,
    demand: cores,
    asked: cores,
    late: cores,
    more: cores,
    parted: fc.boolean(),
    skill: fc.constantFrom(0.3, 0.9, 2, Number.NaN),
    values: fc.oneof(fc.array(cores, { minLength: 2, maxLength: 40 }), risen),
    rollout: fc.boolean(),
    missing: fc.constantFrom(0, 0, 0, 1, 5, 100),
    paused: fc.constantFrom(false, false, true),
    none: fc.constantFrom(false, false, false, true),
  })
  .map((any) => {
    const stored = {
      ...BLANK,
      ...any.memory,
      recommendations: [...any.memory.recommendations].sort((a, b) => a.at - b.at),
      lastWritten: { at: NOW - 60, replicas: any.current, overruled: any.memory.overruled, foreign: true },
    };
    return policyInput({
      config: any.settings,
      current: any.current,
      quality: any.data,
      demand: any.data.verdict === "hold" ? Number.NaN : any.demand,
      series: any.data.verdict === "hold" ? null : series(any.values),
      missing: any.missing,
      conditions: { rollout: any.rollout, paused: any.paused },
      memory: recall(stored, NOW, any.current, any.settings),
      ...(any.parted && { lead: PARTED }),
      forecast: any.none || any.data.verdict === "hold" ? null : anyForecast(any),
    });
  });
