/** The forecaster the job uses: a ladder from the last value to a weighted pool, with conformal quantiles. */
import { blend, weigh } from "./combine.ts";
import { errorQuantiles } from "./conformal.ts";
import { forecastLast } from "./last.ts";
import type { Model } from "./models/model.ts";
import { detectSeasons } from "./period.ts";
import { poolFor, runPool } from "./pool.ts";
import type { Forecast, Forecaster, ForecastRequest } from "./types.ts";

/** At most this many in-window origins: more change little and cost time. */
const MOST_ORIGINS = 80;
/** Below this many points there is nothing to learn weights from. */
const LEAST_POOL = 10;
const BAND = [0.05, 0.95];

/** Forecasts by the whole of our pool; see docs/decisions. Values of any scale, >= 1 point. */
export const forecastAuto: Forecaster = (request) => {
  const raw = request.series.values;
  const n = raw.length;
  if (n < LEAST_POOL) return forecastLast(request);
  const size = meanSize(raw);
  const y = Float64Array.from(raw, (v) => v / size);
  const steps = Math.max(request.horizonSteps, request.leadSteps);
  const seasons = n >= 24 ? detectSeasons(y, 2) : [];
  const models = poolFor(n, request.horizonSteps, seasons);
  const first = Math.max(2, Math.min(n - 1, Math.floor(n / 4), n - request.horizonSteps - 1));
  const from = Math.max(first, n - MOST_ORIGINS - request.horizonSteps);
  const origins = Int32Array.from({ length: Math.max(1, n - from + 1) }, (_, i) => Math.min(n, from + i));
  const paths = runPool(models, { y, origins, steps });
  return assemble(request, y, size, origins, models, paths, seasons[0]?.period ?? null);
};

function meanSize(values: Float64Array): number {
  let sum = 0;
  for (const v of values) sum += Math.abs(v);
  return sum > 0 ? sum / values.length : 1;
}

function assemble(
  request: ForecastRequest,
  y: Float64Array,
  size: number,
  origins: Int32Array,
  models: readonly Model[],
  paths: readonly Float64Array[],
  period: number | null,
): Forecast {
  const { horizonSteps, leadSteps, levels } = request;
  const n = y.length;
  const count = origins.length;
  const steps = Math.max(horizonSteps, leadSteps);
  const weights = weigh(y, origins, steps, horizonSteps, paths);
  const path = blend(weights, count, steps, paths);
  const moves = localMoves(y, origins);
  const now = moves[count - 1]!;
  const last = count - 1;

  const meanErrors = errorsOf(y, origins, moves, horizonSteps, (o) => meanOf(path, o * steps, horizonSteps), meanOf);
  const maxErrors = errorsOf(y, origins, moves, leadSteps, (o) => maxOf(path, o * steps, leadSteps), maxOf);
  const mean = meanOf(path, last * steps, horizonSteps);
  const peak = maxOf(path, last * steps, leadSteps);
  const meanQ = errorQuantiles(meanErrors, now, levels).map((e) => Math.max(0, mean + e) * size);
  const maxQ = errorQuantiles(maxErrors, now, levels).map((e) => Math.max(0, peak + e) * size);
  const centre = errorQuantiles(maxErrors, now, [0.5])[0]!;

  const out = path.slice(last * steps);
  const lower = new Float64Array(steps);
  const upper = new Float64Array(steps);
  for (let k = 0; k < steps; k++) {
    const errors = errorsOf(
      y,
      origins,
      moves,
      k + 1,
      (o) => path[o * steps + k]!,
      (v, at) => v[at + k]!,
    );
    const [low, high] = errorQuantiles(errors, now, BAND);
    lower[k] = Math.max(0, out[k]! + low!) * size;
    upper[k] = Math.max(0, out[k]! + high!) * size;
    out[k] = out[k]! * size;
  }

  let own = 0;
  let naive = 0;
  for (let o = 0; o < count && origins[o]! + horizonSteps <= n; o++) {
    const actual = meanOf(y, origins[o]!, horizonSteps);
    own += Math.abs(meanOf(path, o * steps, horizonSteps) - actual);
    naive += Math.abs(y[origins[o]! - 1]! - actual);
  }
  const judged = meanErrors.error.length;
  const table: Record<string, number> = {};
  models.forEach((model, m) => {
    table[model.name] = weights[last * models.length + m]!;
  });
  return {
    method: "auto",
    path: out,
    lower,
    upper,
    mean: mean * size,
    max: Math.max(0, peak + centre) * size,
    meanQuantiles: meanQ,
    maxQuantiles: maxQ,
    skill: naive > 0 ? own / naive : judged > 0 ? 1 : Number.NaN,
    coverage90: coverage(meanErrors),
    weights: table,
    period: period === null ? null : period * request.series.step,
    rung: n < 30 ? "smoothing" : "pool",
    origins: judged,
    fitted: fittedOf(request.series.values, path, origins, steps, size),
  };
}

/** Blend's first step at each in-window origin; the series itself before the first. */
function fittedOf(
  raw: Float64Array,
  path: Float64Array,
  origins: Int32Array,
  steps: number,
  size: number,
): Float64Array {
  const fitted = raw.slice();
  for (let o = 0; o < origins.length; o++) if (origins[o]! < raw.length) fitted[origins[o]!] = path[o * steps]! * size;
  return fitted;
}

function coverage(errors: { readonly error: Float64Array; readonly scale: Float64Array }): number {
  const n = errors.error.length;
  if (n < 10) return Number.NaN;
  const [low, high] = errorQuantiles(errors, 1, BAND);
  let inside = 0;
  for (let i = 0; i < n; i++) {
    const z = errors.error[i]! / errors.scale[i]!;
    if (z >= low! && z <= high!) inside++;
  }
  return inside / n;
}

function errorsOf(
  y: Float64Array,
  origins: Int32Array,
  moves: Float64Array,
  ahead: number,
  forecast: (o: number) => number,
  actual: (values: Float64Array, at: number, ahead: number) => number,
): { error: Float64Array; scale: Float64Array } {
  let known = 0;
  while (known < origins.length && origins[known]! + ahead <= y.length) known++;
  const error = new Float64Array(known);
  for (let o = 0; o < known; o++) error[o] = actual(y, origins[o]!, ahead) - forecast(o);
  return { error, scale: moves.slice(0, known) };
}

/** Size of recent one-step moves at each origin, shrunk halfway to that of the whole window so far. */
function localMoves(y: Float64Array, origins: Int32Array): Float64Array {
  const out = new Float64Array(origins.length);
  let fast = 0;
  let slow = 0;
  for (let t = 1, o = 0; o < origins.length; t++) {
    if (origins[o] === t) out[o++] = 1e-9 + Math.sqrt((fast + 1e-6) * (slow + 1e-6));
    if (t >= y.length) continue;
    const move = Math.abs(y[t]! - y[t - 1]!);
    fast += 0.15 * (move - fast);
    slow += Math.max(0.03, 1 / t) * (move - slow);
  }
  return out;
}

function meanOf(values: Float64Array, at: number, ahead: number): number {
  let sum = 0;
  for (let k = 0; k < ahead; k++) sum += values[at + k]!;
  return sum / ahead;
}

function maxOf(values: Float64Array, at: number, ahead: number): number {
  let max = values[at]!;
  for (let k = 1; k < ahead; k++) max = Math.max(max, values[at + k]!);
  return max;
}
