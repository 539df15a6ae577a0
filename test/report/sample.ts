/** A tick's record by hand, for the tests of the reports: a wave of 300 s and what might be forecast of it. */
import { resolveTarget } from "../../job/config/target-settings.ts";
import type { MetricRecord, TickRecord } from "../../job/core/policy/types.ts";
import { metricsOf, type TargetConfig } from "../../job/core/target.ts";
import type { Outcome } from "../../job/ports.ts";

export const SAMPLE_START = 1_700_000_000;
const STEP = 15;
const N = 60;
const wave = (i: number) => 0.3 + 0.2 * Math.sin((2 * Math.PI * i) / 20);

export const SAMPLE_TARGET: TargetConfig = resolveTarget({
  namespace: "shop",
  scaleTargetRef: { name: "web" },
  targetCpu: 0.05,
});

/** The record; two points of its window are filled. */
export function sampleRecord(overrides: Partial<MetricRecord> = {}): TickRecord {
  const path = Float64Array.from({ length: 7 }, (_, k) => wave(N + k));
  const filled = new Uint8Array(N);
  filled[10] = 1;
  filled[11] = 1;
  return {
    now: SAMPLE_START + (N - 1) * STEP + 3,
    heldSince: null,
    metrics: [
      {
        metric: { ...metricsOf(SAMPLE_TARGET)[0]!, quantile: 0.9 },
        quality: { verdict: "act", reason: "DataComplete", points: 58, coverage: 0.97, age: 3, message: "58 points" },
        demand: 0.24,
        lead: 105,
        readyAfter: 45,
        quantile: 0.47,
        level: 0.9,
        forecast: {
          method: "auto",
          path,
          lower: path.map((y) => y - 0.05),
          upper: path.map((y) => y + 0.05),
          mean: 0.35,
          max: 0.44,
          meanQuantiles: [0.4],
          maxQuantiles: [0.47],
          skill: 0.3,
          coverage: 0.9,
          modelWeights: { fourier: 0.7, last: 0.28, rare: 0.02 },
          period: 300,
          origins: 40,
        },
        series: {
          start: SAMPLE_START,
          step: STEP,
          values: Float64Array.from({ length: N }, (_, i) => wave(i)),
          filled,
        },
        replicas: 10,
        ...overrides,
      },
    ],
    recommendation: 10,
    decision: {
      blind: false,
      otherWriter: null,
      action: "scale",
      current: 6,
      replicas: 10,
      reason: "ForecastQuantile",
      message: "0.47 cores needs 10",
      trail: [
        { stage: "data", from: 6, to: 6, reason: "DataComplete", message: "58 points" },
        { stage: "forecast", from: 6, to: 10, reason: "ForecastQuantile", message: "0.47 cores needs 10" },
      ],
    },
  };
}

export const OUTCOME: Outcome = {
  namespace: "shop",
  name: "web",
  object: "Deployment/web",
  sets: "replicas",
  action: "scaled",
  from: 6,
  to: 10,
  reason: "ForecastQuantile",
  message: "0.47 cores needs 10",
  forecast: { max: 0.44, quantile: 0.47, level: 0.9, method: "auto" },
  metrics: [],
  trail: sampleRecord().decision.trail,
};
