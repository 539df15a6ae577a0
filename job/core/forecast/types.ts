/** The interface between the forecasters and everything that uses them. */
import type { Series } from "../series/types.ts";
import type { Cores, Probability, Seconds } from "../units.ts";
import type { ProphetSettings } from "./prophet/settings.ts";

/** A part of the lead time: the steps [from, to) of the future, 0 being the first. */
export type LeadPart = readonly [from: number, to: number];

/** The request for a forecast. The origin is the end of the series; step k of the future ends at `start + (n - 1 + k) * step`. */
export interface ForecastRequest {
  readonly series: Series;
  /** Steps of the horizon whose mean is forecast, >= 1. */
  readonly horizonSteps: number;
  /** Steps of the lead time (lag + pod start + interval) whose maximum is forecast, >= 1. */
  readonly leadSteps: number;
  /** Parts of the lead time whose maxima are forecast too; absent: none. */
  readonly parts?: readonly LeadPart[];
  /** The quantiles' levels, ascending, each in (0, 1). */
  readonly levels: readonly Probability[];
  /** Coarser and longer history (e.g. 7 days at 5 minutes), oldest first; may overlap the series. */
  readonly longHistory?: Series;
  /** Prophet's settings, where it takes part; absent: its own defaults, and no Prophet in `auto`. */
  readonly prophet?: ProphetSettings;
}

/** The forecasting method: our pool of models, Prophet with its defaults, Prophet with the original project's settings, or the last value. */
export type ForecastMethod = "auto" | "prophet" | "original" | "naive";

/** The maximum over one part of the lead time: its point forecast (about the median), and its quantiles, non-decreasing. */
export interface Peak {
  readonly max: Cores;
  readonly maxQuantiles: readonly Cores[];
}

/** A forecast as plain data. All values in cores, never negative, never NaN. */
export interface Forecast {
  readonly method: string;
  /** Point forecast of each future step, length max(horizonSteps, leadSteps). */
  readonly path: Float64Array;
  /** Lower and upper edge of the 90 % band of each future step, same length as path. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Point forecast of the mean over the horizon. */
  readonly mean: Cores;
  /** Point forecast (about the median) of the maximum over the lead time. */
  readonly max: Cores;
  /** Quantiles of the horizon's mean and of the lead time's maximum, in the order of the request's levels, non-decreasing. */
  readonly meanQuantiles: readonly Cores[];
  readonly maxQuantiles: readonly Cores[];
  /** The maximum over each of the request's parts, in their order; absent where the method does not forecast them. */
  readonly parts?: readonly Peak[];
  /** Mean absolute error inside the window, divided by that of the last value at the same origins: below 1 is better. NaN: not known. */
  readonly skill: number;
  /**
   * Share of in-window outcomes at the end of the lead time that lay within their 90 % bands, each band made of what was known before; about 0.9 is right.
   * NaN when unknown.
   */
  readonly coverage: number;
  /** Weight of each model of the pool that took part, summing to 1. */
  readonly modelWeights: Readonly<Record<string, number>>;
  /** Detected season in seconds, or null for none. */
  readonly period: Seconds | null;
  /** The number of origins inside the window on which weights and quantiles rest. */
  readonly origins: number;
}

/** A pure function: the same request gives the same forecast, byte for byte. */
export type Forecaster = (request: ForecastRequest) => Forecast;
