/** Quantiles in cores that pods are added for and kept for: the forecast's while it is trusted, else the last value's own. */
import type { LeadPart } from "../forecast/types.ts";
import type { Cores, Probability } from "../units.ts";
import { persistenceQuantile } from "./persistence.ts";
import type { PolicyInput } from "./stage.ts";

/** A quantile of the maximum over a part of the lead, in cores. */
export interface TrustedQuantile {
  /** As forecast; the last value's own where there is no forecast. */
  readonly forecast: Cores;
  /** After the trust gate. */
  readonly trusted: Cores;
  /** Why the forecast was not trusted; null when it was. */
  readonly distrust: string | null;
}

/** What new pods are added for: the part of the lead in which they serve. Before it they cannot help. */
export function scaleOutQuantile(input: PolicyInput, level: Probability): TrustedQuantile {
  return quantileOf(input, input.lead.parts.length - 1, level);
}

/**
 * What pods are kept for: the greatest of the parts' quantiles, for a pod that is given back now is missing in each.
 * The quantile of the maximum over the whole lead is higher the longer pods take to start, at the same risk an hour:
 * with 90 s it costs 1 % more pods.
 */
export function scaleInQuantile(input: PolicyInput, level: Probability): Cores {
  return input.lead.parts.reduce((most, _, part) => Math.max(most, quantileOf(input, part, level).trusted), 0);
}

/**
 * The quantile at one of `input.levels`. A method that does not tell parts apart gives that of the whole lead.
 * An unknown skill (NaN) is no distrust: short histories get forecasts that are the last value's own.
 */
function quantileOf(input: PolicyInput, part: number, level: Probability): TrustedQuantile {
  const { forecast, config, lead } = input;
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

function lastValueQuantile({ series, demand }: PolicyInput, part: LeadPart, level: Probability): Cores {
  return series === null || series.values.length === 0 ? demand : persistenceQuantile(series, part, level);
}

function whyNoForecast({ forecast, problem }: PolicyInput): string {
  if (problem !== undefined) return `no forecast could be made (${problem})`;
  return forecast === null ? "no forecast could be made" : "the forecast is not a number";
}
