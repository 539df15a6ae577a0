/** What one tick sees before it decides: the judged window, the lead time, the forecast. */
import type { Forecast, Forecaster } from "../forecast/types.ts";
import { clean } from "../series/clean.ts";
import { toGrid } from "../series/grid.ts";
import { believable, capacityOf, inspect, type Window } from "../series/quality.ts";
import type { Samples, Series } from "../series/types.ts";
import { TRACE } from "../state/memory.ts";
import type { LastForecast, TargetState } from "../state/types.ts";
import { readWindow, type TargetConfig } from "../target.ts";
import type { EpochSeconds, Replicas, Seconds } from "../units.ts";
import type { Conditions } from "./conditions.ts";
import { type Lead, leadOf } from "./lead.ts";

/** A history as a tick needs it; the port's HistoryReading fits. */
export interface TickHistory {
  readonly samples: Samples;
  readonly longSamples?: Samples;
  readonly longStep?: Seconds;
  readonly partial: boolean;
  readonly seriesCount: number;
  readonly podStart?: Seconds;
  /** How many pods were measured whole, at the newest points; absent: the source cannot tell. */
  readonly pods?: Samples;
}

/** Input of one tick. `history` null: it could not be read, which is not zero load. `memory` undefined: nothing is remembered. */
export interface TickInput {
  readonly now: EpochSeconds;
  readonly history: TickHistory | null;
  readonly current: Replicas;
  /** Pods that exist, where `current` is something else (the floor of an HPA). */
  readonly pods?: Replicas;
  readonly conditions: Conditions;
  readonly memory: TargetState | undefined;
  readonly config: TargetConfig;
}

const EMPTY: Samples = { times: new Float64Array(0), values: new Float64Array(0) };

/** The samples on their grid, judged against what the pods can burn. */
export function inspectHistory(
  { now, history, current, pods: existing, conditions, config }: TickInput,
  memory: TargetState,
): Window {
  // Pods that a scale-in took away in the last minutes still burn in the newest rate; a rollout may surge to twice the pods.
  const recent = memory.changes.filter(({ at }) => at > now - TRACE).map(({ from, to }) => Math.max(from, to));
  const surge = conditions.rollout === true || memory.rollouts.length > 0 ? 2 : 1;
  const pods = Math.max(current, existing ?? 0, conditions.readyReplicas ?? 0, ...recent) * surge;
  return inspect(history?.samples ?? EMPTY, {
    now,
    step: config.step,
    history: config.history,
    window: readWindow(config),
    maxAge: config.maxAge,
    minCoverage: config.minCoverage,
    cpu: true,
    zero: isCounted(history),
    counted: history?.pods !== undefined,
    capacity: capacityOf(pods, config.podCpuLimit),
    ceiling: believable(Math.max(pods, config.maxReplicas * surge), config.podCpuLimit, config.targetCpu),
    useful: config.maxReplicas * config.targetCpu,
    partial: history?.partial ?? false,
    seriesCount: history?.seriesCount ?? 0,
  });
}

/** Whether pods were counted in the newest sum: those whose rate is exactly zero are not. */
function isCounted(history: TickHistory | null): boolean {
  return (history?.pods?.values.at(-1) ?? 0) > 0;
}

/** The lead of this tick, in steps of the grid: the measured pod start goes before the configured one, the true age before a smaller lag. */
export function currentLead({ history, conditions, config }: TickInput, age: Seconds, step: Seconds): Lead {
  const podStart = conditions.podStart ?? history?.podStart ?? config.podStart;
  const lag = Number.isFinite(age) ? Math.max(config.metricLag, age) : config.metricLag;
  return leadOf(lag, podStart, { ...config, step });
}

/** Levels of the maximum that the policy needs, ascending and unique. */
export function levelsOf(config: TargetConfig): readonly number[] {
  return [...new Set([config.quantile, config.scaleDownQuantile ?? config.quantile])].sort((a, b) => a - b);
}

/** A forecast, or null and why there is none; and the longer history that it was given. */
export interface ForecastAnswer {
  readonly forecast: Forecast | null;
  readonly problem?: string;
  readonly longHistory?: Series;
}

/** Asks the forecaster. One that throws gives no forecast: a numeric accident costs the forecast, not the decision. */
export function requestForecast(input: TickInput, series: Series, lead: Lead, forecaster: Forecaster): ForecastAnswer {
  const { history, config } = input;
  const long = history?.longSamples === undefined ? {} : { longHistory: longGrid(history.longSamples, input) };
  const horizonSteps = Math.max(1, Math.ceil(config.horizon / series.step - 1e-9));
  const { steps: leadSteps, parts } = lead;
  try {
    const forecast = forecaster({ series, horizonSteps, leadSteps, parts, levels: levelsOf(config), ...long });
    return { forecast, ...long };
  } catch (error) {
    return { forecast: null, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** What is kept of a forecast; it expires when the lead time it was made for is over. */
export function lastForecastOf(
  forecast: Forecast | null,
  now: EpochSeconds,
  quantile: number,
  lead: Seconds,
  config: TargetConfig,
): LastForecast | null {
  if (
    forecast === null ||
    !Number.isFinite(quantile) ||
    !Number.isFinite(forecast.max) ||
    !Number.isFinite(forecast.mean)
  )
    return null;
  const { mean, method } = forecast;
  const { max } = forecast.parts?.at(-1) ?? forecast;
  return { at: now, expires: now + lead + config.interval, max, quantile, level: config.quantile, mean, method };
}

/** The longer history on its grid, without what twice the most pods (a rollout's surge) could not have burnt: an accident of last week would be forecast for today. */
function longGrid(samples: Samples, { now, history, config }: TickInput): Series {
  const { times, values } = clean(samples, {
    latest: now,
    ceiling: believable(2 * config.maxReplicas, config.podCpuLimit, config.targetCpu),
    zero: false,
  });
  return toGrid(times, values, history?.longStep ?? 300, MAX_LONG_POINTS).series;
}

/** Prometheus gives at most 11,000 points a series. */
const MAX_LONG_POINTS = 11_000;
