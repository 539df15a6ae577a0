/** Measures the forecasters' accuracy at rolling origins over a series: the figures and rows of `backtest`. */
import { pinball } from "../core/forecast/combine/losses.ts";
import { forecasterOf } from "../core/forecast/method.ts";
import type { ProphetSettings } from "../core/forecast/prophet/settings.ts";
import type { Forecast, Forecaster, ForecastMethod } from "../core/forecast/types.ts";
import { coarse, type LongHistory } from "../core/series/coarse.ts";
import { toGrid } from "../core/series/grid.ts";
import type { Series } from "../core/series/types.ts";
import type { Seconds } from "../core/units.ts";
import type { Watch } from "./types.ts";

/** What to run. `window` is in samples. `horizon` is in seconds; at least one step of it is forecast. */
export interface BacktestOptions {
  readonly window: number;
  readonly horizon: Seconds;
  /** At most this many origins, evenly spaced. */
  readonly origins: number;
  readonly methods: readonly ForecastMethod[];
  /** Each forecast also sees so much of the series before its origin, at a coarser step; absent: it does not. */
  readonly longHistory?: LongHistory;
  /** Prophet's settings; absent: its defaults. */
  readonly prophet?: ProphetSettings;
}

/** The accuracy of one method. `relMae` is relative to the last value at the same origins; NaN where the last value made no error. */
export interface Accuracy {
  readonly mae: number;
  readonly relMae: number;
  /** Share of origins whose mean lies within the method's 5 % .. 95 % quantiles, ends included. */
  readonly coverage90: number;
  /** Mean pinball loss of the quantiles of the horizon's mean. */
  readonly pinball: Readonly<Record<"0.5" | "0.9" | "0.95", number>>;
  /** Mean pinball loss of the quantiles of the horizon's maximum. */
  readonly maxPinball: Readonly<Record<"0.9" | "0.95", number>>;
}

/** One origin of one method: outcome and forecast, in cores. `origin` is the index of the first forecast value. */
export interface BacktestRow {
  readonly method: ForecastMethod;
  readonly origin: number;
  readonly actualMean: number;
  readonly actualMax: number;
  readonly mean: number;
  readonly max: number;
  readonly q50: number;
  readonly q90: number;
  readonly q95: number;
  readonly maxq90: number;
  readonly maxq95: number;
}

/** The result of a backtest. `origins` of the `planned` ones were judged; `filler` steps were not measured, and no origin is judged by them. */
export interface Backtest {
  readonly step: Seconds;
  readonly filler: number;
  readonly window: number;
  readonly horizonSteps: number;
  readonly origins: number;
  readonly planned: number;
  readonly methods: Readonly<Record<string, Accuracy>>;
  readonly rows: readonly BacktestRow[];
}

/** Columns of the dump, in order; each is a key of BacktestRow. */
export const DUMP_COLUMNS = [
  "method",
  "origin",
  "actualMean",
  "actualMax",
  "mean",
  "max",
  "q50",
  "q90",
  "q95",
  "maxq90",
  "maxq95",
] as const satisfies readonly (keyof BacktestRow)[];

const LEVELS = [0.05, 0.5, 0.9, 0.95];

/**
 * The origins in a series of n values: every index from `window` to n - h, or `most` of them, evenly spaced and rounded down. Empty where n is
 * too small.
 */
export function originsOf(n: number, window: number, horizonSteps: number, most: number): number[] {
  const count = n - horizonSteps - window + 1;
  if (count <= 0) return [];
  if (count <= most) return Array.from({ length: count }, (_, i) => window + i);
  if (most === 1) return [window];
  return Array.from({ length: most }, (_, i) => Math.floor(window + (i * (count - 1)) / (most - 1)));
}

/**
 * Runs the methods over the series, as long as `watch` agrees. It finishes each origin for every method, so that all are judged on the same
 * ones.
 * `forecasters` replaces ours in tests. The series is not changed.
 */
export async function backtest(
  series: Series,
  options: BacktestOptions,
  { forecasters = forecasterOf, watch = () => true }: BacktestPorts = {},
): Promise<Backtest> {
  const horizonSteps = Math.max(1, Math.round(options.horizon / series.step));
  const all = originsOf(series.values.length, options.window, horizonSteps, options.origins);
  const planned = all.filter((origin) => isMeasured(series.filled, origin - 1, origin + horizonSteps));
  const tallies = options.methods.map((method): Tally => ({ method, rows: [], inside: 0 }));
  let done = 0;
  for (const origin of planned) {
    const request = {
      series: windowBefore(series, origin, options.window),
      horizonSteps,
      leadSteps: horizonSteps,
      levels: LEVELS,
      ...(options.longHistory && { longHistory: longBefore(series, origin, options.longHistory) }),
      ...(options.prophet && { prophet: options.prophet }),
    };
    for (const tally of tallies)
      addRow(tally, forecasters(tally.method)(request), origin, outcome(series.values, origin, horizonSteps));
    done++;
    if (!(await watch(done, planned.length))) break;
  }
  const naive = naiveMae(series.values, planned.slice(0, done), horizonSteps);
  return {
    step: series.step,
    filler: series.filled.reduce((sum, f) => sum + f, 0),
    window: options.window,
    horizonSteps,
    origins: done,
    planned: planned.length,
    methods: Object.fromEntries(tallies.map(({ method, rows, inside }) => [method, accuracy(rows, inside, naive)])),
    rows: tallies.flatMap(({ rows }) => rows),
  };
}

function isMeasured(filled: Uint8Array, from: number, until: number): boolean {
  return filled.subarray(from, until).every((f) => f === 0);
}

/** The dependencies of a backtest. */
interface BacktestPorts {
  readonly forecasters?: (method: ForecastMethod) => Forecaster;
  readonly watch?: Watch;
}

/** One method's rows, and how many outcomes are inside its 90 % interval. */
interface Tally {
  readonly method: ForecastMethod;
  readonly rows: BacktestRow[];
  inside: number;
}

function addRow(tally: Tally, forecast: Forecast, origin: number, came: ActualValues): void {
  const { mean, max, meanQuantiles, maxQuantiles } = forecast;
  const [q5, q50, q90, q95] = meanQuantiles as [number, number, number, number];
  const [, , maxq90, maxq95] = maxQuantiles as [number, number, number, number];
  if (came.actualMean >= q5 && came.actualMean <= q95) tally.inside++;
  tally.rows.push({ method: tally.method, origin, ...came, mean, max, q50, q90, q95, maxq90, maxq95 });
}

/** The `length` values before the origin, as a series of their own: a copy. */
export function windowBefore({ start, step, values, filled }: Series, origin: number, length: number): Series {
  const from = origin - length;
  return { start: start + from * step, step, values: values.slice(from, origin), filled: filled.slice(from, origin) };
}

/** The result that a second, coarser query would have had at the origin. */
function longBefore({ start, step, values, filled }: Series, origin: number, long: LongHistory): Series {
  const first = Math.max(0, origin - Math.ceil(long.range / step));
  const known = Array.from({ length: origin - first }, (_, i) => first + i).filter((i) => filled[i] === 0);
  const samples = {
    times: Float64Array.from(known, (i) => start + i * step),
    values: Float64Array.from(known, (i) => values[i]!),
  };
  const { times, values: kept } = coarse(samples, start + (origin - 1) * step, long);
  return toGrid(times, kept, long.step, Math.ceil(long.range / long.step) + 1).series;
}

/** Mean and maximum over the horizon as they came, in cores. */
interface ActualValues {
  readonly actualMean: number;
  readonly actualMax: number;
}

/** What came after the origin: mean and maximum of `horizonSteps` values. */
export function outcome(values: Float64Array, origin: number, horizonSteps: number): ActualValues {
  let sum = 0;
  let actualMax = values[origin]!;
  for (let k = 0; k < horizonSteps; k++) {
    sum += values[origin + k]!;
    actualMax = Math.max(actualMax, values[origin + k]!);
  }
  return { actualMean: sum / horizonSteps, actualMax };
}

function naiveMae(values: Float64Array, origins: readonly number[], horizonSteps: number): number {
  let sum = 0;
  for (const origin of origins) sum += Math.abs(outcome(values, origin, horizonSteps).actualMean - values[origin - 1]!);
  return sum / origins.length;
}

function accuracy(rows: readonly BacktestRow[], inside: number, naive: number): Accuracy {
  const mean = (of: (row: BacktestRow) => number): number => rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
  const mae = mean((row) => Math.abs(row.mean - row.actualMean));
  return {
    mae,
    relMae: naive > 0 ? mae / naive : Number.NaN,
    coverage90: inside / rows.length,
    pinball: {
      "0.5": mean((row) => pinball(row.actualMean - row.q50, 0.5)),
      "0.9": mean((row) => pinball(row.actualMean - row.q90, 0.9)),
      "0.95": mean((row) => pinball(row.actualMean - row.q95, 0.95)),
    },
    maxPinball: {
      "0.9": mean((row) => pinball(row.actualMax - row.maxq90, 0.9)),
      "0.95": mean((row) => pinball(row.actualMax - row.maxq95, 0.95)),
    },
  };
}
