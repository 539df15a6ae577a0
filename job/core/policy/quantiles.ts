/** The quantiles for which pods are added and kept, in the metric's unit: the forecast's while it is trusted, else the last value's. */
import type { TargetConfig } from "../target.ts";
import type { Probability } from "../units.ts";
import { persistenceQuantiles } from "./persistence.ts";
import type { MetricInput } from "./stage.ts";

/** A quantile of the maximum over a part of the lead. */
export interface TrustedQuantile {
  /** By the forecast, or by the last value where there is none. */
  readonly forecast: number;
  /** After the trust gate. */
  readonly trusted: number;
  /** Why the forecast was not trusted; null when it was. */
  readonly distrust: string | null;
}

/** How far a forecast is trusted. */
type Trust = Pick<TargetConfig, "trustThreshold">;

/** The quantile for which pods are added: that of the part of the lead in which new pods serve. Before it they cannot help. */
export function scaleOutQuantile(input: MetricInput, config: Trust, level: Probability): TrustedQuantile {
  const last = input.lead.parts.length - 1;
  const distrust = whyDistrusted(input, config);
  const [forecast] = quantilesOf(input, last, [level], true);
  const [trusted] = distrust === null ? [forecast] : quantilesOf(input, last, [level], false);
  return { forecast: forecast!, trusted: trusted!, distrust };
}

/**
 * The quantile for which pods are kept: the greatest of all parts, since a pod removed now is missing in each.
 * The quantile of the maximum over the whole lead grows with the time that pods take to start, at the same risk per hour. With 90 s it costs
 * 1 % more pods.
 */
export function scaleInQuantile(input: MetricInput, config: Trust, level: Probability): number {
  const trusted = whyDistrusted(input, config) === null;
  return input.lead.parts.reduce((most, _, part) => Math.max(most, quantilesOf(input, part, [level], trusted)[0]!), 0);
}

/**
 * The quantiles of the maximum over a part, at some of `input.levels`. They are the forecast's, or the last value's where the forecast is
 * absent or not trusted. A method without parts gives those of the whole lead.
 */
export function quantilesOf(
  input: MetricInput,
  part: number,
  levels: readonly Probability[],
  trusted: boolean,
): readonly number[] {
  const { forecast, lead, series, demand } = input;
  const quantiles = (forecast?.parts?.[part] ?? forecast)?.maxQuantiles ?? [];
  const asked = levels.map((level) => quantiles[input.levels.indexOf(level)] ?? Number.NaN);
  if (trusted && asked.every(Number.isFinite)) return asked;
  if (series === null || series.values.length === 0) return levels.map(() => demand);
  return persistenceQuantiles(series, lead.parts[part]!, levels);
}

/** Why the forecast is not trusted; null: it is. A skill that is not known (NaN) is no reason: on a short history the forecast is the last value. */
export function whyDistrusted({ forecast, problem }: MetricInput, { trustThreshold }: Trust): string | null {
  if (problem !== undefined) return `no forecast could be made (${problem})`;
  if (forecast === null) return "no forecast could be made";
  const { maxQuantiles, parts = [], skill } = forecast;
  if (![maxQuantiles, ...parts.map((part) => part.maxQuantiles)].flat().every(Number.isFinite))
    return "the forecast is not a number";
  return skill > trustThreshold
    ? `error ${skill.toFixed(2)} times that of the last value, limit ${trustThreshold}`
    : null;
}
