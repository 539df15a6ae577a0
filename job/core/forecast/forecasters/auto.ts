/** The forecaster the job uses: a ladder from the last value to a weighted pool, with conformal quantiles. */
import type { Cores, Probability } from "../../units.ts";
import { bandsOf } from "../combine/bands.ts";
import { overlapOf, recencyWeights } from "../combine/conformal.ts";
import { judge } from "../combine/judge.ts";
import { evidenceOf, type Moves, maximumByMoves, movesOf, valueByMoves } from "../combine/moves.ts";
import { countOf, measuredOnly, type Pass } from "../combine/pass.ts";
import { hasBroken, pointForecast, pointRecency, pointWeights } from "../combine/point.ts";
import { combineQuantiles, type Target } from "../combine/quantiles.ts";
import { eachModel, type LastFirst, type Model } from "../models/model.ts";
import { poolFor, runPool } from "../models/pool.ts";
import { profilePool } from "../models/profile-pool.ts";
import { detectSeasons } from "../seasons/detect.ts";
import { findSinusoids } from "../seasons/sinusoids.ts";
import type { Forecast, Forecaster, ForecastRequest, LeadPart, Peak } from "../types.ts";
import { forecastLast } from "./cold-start.ts";

/** Below this many points there is nothing to learn weights from. */
const MIN_POOL = 10;
/** From this many on the regressions and seasons join. */
const MIN_SEASON = 30;
/** Six hours of 15 s. Older values cost time and tell nothing at a horizon of minutes, but that a quantile of 0.99 rests on few errors. */
const MAX_WINDOW = 1440;
/** About this many in-window origins; a longer window spaces them out, but never beyond a minute of 15 s: a peak that lasts one would fall between two. */
const MAX_ORIGINS = 120;
const MAX_STRIDE = 4;

/** Forecasts by the whole of our pool (docs/decisions/0003-forecaster.md). At least one value; below ten the last value and its spread. */
export const forecastAuto: Forecaster = (request) =>
  request.series.values.length < MIN_POOL ? forecastLast(request) : assemble(request, passOver(request));

function passOver({ series, horizonSteps, leadSteps, longHistory }: ForecastRequest): Pass {
  const raw = series.values.subarray(Math.max(0, series.values.length - MAX_WINDOW));
  const filled = series.filled.subarray(series.values.length - raw.length);
  const n = raw.length;
  let size = 0;
  for (const v of raw) size += Math.abs(v) / n;
  if (!(size > 0)) size = 1;
  const y = raw.map((v) => v / size);
  const steps = Math.max(horizonSteps, leadSteps);
  const seasons = n >= MIN_SEASON ? detectSeasons(y, 2) : [];
  const sinusoids = n >= MIN_SEASON ? findSinusoids(y) : [];
  const start = series.start + (series.values.length - n) * series.step;
  const shrinkage = { start, step: series.step, length: n + steps };
  const models: LastFirst<Model> = [
    ...poolFor(n, horizonSteps, seasons, sinusoids),
    ...profilePool(longHistory, shrinkage, horizonSteps, size),
  ];
  const span = n - Math.max(4, Math.floor(n / 6));
  const stride = Math.min(MAX_STRIDE, Math.max(1, Math.floor(span / MAX_ORIGINS)));
  const count = Math.min(Math.max(MAX_ORIGINS, Math.floor(span / MAX_STRIDE)), Math.floor(span / stride)) + 1;
  const origins = Int32Array.from({ length: count }, (_, i) => n - (count - 1 - i) * stride);
  const paths = runPool(models, { y, origins, steps });
  let made: Moves | undefined;
  const moves = () => {
    made ??= movesOf(y, filled, steps);
    return made;
  };
  return { y, filled, size, origins, stride, steps, models, paths, seasons, moves };
}

function assemble(request: ForecastRequest, pass: Pass): Forecast {
  const { horizonSteps, leadSteps, levels, series, parts } = request;
  const { size, origins, stride, steps, models, seasons } = pass;
  const meanTarget = targetOf(pass, [0, horizonSteps], horizonMean);
  const { actual, predictions } = meanTarget;
  const memory = measuredOnly(pointRecency(actual.length, stride, pass.y.length), pass, horizonSteps);
  let weights = pointWeights(
    actual,
    predictions,
    memory,
    models.map((model) => model.lossPenalty ?? 1),
  );
  let path = blend(pass, weights);
  const broken = stride === 1 && hasBroken(firstErrors(pass, path));
  if (broken) {
    weights = weights.map((_, m) => (m === 0 ? 1 : 0));
    path = blend(pass, weights);
  }
  const verdict = judge(actual, predictions, memory, Math.ceil(horizonSteps / stride));
  const now = (origins.length - 1) * steps;
  const bands = bandsOf(pass, path);
  const n = series.values.length;
  const modelWeights: Record<string, number> = {};
  models.forEach((model, m) => {
    modelWeights[model.name] = weights[m]!;
  });
  return {
    method: "auto",
    path: path.slice(now).map((v) => v * size),
    lower: bands.lower.map((v) => v * size),
    upper: bands.upper.map((v) => v * size),
    mean: pointForecast(actual, predictions, memory, weights) * size,
    meanQuantiles: withMoves(pass, meanTarget, levels, [0, horizonSteps], valueAt).map((v) => v * size),
    ...peakOf(pass, [0, leadSteps], levels),
    ...(parts && { parts: parts.map((part) => peakOf(pass, part, levels)) }),
    skill: verdict.skill,
    coverage90: verdict.coverage90,
    modelWeights,
    period: seasons.length === 0 ? null : seasons[0]!.period * series.step,
    coldStartTier: n < MIN_SEASON ? "smoothing" : "pool",
    origins: actual.length,
    fitted: fittedOf(series.values, path, pass),
  };
}

/** The maximum over a part of the lead. */
function peakOf(pass: Pass, part: LeadPart, levels: readonly Probability[]): Peak {
  const withMedian = levels.includes(0.5) ? levels : [...levels, 0.5].sort((a, b) => a - b);
  const target = targetOf(pass, part, partMaximum);
  const quantiles = withMoves(pass, target, withMedian, part, maximumByMoves).map((v) => v * pass.size);
  return {
    max: quantiles[withMedian.indexOf(0.5)]!,
    maxQuantiles: levels.map((level) => quantiles[withMedian.indexOf(level)]!),
  };
}

/** Quantiles of the mean over the first `to` steps by the moves: wider than the mean's own, since it is less than its last step. */
const valueAt = (last: Cores, moves: Moves, [, to]: LeadPart, level: Probability) =>
  valueByMoves(last, moves, to, level);

/**
 * The models' quantiles as far as there are outcomes to learn them from, those of the last value's moves for the rest: with none known, all levels were one number, and 0.91
 * held 9 % of outcomes at 10 values.
 */
function withMoves(
  pass: Pass,
  target: Target,
  levels: readonly Probability[],
  part: LeadPart,
  byMoves: typeof maximumByMoves,
): number[] {
  const share = evidenceOf(countOf(target.recencyWeights), part[1]);
  const learnt = share > 0 ? combineQuantiles(target, levels) : [];
  if (share === 1) return learnt;
  const last = Math.max(0, pass.y[pass.y.length - 1]!);
  return levels.map((level, l) => {
    const law = byMoves(last, pass.moves(), part, level);
    return share > 0 ? law + share * (learnt[l]! - law) : law;
  });
}

function targetOf(pass: Pass, [from, to]: LeadPart, of: typeof partMaximum): Target {
  const { y, origins, steps, stride, paths } = pass;
  let known = 0;
  while (known < origins.length && origins[known]! + to <= y.length) known++;
  const actual = new Float64Array(known);
  for (let o = 0; o < known; o++) actual[o] = of(y, origins[o]! + from, to - from);
  const predictions = eachModel(paths, (path) => {
    const out = new Float64Array(origins.length);
    for (let o = 0; o < out.length; o++) out[o] = of(path, o * steps + from, to - from);
    return out;
  });
  const weights = measuredOnly(recencyWeights(known, stride, y.length), pass, to);
  return {
    actual,
    predictions,
    recencyWeights: weights,
    outcomeOverlap: overlapOf(to, stride),
    centred: of === horizonMean,
  };
}

/** The models' paths blended by today's weights, at every origin. */
function blend({ origins, steps, paths }: Pass, modelWeights: Float64Array): Float64Array {
  const out = new Float64Array(origins.length * steps);
  paths.forEach((path, m) => {
    const w = modelWeights[m]!;
    for (let i = 0; i < out.length; i++) out[i] = out[i]! + w * path[i]!;
  });
  return out;
}

/** One-step errors of the blend at the in-window origins, oldest first. */
function firstErrors({ y, origins, steps }: Pass, path: Float64Array): Float64Array {
  return Float64Array.from({ length: origins.length - 1 }, (_, o) => y[origins[o]!]! - path[o * steps]!);
}

/** The blend's first step at each in-window origin, linear between spaced origins; the series itself before the first. */
function fittedOf(raw: Float64Array, path: Float64Array, { y, origins, steps, size }: Pass): Float64Array {
  const fitted = raw.slice();
  const shift = raw.length - y.length;
  for (let o = 0; o + 1 < origins.length; o++) {
    const left = path[o * steps]! * size;
    const gap = origins[o + 1]! - origins[o]!;
    const right = path[(o + 1) * steps]! * size;
    for (let i = 0; i < gap; i++) fitted[shift + origins[o]! + i] = left + ((right - left) * i) / gap;
  }
  return fitted;
}

function horizonMean(values: Float64Array, at: number, ahead: number): number {
  let sum = 0;
  for (let k = 0; k < ahead; k++) sum += values[at + k]!;
  return sum / ahead;
}

function partMaximum(values: Float64Array, at: number, ahead: number): number {
  let max = values[at]!;
  for (let k = 1; k < ahead; k++) max = Math.max(max, values[at + k]!);
  return max;
}
