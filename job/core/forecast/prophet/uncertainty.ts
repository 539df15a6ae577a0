/** How far the future may stray: simulated futures of the trend with noise, or the same spread in closed form. */
import type { ProphetModel } from "./fit.ts";
import type { Random } from "./random.ts";
import { fillNormal, laplace } from "./random.ts";
import { quantileInPlace } from "./select.ts";
import { evaluateTrend } from "./trend.ts";

/** Lower and upper bounds row by row, in the unit of y. */
export interface UncertaintyIntervals {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly trendLower: Float64Array;
  readonly trendUpper: Float64Array;
}

/** One forecast row by row. t scaled and ascending; trend in the unit of y; yhat = trend * factor + added. */
export interface Expected {
  readonly t: Float64Array;
  readonly cap: Float64Array;
  readonly trend: Float64Array;
  readonly factor: Float64Array;
  readonly added: Float64Array;
}

/** The law of future bends: at each future row with this chance, of a Laplace size with this scale, in steps this long. */
interface BendLaw {
  readonly first: number;
  readonly chance: number;
  readonly size: number;
  readonly step: number;
}

/** Prophet's: as many bends per unit of time as changepoints, sized as the mean of the fitted ones. */
function bendLaw(model: ProphetModel, t: Float64Array): BendLaw {
  let first = 0;
  while (first < t.length && t[first]! <= 1) first++;
  const ahead = t.length - first;
  const step = ahead > 1 ? (t[t.length - 1]! - t[first]!) / (ahead - 1) : model.mean_step;
  const total = model.delta.reduce((sum, d) => sum + Math.abs(d), 0);
  return { first, chance: model.delta.length * step, size: total / model.delta.length + 1e-8, step };
}

/** Quantiles of `model.uncertainty_samples` simulated futures, as Prophet draws them; random numbers come from `random`. */
export function simulateBounds(model: ProphetModel, expected: Expected, random: Random): UncertaintyIntervals {
  const rows = expected.t.length;
  const samples = model.uncertainty_samples;
  const scale = model.scales.y_scale;
  const paths = model.growth === "flat" ? undefined : trendPaths(model, expected, samples, random);
  const noise = new Float64Array(samples);
  const trends = new Float64Array(samples);
  const out = emptyBounds(rows);
  for (let i = 0; i < rows; i++) {
    fillNormal(noise, random);
    for (let s = 0; s < samples; s++) {
      trends[s] = expected.trend[i]! + (paths === undefined ? 0 : paths[i * samples + s]! * scale);
      noise[s] = trends[s]! * expected.factor[i]! + expected.added[i]! + noise[s]! * model.sigma_obs * scale;
    }
    [out.lower[i], out.upper[i]] = tails(noise, model.interval_width);
    [out.trendLower[i], out.trendUpper[i]] = tails(trends, model.interval_width);
  }
  return out;
}

/** Departures of the trend from its expectation (model's scale), row after row, `samples` of each; all 0 in the past. */
function trendPaths(model: ProphetModel, expected: Expected, samples: number, random: Random): Float64Array {
  const { t } = expected;
  const law = bendLaw(model, t);
  const out = new Float64Array(t.length * samples);
  for (let s = 0; s < samples; s++) {
    let before = 0;
    let rate = 0;
    let level = 0;
    for (let i = law.first; i < t.length; i++) {
      // A bend counts half in its own step and half in the next: on average it falls in the middle of the step.
      const bend = random() < law.chance ? laplace(law.size, random) : 0;
      rate += (before + bend) / 2;
      before = bend;
      level += rate;
      out[i * samples + s] = level * law.step;
    }
  }
  if (model.growth === "logistic") bendLogistic(model, expected, law.first, samples, out);
  return out;
}

/** Turns departures of the logistic argument into departures of the curve, centred on their mean as Prophet does. */
function bendLogistic(model: ProphetModel, e: Expected, first: number, samples: number, paths: Float64Array): void {
  const argument = evaluateTrend("linear", { ...model, m: -model.k * model.m, tChange: model.changepoints_t }, e.t, []);
  for (let i = first; i < e.t.length; i++) {
    let mean = 0;
    for (let at = i * samples; at < (i + 1) * samples; at++) {
      paths[at] = e.cap[i]! / (1 + Math.exp(-argument[i]! - paths[at]!));
      mean += paths[at]! / samples;
    }
    for (let at = i * samples; at < (i + 1) * samples; at++) paths[at] = paths[at]! - mean;
  }
}

/**
 * The same spread without simulation: the variance of the bends and of the noise is known, the quantile is taken as
 * that of a normal. A bend's weight j steps later is (2j + 1) / 2 steps, its variance 2 size^2 x chance. Logistic
 * departures are scaled by the slope of the curve. Costs one pass over the rows.
 */
export function analyticBounds(model: ProphetModel, expected: Expected): UncertaintyIntervals {
  const { t, trend, factor, added, cap } = expected;
  const law = bendLaw(model, t);
  const scale = model.scales.y_scale;
  const z = normalQuantile((1 + model.interval_width) / 2);
  const bend = model.growth === "flat" ? 0 : Math.min(1, law.chance) * 2 * law.size * law.size * law.step * law.step;
  const out = emptyBounds(t.length);
  let weight = 0;
  for (let i = 0; i < t.length; i++) {
    const ahead = i - law.first;
    if (ahead >= 0) weight += (ahead + 0.5) ** 2;
    let slope = scale;
    if (model.growth === "logistic") {
      const floorless = evaluateTrend("logistic", { ...model, tChange: model.changepoints_t }, [t[i]!], [cap[i]!])[0]!;
      slope *= floorless * (1 - floorless / cap[i]!);
    }
    const trendSd = Math.sqrt(weight * bend) * slope;
    const sd = Math.hypot(trendSd * factor[i]!, model.sigma_obs * scale);
    const yhat = trend[i]! * factor[i]! + added[i]!;
    out.lower[i] = yhat - z * sd;
    out.upper[i] = yhat + z * sd;
    out.trendLower[i] = trend[i]! - z * trendSd;
    out.trendUpper[i] = trend[i]! + z * trendSd;
  }
  return out;
}

function emptyBounds(rows: number): UncertaintyIntervals {
  return {
    lower: new Float64Array(rows),
    upper: new Float64Array(rows),
    trendLower: new Float64Array(rows),
    trendUpper: new Float64Array(rows),
  };
}

/** The two quantiles that enclose the middle `width` of the values; reorders the array. */
function tails(values: Float64Array, width: number): [number, number] {
  return [quantileInPlace(values, (1 - width) / 2), quantileInPlace(values, (1 + width) / 2)];
}

/** Quantile of the standard normal for p in (0.5, 1): Newton steps on the error function's series. Error below 1e-9. */
export function normalQuantile(p: number): number {
  let x = 0;
  for (let i = 0; i < 60; i++) {
    const step = (p - normalCumulative(x)) / (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI));
    x += Math.max(-0.5, Math.min(0.5, step));
    if (Math.abs(step) < 1e-12) break;
  }
  return x;
}

/** 1/2 + phi(x) (x + x^3/3 + x^5/15 + ...), which converges for all x; 100 terms give 1e-12 up to x = 6. */
function normalCumulative(x: number): number {
  let term = x;
  let sum = x;
  for (let i = 1; i < 100; i++) {
    term *= (x * x) / (2 * i + 1);
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}
