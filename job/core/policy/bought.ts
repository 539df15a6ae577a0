/** The quantile in cores that replicas are bought for: the forecast's while it has earned trust, else the last value's own. */
import type { Cores, Probability } from "../units.ts";
import { persistenceQuantile } from "./persistence.ts";
import type { PolicyInput } from "./stage.ts";

/** A quantile of the maximum over the lead time. */
export interface Bought {
  /** As forecast; the reactive one where there is no forecast. */
  readonly asked: Cores;
  /** After the trust gate. */
  readonly trusted: Cores;
  /** Why the forecast was not trusted; null when it was. */
  readonly doubt: string | null;
}

/** The quantile at one of `input.levels`. An unknown skill (NaN) is no doubt: short histories get forecasts that are the last value's own. */
export function bought(input: PolicyInput, level: Probability): Bought {
  const { forecast, config } = input;
  const asked = forecast?.maxQuantiles[input.levels.indexOf(level)] ?? Number.NaN;
  if (forecast === null || !Number.isFinite(asked)) {
    const instead = reactive(input, level);
    return { asked: instead, trusted: instead, doubt: noForecast(input) };
  }
  if (!(forecast.skill > config.trustThreshold)) return { asked, trusted: asked, doubt: null };
  const doubt = `error ${forecast.skill.toFixed(2)} times that of the last value, limit ${config.trustThreshold}`;
  return { asked, trusted: reactive(input, level), doubt };
}

function reactive({ series, demand, lead }: PolicyInput, level: Probability): Cores {
  if (series === null || series.values.length === 0) return demand;
  return persistenceQuantile(series, Math.max(1, Math.ceil(lead / series.step - 1e-9)), level);
}

function noForecast({ forecast, problem }: PolicyInput): string {
  if (problem !== undefined) return `no forecast could be made (${problem})`;
  return forecast === null ? "no forecast could be made" : "the forecast is not a number";
}
