/** Shares forecasts between settings: one forecast of an origin serves every quantile and target. */
import type { Forecast, Forecaster } from "../core/forecast/types.ts";
import type { Probability } from "../core/units.ts";

/**
 * Wraps a forecaster and remembers forecasts by origin and lead, so that a sweep over settings computes each once.
 * It requests all `levels` and returns those of the request. This is exact: a forecast does not depend on the requested levels.
 * Throws for a level that is not among them.
 */
export function remembering(forecaster: Forecaster, levels: readonly Probability[]): Forecaster {
  const known = new Map<string, Forecast>();
  const indexOf = (level: number) => {
    const index = levels.findIndex((one) => Math.abs(one - level) < 1e-9);
    if (index < 0) throw new Error(`quantiles ${levels.join(", ")} are remembered, not ${level}`);
    return index;
  };
  return (request) => {
    const { series, horizonSteps, leadSteps, parts = [] } = request;
    const n = series.values.length;
    const key = `${series.start}/${n}/${series.values[n - 1]}/${horizonSteps}/${leadSteps}/${parts.join()}`;
    let full = known.get(key);
    if (!full) {
      full = forecaster({ ...request, levels });
      known.set(key, full);
    }
    const pick = (values: readonly number[]) => request.levels.map((level) => values[indexOf(level)]!);
    const picked = { meanQuantiles: pick(full.meanQuantiles), maxQuantiles: pick(full.maxQuantiles) };
    if (full.parts === undefined) return { ...full, ...picked };
    return { ...full, ...picked, parts: full.parts.map((p) => ({ max: p.max, maxQuantiles: pick(p.maxQuantiles) })) };
  };
}
