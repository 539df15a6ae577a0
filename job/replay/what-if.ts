/** Finds what would have changed a past decision: the same decision with one thing changed. */
import { calibrationFor } from "../core/policy/calibration.ts";
import { keepLevel } from "../core/policy/level.ts";
import { leadingMetric } from "../core/policy/types.ts";
import { readWindow, type ScalingRules, type TargetConfig } from "../core/target.ts";
import type { Probability, Replicas } from "../core/units.ts";
import type { HistoryReading } from "../ports.ts";
import { decideFrom, type PastInput } from "./past.ts";

/** A change, and the replicas that it would have given. */
export interface Alternative {
  /** What is changed: the load by a factor, or a setting. */
  readonly change:
    | { readonly load: number }
    | { readonly setting: string; readonly value: string; readonly was: string };
  readonly replicas: Replicas;
}

/** Loads from a quarter to four times the measured one are tried. */
const LOAD_FACTORS = [1.01, 1.02, 1.05, 1.1, 1.2, 1.35, 1.6, 2, 3, 4];
/** The factor is found to a hundredth. */
const FACTOR_PRECISION = 0.005;
/** The largest maxReplicas that is accepted. */
const UNLIMITED_REPLICAS = 100_000;
/** The most characters of a value that are shown. */
const MAX_VALUE_LENGTH = 40;
/** Levels of the quantile that are tried. */
const LEVELS = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975];

/** Reads the histories of a target for the time of the decision, as the job would with these settings. */
export type ReadAgain = (target: TargetConfig) => Promise<PastInput["histories"]>;

/**
 * The nearest loads that would have led to another number, and every setting whose change alone would have. Empty where nothing was decided.
 * Only this decision is made otherwise: those before it are remembered as they were.
 */
export async function alternatives(input: PastInput, readAgain: ReadAgain): Promise<readonly Alternative[]> {
  const { decision, record } = decideFrom(input).output ?? {};
  if (decision === undefined || record === undefined) return [];
  const made = decision.replicas;
  const loads = [1, -1].flatMap((power) => nearestLoad(input, made, power));
  const historiesOf = rereading(input, readAgain);
  const settings: Alternative[] = [];
  for (const { setting, value, was, target } of variants(input.target)) {
    const histories = await historiesOf(target);
    const replicas = replicasOf({ ...input, target, histories });
    if (replicas !== null && replicas !== made) settings.push({ change: { setting, value, was }, replicas });
  }
  return [...loads, ...nearestLevels(settings, input.target.quantile ?? leadingMetric(record).level)];
}

/** The histories of a variant: those of the decision, or, where it looks back for another time, read anew, once for each such time. */
function rereading({ target, histories }: PastInput, readAgain: ReadAgain): ReadAgain {
  const known = new Map([[readWindow(target), Promise.resolve(histories)]]);
  return (variant) => {
    const window = readWindow(variant);
    const read = known.get(window) ?? readAgain(variant);
    known.set(window, read);
    return read;
  };
}

function replicasOf(input: PastInput): Replicas | null {
  return decideFrom(input).output?.decision.replicas ?? null;
}

/** The factor nearest to 1 that gives another number, upwards (power 1) or downwards (-1). */
function nearestLoad(input: PastInput, made: Replicas, power: number): readonly Alternative[] {
  const at = (step: number) => replicasOf(scaled(input, step ** power));
  const found = LOAD_FACTORS.findIndex((step) => at(step) !== made);
  if (found < 0) return [];
  let [same, other] = [LOAD_FACTORS[found - 1] ?? 1, LOAD_FACTORS[found]!];
  while (other - same > FACTOR_PRECISION) {
    const middle = (same + other) / 2;
    if (at(middle) === made) same = middle;
    else other = middle;
  }
  const replicas = at(other);
  return replicas === null ? [] : [{ change: { load: other ** power }, replicas }];
}

/** The input with all measured values times `factor`. */
function scaled(input: PastInput, factor: number): PastInput {
  const times = <T extends HistoryReading["samples"]>(samples: T) => ({
    times: samples.times,
    values: samples.values.map((value) => value * factor),
  });
  const histories = input.histories.map((history) =>
    history instanceof Error
      ? history
      : {
          ...history,
          samples: times(history.samples),
          ...(history.longSamples && { longSamples: times(history.longSamples) }),
        },
  );
  return { ...input, histories };
}

interface Variant {
  readonly setting: string;
  readonly value: string;
  readonly was: string;
  readonly target: TargetConfig;
}

/** Variants of the target: each setting that can hold back or limit a decision removed alone, and other quantiles. */
function variants(target: TargetConfig): readonly Variant[] {
  const plain = (name: keyof TargetConfig & string, value: TargetConfig[typeof name]): Variant => ({
    setting: name,
    value: show(value),
    was: show(target[name]),
    target: { ...target, [name]: value },
  });
  const { slo, quantile } = target;
  const was = quantile === undefined && slo !== undefined ? `slo ${slo}` : show(quantile);
  const levels = LEVELS.map((level) => ({ ...plain("quantile", level), was, target: atLevel(target, level) }));
  return [
    plain("mode", "Active"),
    plain("minReplicas", Math.min(1, target.minReplicas)),
    plain("maxReplicas", UNLIMITED_REPLICAS),
    ...(["scaleUp", "scaleDown"] as const).flatMap((direction) => ruleVariants(target, direction)),
    plain("scaleUpCooldown", 0),
    plain("scaleDownCooldown", 0),
    plain("suddenDropHold", 0),
    plain("schedule", []),
    plain("followSurge", false),
    ...levels,
  ];
}

/** Variants without one rule of this direction each. */
function ruleVariants(target: TargetConfig, direction: "scaleUp" | "scaleDown"): readonly Variant[] {
  const { behavior } = target;
  const rules = behavior[direction];
  const changes: readonly Partial<ScalingRules>[] = [
    { stabilizationWindowSeconds: 0 },
    { tolerance: 0 },
    { policies: [] },
    { selectPolicy: "Max" },
  ];
  return changes.flatMap((change) =>
    (Object.keys(change) as (keyof ScalingRules)[]).map((name) => ({
      setting: `behavior.${direction}.${name}`,
      value: show(change[name]),
      was: show(rules[name]),
      target: { ...target, behavior: { ...behavior, [direction]: { ...rules, ...change } } },
    })),
  );
}

/** A value as in the configuration file, or its kind where that is long. */
function show(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "unset");
  return text.length > MAX_VALUE_LENGTH ? "what is set" : text;
}

/** The target with another quantile, as its settings would make it: the level for scale-in and the calibration follow, unless they are set. */
function atLevel(target: TargetConfig, level: Probability): TargetConfig {
  const { slo: _, quantile, scaleDownQuantile: keep, ...rest } = target;
  const { step, calibration } = rest;
  const own = quantile === undefined || keep !== keepLevel(quantile) ? keep : undefined;
  const scaleDownQuantile = own === undefined ? keepLevel(level) : Math.max(level, own);
  const follows = calibration === calibrationOf(keep);
  return {
    ...rest,
    quantile: level,
    scaleDownQuantile,
    calibration: follows ? calibrationOf(scaleDownQuantile) : calibration,
  };

  function calibrationOf(down: Probability | undefined) {
    return calibrationFor([down, ...rest.metrics.map((metric) => metric.scaleDownQuantile)], step);
  }
}

/** Of several quantiles the nearest ones below and above the level of the decision. */
function nearestLevels(all: readonly Alternative[], quantile: number): readonly Alternative[] {
  const level = ({ change }: Alternative) =>
    "setting" in change && change.setting === "quantile" ? Number(change.value) : null;
  const levels = all.flatMap((one) => level(one) ?? []);
  const below = Math.max(...levels.filter((one) => one < quantile));
  const above = Math.min(...levels.filter((one) => one > quantile));
  return all.filter((one) => {
    const own = level(one);
    return own === null || own === below || own === above;
  });
}
