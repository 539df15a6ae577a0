/** The rule of the original project: the largest point forecast of the next minute, divided by the target, rounded up. */
import type { Forecaster } from "../../core/forecast/types.ts";
import type { ReplayOptions, ReplayPolicy } from "../types.ts";

/**
 * The original project's rule: `ceil(max / targetCpu)`, with 30 minutes of history and the largest of the point forecasts of the next 60 s.
 * It has no floor, cooldown or tolerance. `every` is 15 s in the original, and one minute as a CronJob.
 */
export function originalPolicy(
  name: string,
  forecaster: Forecaster,
  options: ReplayOptions,
  target = options.targetCpu,
): ReplayPolicy {
  return {
    name,
    every: options.every,
    decide(view) {
      const { times, values } = view.history(1800);
      const step = 15;
      const forecast = forecaster({
        series: { start: times[0]!, step, values, filled: new Uint8Array(values.length) },
        horizonSteps: 4,
        leadSteps: 4,
        levels: [0.5],
      });
      const peak = forecast.path.subarray(0, 4).reduce((max, v) => Math.max(max, v), 0);
      return { replicas: Math.ceil(peak / target - 1e-9), reason: "LargestPointForecast" };
    },
  };
}

/** The original's rule with the plain mean of the last minute instead of a forecast. */
export function meanPolicy(options: ReplayOptions): ReplayPolicy {
  return {
    name: "mean",
    every: options.every,
    decide(view) {
      const { values } = view.history(60);
      const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
      return { replicas: Math.ceil(mean / options.targetCpu - 1e-9), reason: "MeanOfLastMinute" };
    },
  };
}
