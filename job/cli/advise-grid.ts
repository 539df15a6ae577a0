/** The trials of an advice: settings around the current ones, the HPA at several targets, the recorded replicas, and single changes. */
import { calibrationFor } from "../core/policy/calibration.ts";
import { keepLevel } from "../core/policy/level.ts";
import type { LongHistory } from "../core/series/coarse.ts";
import { metricsOf, type TargetConfig } from "../core/target.ts";
import type { RecordedReplicas, Trial } from "../replay/trials.ts";
import type { ReplayOptions } from "../replay/types.ts";

/** From a quantile with too much time below the demand to one with almost none. */
const QUANTILES = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95] as const;
/** Shares of the current target: more room in each pod, or less. */
const TARGET_FACTORS = [0.85, 1, 1.05, 1.1] as const;
const HPA_TARGETS = [0.5, 0.6, 0.7, 0.8, 0.9] as const;
/** Seconds of a step of the modelled world. */
const STEP = 15;

/** A trial of our own code. */
export type OwnTrial = Trial & { readonly decider: { readonly by: "ours" } };

/** Whether our code decides in this trial. */
export function isOurs<T extends Trial>(trial: T): trial is T & OwnTrial {
  return trial.decider.by === "ours";
}

/** The trials: the current settings first, then the recorded replicas, the HPA and the grid. */
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
  const ours = around(target, options).filter((one) => !isSame(one, { target, options }));
  return [current, ...real, ...hpas, ...ours];
}

/** Every quantile with every targetCpu, around those of a target. */
function around(target: TargetConfig, options: ReplayOptions): readonly OwnTrial[] {
  // several shares come to what one pod serves
  const targets =
    target.targetCpu === undefined
      ? [options.targetCpu]
      : [...new Set(TARGET_FACTORS.map((share) => targetAt(options, share)))];
  return targets.flatMap((targetCpu) => levelsAt(target, { ...options, targetCpu }));
}

/** Every quantile with the targetCpu of the options. */
function levelsAt(target: TargetConfig, options: ReplayOptions): readonly OwnTrial[] {
  if (!metricsOf(target).some(({ name }) => followsTarget(target, name))) return [];
  const levels = target.quantile === undefined ? [undefined, ...QUANTILES] : QUANTILES;
  return levels.map((level) => trialAt(target, options, level));
}

/** Whether a trial has the quantiles and the targetCpu of these settings. */
function isSame(
  { decider, options: { targetCpu } }: OwnTrial,
  { target, options }: { readonly target: TargetConfig; readonly options: ReplayOptions },
): boolean {
  const { quantile, scaleDownQuantile } = decider.target;
  return (
    quantile === target.quantile && scaleDownQuantile === target.scaleDownQuantile && targetCpu === options.targetCpu
  );
}

/** Whether a metric uses the target's level, and not one of its own. */
function followsTarget({ metrics }: TargetConfig, name: string): boolean {
  return metrics.find((metric) => metric.name === name)?.quantile === undefined;
}

/** A pod cannot carry more than it can serve. */
function targetAt({ targetCpu, request }: ReplayOptions, share: number): number {
  return Math.min(request, Number((targetCpu * share).toPrecision(3)));
}

/** A trial at a quantile. `calibration` stays, since another window for each quantile would need another forecast for each. */
function trialAt(target: TargetConfig, options: ReplayOptions, quantile: number | undefined): OwnTrial {
  const { slo, ...fixed } = target;
  const settings = quantile === undefined ? target : { ...fixed, quantile, scaleDownQuantile: keepLevel(quantile) };
  const free = slo === undefined ? "no quantile" : `slo ${slo}`;
  const own = target.targetCpu === undefined ? {} : { targetCpu: options.targetCpu };
  const label = `${quantile === undefined ? free : `quantile ${quantile}`}${target.targetCpu === undefined ? "" : `, targetCpu ${options.targetCpu}`}`;
  return { label, decider: { by: "ours", target: { ...settings, ...own } }, options };
}

/**
 * Worlds with one setting changed each. The changed settings are the first trial of their world, and all quantiles in it follow.
 * Other targets are not tried again: a decision costs more than its share of a forecast. `longHistory` null: there is not enough of it.
 */
export function worldsOf(
  base: OwnTrial,
  current: OwnTrial,
  longHistory: LongHistory | null,
): readonly (readonly OwnTrial[])[] {
  return changesOf(base, longHistory).map((first) => {
    const { calibration } = first.decider.target;
    const others = levelsAt({ ...current.decider.target, calibration }, first.options);
    return [first, ...others.map((one) => ({ ...one, label: `${first.label}, with ${one.label}` }))];
  });
}

function changesOf(base: OwnTrial, longHistory: LongHistory | null): readonly OwnTrial[] {
  const { options } = base;
  const { every, startup } = options;
  const half = (seconds: number) => Math.max(STEP, STEP * Math.round(seconds / 2 / STEP));
  const intervals = [...new Set([half(every), 2 * every])].filter((one) => one !== every);
  const change = (label: string, changed: Partial<ReplayOptions>): OwnTrial => {
    return { ...base, label, options: { ...options, ...changed } };
  };
  const { target } = base.decider;
  const calibration = calibrationFor([target.scaleDownQuantile ?? target.quantile], target.step);
  const calibrated: OwnTrial = {
    ...base,
    label: `calibration ${calibration}s`,
    decider: { by: "ours", target: { ...target, calibration } },
  };
  return [
    ...intervals.map((seconds) => change(`interval ${seconds}s`, { every: seconds })),
    ...(startup >= 2 * STEP ? [change(`podStart ${half(startup)}s`, { startup: half(startup) })] : []),
    ...(calibration === target.calibration ? [] : [calibrated]),
    ...(longHistory && options.longHistory === undefined ? [change("longHistory", { longHistory })] : []),
  ];
}

/**
 * The fields of the file that differ from the current ones, and their values. A default that a new quantile would change is included, where
 * the replay used another value.
 */
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
          ...(calibration === calibrationFor([keep], step) ? [] : [["calibration", calibration] as const]),
        ];
  return [
    ...risk,
    ...(targetCpu === undefined || targetCpu === current.targetCpu ? [] : [["targetCpu", targetCpu] as const]),
  ];
}
