/** The entries of each table of the policy bench. */
import { resolveTarget } from "../../job/config/target-settings.ts";
import { seededRandom } from "../../job/core/forecast/prophet/random.ts";
import type { Peak } from "../../job/core/forecast/types.ts";
import type { TargetConfig } from "../../job/core/target.ts";
import type { EpochSeconds } from "../../job/core/units.ts";
import { type Entry, FRONT } from "./matrix.ts";

/**
 * The higher quantile that the tables show beside the default. It is the least that leaves at most
 * 0.4 of the HPA's unserved load, in both of its figures.
 */
export const HIGH = 0.897;

/** The shares of the time that the tables give to `slo`. */
export const SHARES = [0.003, 0.01, 0.03] as const;

/** The policies of the main table: HPA v2 at 70 % first, which is the reference, then ours and the quick peers. */
export function mainEntries(): Entry[] {
  return [
    { label: "hpa", policy: "hpa" },
    { label: "auto", policy: "auto" },
    ...SHARES.map((slo): Entry => ({ label: sloLabel(slo), policy: "auto", target: { slo } })),
    { label: "auto, quantile 0.7", policy: "auto", target: at(0.7) },
    { label: `auto, quantile ${HIGH}`, policy: "auto", target: at(HIGH) },
    { label: "hpa at 90 %", policy: "hpa", options: { hpaTarget: 0.9 } },
    { label: "hpa + linear forecast", policy: "linear" },
    { label: "static peak", policy: "static" },
    { label: "oracle", policy: "oracle" },
  ];
}

/** The HPA and ours: what says whether an `slo` is met, and whether it was within reach. */
export function ownEntries(): Entry[] {
  return mainEntries().filter(({ label, policy }) => label === "hpa" || policy === "auto");
}

/** The label of the row with this `slo`. */
export function sloLabel(slo: number): string {
  return `auto, slo ${Number((slo * 100).toPrecision(3))} %`;
}

/** The peers that fit anew at each decision, which takes long. */
export function peerEntries(): Entry[] {
  return [
    { label: "hpa", policy: "hpa" },
    { label: "auto", policy: "auto" },
    { label: "the original, each minute", policy: "original" },
    { label: "the original, every 15 s", policy: "original15" },
    { label: "its rule, Prophet's defaults", policy: "prophet" },
    { label: "its rule, mean of the last minute", policy: "mean" },
  ];
}

/** A target's settings at one quantile, with the quantile of scale-in that goes with it by default. */
export function at(quantile: number): Partial<TargetConfig> {
  const { scaleDownQuantile, calibration } = resolveTarget({
    scaleTargetRef: { name: "workload" },
    targetCpu: 1,
    quantile,
  });
  return { quantile, scaleDownQuantile: scaleDownQuantile!, calibration };
}

/** The policies of the front: ours by quantile, and the HPA by its target. */
export function frontEntries(): Entry[] {
  const ours = FRONT.map((quantile): Entry => ({ label: `auto ${quantile}`, policy: "auto", target: at(quantile) }));
  const theirs = [0.5, 0.6, 0.7, 0.8, 0.9].map(
    (hpaTarget): Entry => ({ label: `hpa ${hpaTarget}`, policy: "hpa", options: { hpaTarget } }),
  );
  return [...ours, ...theirs];
}

/** Ours with one assumption changed at a time, at a start-up of 30 s: on metrics, pods, runs or forecast. */
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
    { label: "the last value in place of the pool", policy: "auto", target: { method: "naive" } },
    { label: "forecasts a tenth too low", policy: "auto", forecaster: scaled(() => 0.9) },
    { label: "forecasts a tenth too high", policy: "auto", forecaster: scaled(() => 1.1) },
    { label: "forecasts up to a fifth off, at random", policy: "auto", forecaster: scaled(offByAFifth) },
  ];
}

/** Forecasts times a factor of their origin, the skill as it was: errors that the window does not show. */
function scaled(factorAt: (origin: EpochSeconds) => number): NonNullable<Entry["forecaster"]> {
  return (inner) => (request) => {
    const { start, step, values } = request.series;
    const factor = factorAt(start + (values.length - 1) * step);
    const times = (quantiles: readonly number[]) => quantiles.map((q) => factor * q);
    const peak = ({ max, maxQuantiles }: Peak) => ({ max: factor * max, maxQuantiles: times(maxQuantiles) });
    const forecast = inner(request);
    return { ...forecast, ...peak(forecast), ...(forecast.parts && { parts: forecast.parts.map(peak) }) };
  };
}

const offByAFifth = (origin: EpochSeconds) => 0.8 + 0.4 * seededRandom(origin)();
