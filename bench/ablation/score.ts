/** Losses of a forecaster over the windows of one series, for what production requests: the horizon's mean and the parts of the lead. */
import { pinball } from "../../job/core/forecast/combine/losses.ts";
import { forecastNaive } from "../../job/core/forecast/forecasters/naive.ts";
import type { Forecaster, ForecastRequest } from "../../job/core/forecast/types.ts";
import { leadOf } from "../../job/core/policy/lead.ts";
import { persistenceQuantile } from "../../job/core/policy/persistence.ts";
import type { Series } from "../../job/core/series/types.ts";
import { originsOf, outcome, windowBefore } from "../../job/replay/backtest.ts";

/** Two of the levels that the job reads, at which losses are compared: those of scale-out and scale-in at quantile 0.7. */
export const DEFAULT_LEVELS = [0.7, 0.91] as const;

/** Losses as ratios to those of the last value, by name. NaN where the last value made none. */
export type Losses = Readonly<Record<"point" | "part at 0.7" | "part at 0.91", number>>;

/** What a forecaster is asked at one origin, and the outcome: mean and maximum, in the series' unit. */
export interface ForecastCase {
  readonly request: ForecastRequest;
  readonly mean: number;
  readonly maximum: number;
}

/** The cases of one series: at most `origins` windows of `window` values, evenly spaced, with a start-up of 30 s. */
export function questionsOf(series: Series, window: number, origins: number): readonly ForecastCase[] {
  const { step } = series;
  const lead = leadOf(step, 30, { interval: 60, scaleUpCooldown: 0, step });
  const horizonSteps = Math.max(1, Math.round(60 / step));
  const [from, to] = lead.parts.at(-1)!;
  const steps = Math.max(horizonSteps, lead.steps);
  return originsOf(series.values.length, window, steps, origins).map((origin) => ({
    request: {
      series: windowBefore(series, origin, window),
      horizonSteps,
      leadSteps: lead.steps,
      parts: lead.parts,
      levels: DEFAULT_LEVELS,
    },
    mean: outcome(series.values, origin, horizonSteps).actualMean,
    maximum: outcome(series.values, origin + from, to - from).actualMax,
  }));
}

/** The mean losses of a forecaster over the cases, as ratios to those of the last value with its empirical errors. */
export function lossesOf(forecaster: Forecaster, questions: readonly ForecastCase[]): Losses {
  const own = sums(questions, forecaster);
  const last = sums(questions, lastValue);
  const size = questions.reduce((sum, { request }) => sum + request.series.values.at(-1)!, 0);
  const ratio = (i: number) => (last[i]! > 1e-6 * size ? Math.max(own[i]! / last[i]!, 0.01) : Number.NaN);
  return { point: ratio(0), "part at 0.7": ratio(1), "part at 0.91": ratio(2) };
}

function sums(questions: readonly ForecastCase[], forecaster: Forecaster): readonly number[] {
  const total = [0, 0, 0];
  for (const { request, mean, maximum } of questions) {
    const forecast = forecaster(request);
    const quantiles = forecast.parts!.at(-1)!.maxQuantiles;
    total[0]! += Math.abs(forecast.mean - mean);
    DEFAULT_LEVELS.forEach((level, l) => {
      total[l + 1]! += pinball(maximum - quantiles[l]!, level);
    });
  }
  return total;
}

/** The last value, with its own empirical errors over the last part of the lead: what the job falls back to. */
const lastValue: Forecaster = (request) => {
  const part = request.parts!.at(-1)!;
  const maxQuantiles = DEFAULT_LEVELS.map((level) => persistenceQuantile(request.series, part, level));
  return { ...forecastNaive(request), parts: [{ max: Number.NaN, maxQuantiles }] };
};
