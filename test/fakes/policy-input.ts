/** Policy inputs for tests, by hand: one metric, the CPU, unless more are given. */
import type { Reason } from "../../job/core/policy/reasons.ts";
import type { MetricInput, PolicyInput } from "../../job/core/policy/stage.ts";
import type { Quality, QualityReason } from "../../job/core/series/types.ts";
import { BLANK } from "../../job/core/state/memory.ts";
import type { TargetState } from "../../job/core/state/types.ts";
import { type Metric, metricsOf } from "../../job/core/target.ts";
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

/** What is known of one metric: quantiles of the maximum at its two levels, a demand of 1, good data. */
export function metricInput(
  metric: Metric,
  overrides: Partial<MetricInput> & { quantileCores?: number; upperCores?: number } = {},
): MetricInput {
  const { quantileCores = 1, upperCores = quantileCores, ...rest } = overrides;
  const levels = rest.levels ?? [...new Set([metric.quantile ?? 0.7, metric.scaleDownQuantile ?? 0.91])];
  return {
    metric,
    quality: GOOD,
    demand: 1,
    series: series(new Array(40).fill(1)),
    forecast: forecast({ maxQuantiles: [quantileCores, upperCores].slice(0, levels.length) }),
    levels,
    lead: { seconds: 120, steps: 8, readyAfter: 60, parts: [[0, 8]] },
    ...rest,
  };
}

type Given = Partial<PolicyInput> & Partial<Omit<MetricInput, "metric">>;

/** An input with one metric, the CPU: quantile and demand in cores, 0.5 cores a pod; memory without a past that binds. */
export function policyInput(given: Given & { quantileCores?: number; upperCores?: number } = {}): PolicyInput {
  const { now = NOW, current = 2, conditions = {}, metrics, memory, config: settings = config(), ...metric } = given;
  return {
    now,
    current,
    config: settings,
    conditions,
    memory: memory ?? { ...BLANK, recommendations: [{ at: NOW, replicas: 0 }] },
    metrics: metrics ?? [metricInput(metricsOf(settings)[0]!, metric)],
  };
}

/** What happens, its input, and what is decided: action, replicas, reason. */
export type Case = readonly [string, PolicyInput, string, number, Reason];

/** A memory of recommendations, each [seconds ago, replicas]. */
export function remembered(...list: readonly (readonly [number, number])[]): TargetState {
  return { ...BLANK, recommendations: list.map(([ago, replicas]) => ({ at: NOW - ago, replicas })) };
}

/** A memory in which the CPU has been missing for so many seconds. */
export function missing(seconds: number): TargetState {
  const cpu = { lastForecast: null, lastGoodData: null, missingSince: NOW - seconds, incomplete: [] };
  return { ...BLANK, metrics: { cpu } };
}
