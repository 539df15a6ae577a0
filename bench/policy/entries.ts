/** What the policy bench compares: entries of each table. */
import { resolveTarget } from "../../job/config/target-settings.ts";
import type { TargetConfig } from "../../job/core/target.ts";
import { type Entry, FRONT } from "./matrix.ts";

/** The higher quantile that the tables show beside the default: the least that leaves 0.4 of the HPA's unserved load at most, in both of its figures. */
export const HIGH = 0.897;

/** Ours and its peers at one start-up time. The reference, HPA v2 with its defaults at 70 %, comes first. */
export function mainEntries(): Entry[] {
  return [
    { label: "hpa", policy: "hpa" },
    { label: "auto", policy: "auto" },
    { label: `auto, quantile ${HIGH}`, policy: "auto", target: at(HIGH) },
    { label: "auto, every 15 s", policy: "auto", options: { every: 15 } },
    { label: "hpa at 90 %", policy: "hpa", options: { hpaTarget: 0.9 } },
    { label: "hpa + linear forecast", policy: "linear" },
    { label: "the original, each minute", policy: "original" },
    { label: "the original, every 15 s", policy: "original15" },
    { label: "its rule, Prophet's defaults", policy: "prophet" },
    { label: "its rule, mean of the last minute", policy: "mean" },
    { label: "static peak", policy: "static" },
    { label: "oracle", policy: "oracle" },
  ];
}

/** A target's settings at a quantile: what goes with it by default. */
function at(quantile: number): Partial<TargetConfig> {
  const { scaleDownQuantile, calibration } = resolveTarget({
    scaleTargetRef: { name: "workload" },
    targetCpu: 1,
    quantile,
  });
  return { quantile, scaleDownQuantile: scaleDownQuantile!, calibration };
}

/** The front of ours over quantiles, and of HPA over targets. */
export function frontEntries(): Entry[] {
  const ours = FRONT.map((quantile): Entry => ({ label: `auto ${quantile}`, policy: "auto", target: at(quantile) }));
  const theirs = [0.5, 0.6, 0.7, 0.8, 0.9].map(
    (hpaTarget): Entry => ({ label: `hpa ${hpaTarget}`, policy: "hpa", options: { hpaTarget } }),
  );
  return [...ours, ...theirs];
}

/** One setting changed at a time, at 30 s start-up. */
export function sensitivityEntries(): Entry[] {
  return [
    { label: "hpa", policy: "hpa" },
    { label: "auto, as in the first table", policy: "auto" },
    { label: "metrics 15 s late", policy: "auto", options: { metricLag: 15 } },
    { label: "metrics 30 s late", policy: "auto", options: { metricLag: 30 } },
    { label: "hpa, metrics 30 s late", policy: "hpa", options: { metricLag: 30 } },
    { label: "target CPU 80 % of the request", policy: "auto", options: { targetCpu: 0.4 } },
    { label: "target CPU 100 % of the request", policy: "auto", options: { targetCpu: 0.5 } },
    { label: "a run every 15 s", policy: "auto", options: { every: 15 } },
    { label: "a run every 30 s", policy: "auto", options: { every: 30 } },
    { label: "a run every 2 minutes", policy: "auto", options: { every: 120 } },
    { label: "quantiles of half an hour", policy: "auto", target: { calibration: 1800 } },
    { label: "the last value in place of the pool", policy: "auto", target: { method: "naive" } },
  ];
}
