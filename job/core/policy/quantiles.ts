/** Quantiles that pods are added for and kept for, in the metric's unit: the forecast's while it is trusted, else the last value's own. */
import type { LeadPart } from "../forecast/types.ts";
import type { TargetConfig } from "../target.ts";
import type { Probability } from "../units.ts";
import { persistenceQuantile } from "./persistence.ts";
import type { MetricInput } from "./stage.ts";

/** A quantile of the maximum over a part of the lead. */
export interface TrustedQuantile {
  /** As forecast; the last value's own where there is no forecast. */
  readonly forecast: number;
  /** After the trust gate. */
  readonly trusted: number;
  /** Why the forecast was not trusted; null when it was. */
  readonly distrust: string | null;
}

/** How much a forecast is believed. */
type Trust = Pick<TargetConfig, "trustThreshold">;

/** What new pods are added for: the part of the lead in which they serve. Before it they cannot help. */
export function scaleOutQuantile(input: MetricInput, config: Trust): TrustedQuantile {
  return quantileOf(input, config, input.lead.parts.length - 1, input.metric.quantile);
}

/**
 * What pods are kept for: the greatest of the parts' quantiles, for a pod that is given back now is missing in each.
 * The quantile of the maximum over the whole lead is higher the longer pods take to start, at the same risk an hour:
 * with 90 s it costs 1 % more pods.
 */
export function scaleInQuantile(input: MetricInput, config: Trust): number {
  const { scaleDownQuantile } = input.metric;
  return input.lead.parts.reduce(
    (most, _, part) => Math.max(most, quantileOf(input, config, part, scaleDownQuantile).trusted),
    0,
  );
}

/**
 * The quantile at one of `input.levels`. A method that does not tell parts apart gives that of the whole lead.
 * An unknown skill (NaN) is no distrust: short histories get forecasts that are the last value's own.
 */
function quantileOf(input: MetricInput, config: Trust, part: number, level: Probability): TrustedQuantile {
  const { forecast, lead } = input;
  const place = input.levels.indexOf(level);
  const asked = (forecast?.parts?.[part] ?? forecast)?.maxQuantiles[place] ?? Number.NaN;
  if (forecast === null || !Number.isFinite(asked)) {
    const instead = lastValueQuantile(input, lead.parts[part]!, level);
    return { forecast: instead, trusted: instead, distrust: whyNoForecast(input) };
  }
  if (!(forecast.skill > config.trustThreshold)) return { forecast: asked, trusted: asked, distrust: null };
  const distrust = `error ${forecast.skill.toFixed(2)} times that of the last value, limit ${config.trustThreshold}`;
  return { forecast: asked, trusted: lastValueQuantile(input, lead.parts[part]!, level), distrust };
}

function lastValueQuantile({ series, demand }: MetricInput, part: LeadPart, level: Probability): number {
  return series === null || series.values.length === 0 ? demand : persistenceQuantile(series, part, level);
}

function whyNoForecast({ forecast, problem }: MetricInput): string {
  if (problem !== undefined) return `no forecast could be made (${problem})`;
  return forecast === null ? "no forecast could be made" : "the forecast is not a number";
}
