/** Simulated historical forecasts (Taylor and Letham 2018): the production forecaster at past origins, each with the data known there. */
import type { ProphetSettings } from "../core/forecast/prophet/settings.ts";
import type { Forecaster } from "../core/forecast/types.ts";
import type { Series } from "../core/series/types.ts";
import type { Cores, EpochSeconds } from "../core/units.ts";
import { windowBefore } from "./backtest.ts";

/** The forecast for the moment `t`, with its 90 % band. */
export interface HistoricalForecast {
  readonly t: EpochSeconds;
  readonly y: Cores;
  readonly low: Cores;
  readonly high: Cores;
}

/** The request for past forecasts. */
export interface HistoricalOptions {
  /** How long before its moment each forecast is made, in steps, >= 1. */
  readonly leadSteps: number;
  readonly horizonSteps: number;
  /** The forecasts are for the last so many steps. */
  readonly shown: number;
  /** About so many forecasts at most, evenly spaced back from the newest moment. */
  readonly most: number;
  /** Longer and coarser history. Each origin sees the part before it. */
  readonly longHistory?: Series | undefined;
  /** Prophet's settings. */
  readonly prophet?: ProphetSettings | undefined;
}

/** An origin with fewer values before it gives no forecast. */
const MIN_POINTS = 2;

/**
 * Forecasts for past moments, oldest first. Each is made `leadSteps` before its moment, from the values before that origin only.
 * A moment whose origin has fewer than two measured values gets none. Costs `most` forecasts: 60 of them on 120 values of 15 s take about 0.2
 * s.
 */
export function historicalForecasts(
  series: Series,
  options: HistoricalOptions,
  forecaster: Forecaster,
): readonly HistoricalForecast[] {
  const { leadSteps, horizonSteps, shown, most, longHistory, prophet } = options;
  const n = series.values.length;
  const stride = Math.max(1, Math.ceil(Math.min(shown, n) / most));
  const found: HistoricalForecast[] = [];
  for (let moment = n - 1; moment >= Math.max(0, n - shown); moment -= stride) {
    // the first value that the forecast is of; the last of its lead is the moment
    const origin = moment - leadSteps + 1;
    if (origin < MIN_POINTS || measured(series, origin) < MIN_POINTS) break;
    const long = longHistory && before(longHistory, series.start + (origin - 1) * series.step);
    const { path, lower, upper } = forecaster({
      series: windowBefore(series, origin, origin),
      horizonSteps,
      leadSteps,
      levels: [0.5],
      ...(long && { longHistory: long }),
      ...(prophet && { prophet }),
    });
    const k = leadSteps - 1;
    found.push({ t: series.start + moment * series.step, y: path[k]!, low: lower[k]!, high: upper[k]! });
  }
  return found.reverse();
}

function measured({ filled }: Series, until: number): number {
  let count = 0;
  for (let i = 0; i < until; i++) if (filled[i] === 0) count++;
  return count;
}

/** The part of a series up to `time`; undefined when there is none. */
function before(series: Series, time: EpochSeconds): Series | undefined {
  const count = Math.min(series.values.length, Math.floor((time - series.start) / series.step + 1e-9) + 1);
  return count < 1 ? undefined : windowBefore(series, count, count);
}
