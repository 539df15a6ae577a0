/** Forecasters for tests: one that says what it is told, one that repeats the last value. */
import type { Forecast, Forecaster } from "../../job/core/forecast/types.ts";

export function forecast(overrides: Partial<Forecast> = {}): Forecast {
  return {
    method: "fake",
    path: new Float64Array(0),
    lower: new Float64Array(0),
    upper: new Float64Array(0),
    mean: 1,
    max: 1,
    meanQuantiles: [1],
    maxQuantiles: [1],
    skill: 0.5,
    coverage: 0.9,
    modelWeights: {},
    period: null,
    origins: 40,
    ...overrides,
  };
}

/** Always the same quantile of the maximum, in cores, at every level. */
export function constant(cores: number, overrides: Partial<Forecast> = {}): Forecaster {
  return ({ levels }) =>
    forecast({
      mean: cores,
      max: cores,
      maxQuantiles: levels.map(() => cores),
      meanQuantiles: levels.map(() => cores),
      ...overrides,
    });
}

/** The last value, whatever is asked. */
export const last: Forecaster = ({ series, levels }) => {
  const cores = series.values.at(-1) ?? 0;
  return forecast({
    mean: cores,
    max: cores,
    maxQuantiles: levels.map(() => cores),
    meanQuantiles: levels.map(() => cores),
  });
};
