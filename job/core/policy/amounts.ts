/** The demand for which pods are added, and that for which they are kept: a given quantile, or as much as pays. */
import type { Probability } from "../units.ts";
import { type CostAndWorth, levelOf, payingPods, QUANTILE_LEVELS } from "./level.ts";
import { quantilesOf, scaleInQuantile, scaleOutQuantile, whyDistrusted } from "./quantiles.ts";
import { capacityOfPod, worthOf } from "./service.ts";
import type { MetricInput, PolicyInput } from "./stage.ts";

/** An amount that pods should carry, in the metric's unit, and the level at which it is a quantile of the forecast maximum. */
export interface Amount {
  readonly value: number;
  readonly level: Probability;
  /** The level of what its pods carry within the tolerance; absent where the settings give a quantile. */
  readonly carriedLevel?: Probability;
}

/** What new pods are added for. */
export interface ScaleOutAmount {
  /** By the forecast, or by the last value where there is none. */
  readonly forecast: Amount;
  /** After the trust gate. */
  readonly trusted: Amount;
  /** Why the forecast was not trusted; null when it was. */
  readonly distrust: string | null;
}

type Policy = Pick<PolicyInput, "config" | "memory">;

/** Pods are removed where they do not pay at this many times the worth. 2 to 4: 1 % of the cost, and 0.97, 0.86, 0.80 of HPA's actions. */
const SCALE_IN_WORTH = 3;
/**
 * In doubt the level is at least this: the forecast is not trusted or not judged yet, or the data are partial. It costs nothing on complete
 * data. The default before decision 0012, by that reason and not by a measurement.
 */
const DOUBT_QUANTILE: Probability = 0.7;

/** What new pods are added for, of the part of the lead in which they serve. */
export function scaleOutAmount(input: MetricInput, policy: Policy): ScaleOutAmount {
  const { quantile } = input.metric;
  if (quantile !== undefined) {
    const { forecast, trusted, distrust } = scaleOutQuantile(input, policy.config, quantile);
    return { forecast: { value: forecast, level: quantile }, trusted: { value: trusted, level: quantile }, distrust };
  }
  const last = input.lead.parts.length - 1;
  const distrust = whyDistrusted(input, policy.config);
  const amountOf = (trusted: boolean): Amount =>
    paying(quantilesOf(input, last, QUANTILE_LEVELS, trusted), input, policy, 1);
  const forecast = amountOf(true);
  return { forecast, trusted: distrust === null ? forecast : amountOf(false), distrust };
}

/** The demand for which pods are kept: the greatest over all parts of the lead, since a pod removed now is missing in each of them. */
export function scaleInAmount(input: MetricInput, policy: Policy): Amount {
  const { quantile, scaleDownQuantile = quantile } = input.metric;
  if (scaleDownQuantile !== undefined)
    return { value: scaleInQuantile(input, policy.config, scaleDownQuantile), level: scaleDownQuantile };
  const trusted = whyDistrusted(input, policy.config) === null;
  return input.lead.parts
    .map((_, part) => paying(quantilesOf(input, part, QUANTILE_LEVELS, trusted), input, policy, SCALE_IN_WORTH))
    .reduce((most, amount) => (amount.value > most.value ? amount : most));
}

function paying(quantiles: readonly number[], input: MetricInput, { config, memory }: Policy, times: number): Amount {
  const { metric } = input;
  const doubt = isInDoubt(input, config);
  const capacity = capacityOfPod(metric, config);
  const worth = times * worthOf(config.slo, memory.service, doubt);
  const price: CostAndWorth = { averageValue: metric.averageValue, capacity, bill: billOf(input), worth };
  // a whole pod is more than what it is for: an idle queue would look active
  const value = Math.min(payingPods(quantiles, price) * metric.averageValue, quantiles.at(-1)!);
  const least = quantiles[QUANTILE_LEVELS.indexOf(DOUBT_QUANTILE)]!;
  if (doubt && least > value) return { value: least, level: DOUBT_QUANTILE };
  const carried = value * (1 + config.behavior.scaleUp.tolerance);
  return { value, level: levelOf(quantiles, value), carriedLevel: levelOf(quantiles, carried) };
}

/** The pods that the window's mean demand needs, at least one. */
function billOf({ series, demand, metric }: MetricInput): number {
  let mean = series === null || series.values.length === 0 ? demand : 0;
  for (const value of series?.values ?? []) mean += value / series!.values.length;
  return Math.max(1, mean / metric.averageValue);
}

/** Whether less is known than usual. Then the worth does not fall below its default. */
export function isInDoubt(input: MetricInput, config: Policy["config"]): boolean {
  const { forecast, quality } = input;
  return quality.verdict !== "act" || !Number.isFinite(forecast?.skill) || whyDistrusted(input, config) !== null;
}
