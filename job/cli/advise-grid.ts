/** The settings that an advice tries: around the current ones, the HPA at several targets, what was recorded, and one thing changed each. */
import { calibrationFor } from "../config/target-settings.ts";
import { keepLevel } from "../core/policy/level.ts";
import type { LongHistory } from "../core/series/coarse.ts";
import { metricsOf, type TargetConfig } from "../core/target.ts";
import type { RecordedReplicas, Trial } from "../replay/trials.ts";
import type { ReplayOptions } from "../replay/types.ts";

/** From what cannot be afforded to what is hardly ever below the demand. */
const QUANTILES = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95] as const;
/** Shares of the current target: more room in each pod, or less. */
const TARGETS = [0.85, 1, 1.05, 1.1] as const;
const HPA_TARGETS = [0.5, 0.6, 0.7, 0.8, 0.9] as const;
/** Seconds of a step of the modelled world. */
const STEP = 15;

/** A trial of our own code. */
export type OwnTrial = Trial & { readonly decider: { readonly by: "ours" } };

/** Whether our code decides in it. */
export function isOurs<T extends Trial>(trial: T): trial is T & OwnTrial {
  return trial.decider.by === "ours";
}

/** The current settings first, then what was recorded, the HPA and the grid. */
export function gridOf(
  target: TargetConfig,
  options: ReplayOptions,
  recorded: RecordedReplicas | null,
): readonly Trial[] {
  const current: Trial = { label: "current", decider: { by: "ours", target }, options };
  const external = target.targetCpu === undefined;
  const hpas = HPA_TARGETS.map((share): Trial => {
    const label = `HPA at ${Math.round(100 * share)} %`;
    return { label, decider: { by: "hpa", external }, options: { ...options, hpaTarget: share } };
  });
  const real: readonly Trial[] =
    recorded === null ? [] : [{ label: "what really ran", decider: { by: "recorded", replicas: recorded }, options }];
  const free = target.quantile === undefined ? [undefined, ...QUANTILES] : QUANTILES;
  const levels = metricsOf(target).some(({ name }) => followsTarget(target, name)) ? free : [];
  // several shares come to what one pod serves
  const targets = external ? [options.targetCpu] : [...new Set(TARGETS.map((share) => targetAt(options, share)))];
  const ours = targets
    .flatMap((targetCpu) => levels.map((level) => trialAt(target, { ...options, targetCpu }, level)))
    .filter(({ decider, options: { targetCpu } }) => {
      const { quantile, scaleDownQuantile } = decider.target;
      const same = quantile === target.quantile && scaleDownQuantile === target.scaleDownQuantile;
      return !same || targetCpu !== options.targetCpu;
    });
  return [current, ...real, ...hpas, ...ours];
}

/** Whether the level of a metric is the target's, and not one of its own. */
function followsTarget({ metrics }: TargetConfig, name: string): boolean {
  return metrics.find((metric) => metric.name === name)?.quantile === undefined;
}

/** A pod cannot carry more than it can serve. */
function targetAt({ targetCpu, request }: ReplayOptions, share: number): number {
  return Math.min(request, Number((targetCpu * share).toPrecision(3)));
}

/** `calibration` stays: a window of its own for each quantile would be a forecast of its own for each. */
function trialAt(target: TargetConfig, options: ReplayOptions, quantile: number | undefined): OwnTrial {
  const { slo, ...fixed } = target;
  const settings = quantile === undefined ? target : { ...fixed, quantile, scaleDownQuantile: keepLevel(quantile) };
  const free = slo === undefined ? "no quantile" : `slo ${slo}`;
  const own = target.targetCpu === undefined ? {} : { targetCpu: options.targetCpu };
  const label = `${quantile === undefined ? free : `quantile ${quantile}`}${target.targetCpu === undefined ? "" : `, targetCpu ${options.targetCpu}`}`;
  return { label, decider: { by: "ours", target: { ...settings, ...own } }, options };
}

/** The settings, then the same with one thing changed each. `longHistory` absent: there is not enough of it. */
export function changesOf(base: OwnTrial, longHistory: LongHistory | null): readonly Trial[] {
  const { options } = base;
  const { every, startup } = options;
  const half = (seconds: number) => Math.max(STEP, STEP * Math.round(seconds / 2 / STEP));
  const intervals = [...new Set([half(every), 2 * every])].filter((one) => one !== every);
  const change = (label: string, changed: Partial<ReplayOptions>): Trial => {
    return { ...base, label, options: { ...options, ...changed } };
  };
  const { target } = base.decider;
  const calibration = calibrationFor(target.scaleDownQuantile ?? target.quantile ?? 0, target.step);
  const calibrated: Trial = {
    ...base,
    label: `calibration ${calibration}s`,
    decider: { by: "ours", target: { ...target, calibration } },
  };
  return [
    { ...base, label: "as above" },
    ...intervals.map((seconds) => change(`interval ${seconds}s`, { every: seconds })),
    ...(startup >= 2 * STEP ? [change(`pods that start in ${half(startup)} s`, { startup: half(startup) })] : []),
    ...(calibration === target.calibration ? [] : [calibrated]),
    ...(longHistory && options.longHistory === undefined ? [change("longHistory", { longHistory })] : []),
  ];
}

/** The fields of the file that differ from the current ones, and their values; among them a default that a new quantile would bring with it, where that is not what was played. */
export function fieldsOf(advised: Trial, now: Trial): readonly (readonly [string, number])[] {
  if (!isOurs(advised) || !isOurs(now)) return [];
  const [target, current] = [advised.decider.target, now.decider.target];
  const { quantile, targetCpu, calibration, scaleDownQuantile: keep = quantile, step } = target;
  const { quantile: level, scaleDownQuantile = level } = current;
  const risk: readonly (readonly [string, number])[] =
    quantile === undefined || keep === undefined || (quantile === level && keep === scaleDownQuantile)
      ? []
      : [
          ["quantile", quantile],
          ...(scaleDownQuantile === undefined || (level !== undefined && scaleDownQuantile === keepLevel(level))
            ? []
            : [["scaleDownQuantile", keep] as const]),
          ...(calibration === calibrationFor(keep, step) ? [] : [["calibration", calibration] as const]),
        ];
  return [
    ...risk,
    ...(targetCpu === undefined || targetCpu === current.targetCpu ? [] : [["targetCpu", targetCpu] as const]),
  ];
}
