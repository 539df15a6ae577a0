/** Forecasts from a fitted model: the point forecast, its bounds and the components that a plot shows. */
import type { Result } from "../../result.ts";
import { ok } from "../../result.ts";
import type { FeatureBlock } from "./features.ts";
import { blockWidth, featureColumns, missingColumn } from "./features.ts";
import type { ProphetModel } from "./fit.ts";
import type { Frame } from "./frame.ts";
import { sortedFrame } from "./frame.ts";
import type { ProphetError, SeasonalityMode } from "./options.ts";
import { failure } from "./options.ts";
import { capProblem, floorAt, scaledCap, scaledTimes } from "./prepare.ts";
import type { Random } from "./random.ts";
import { seededRandom } from "./random.ts";
import { evaluateTrend } from "./trend.ts";
import type { Expected, UncertaintyIntervals } from "./uncertainty.ts";
import { analyticBounds, simulateBounds } from "./uncertainty.ts";

/** One part of a forecast: additive parts in the unit of y, multiplicative ones as a share of the trend. */
export interface Component {
  readonly mode: SeasonalityMode;
  readonly values: Float64Array;
}

/** A forecast, row by row in ascending time; yhat = trend (1 + multiplicative_terms) + additive_terms. */
export interface ProphetForecast {
  readonly ds: Float64Array;
  readonly yhat: Float64Array;
  readonly yhat_lower: Float64Array;
  readonly yhat_upper: Float64Array;
  readonly trend: Float64Array;
  readonly trend_lower: Float64Array;
  readonly trend_upper: Float64Array;
  readonly additive_terms: Float64Array;
  readonly multiplicative_terms: Float64Array;
  /** By name: each season, event and regressor, and their sums "holidays", "extra_regressors_additive" and "..._multiplicative". */
  readonly components: Readonly<Record<string, Component>>;
}

/** How to compute the bounds of a forecast. */
export interface PredictOptions {
  /**
   * How the bounds are made:
   * - "simulate" (default): quantiles of `uncertainty_samples` simulated futures, as in Prophet;
   * - "analytic": the same spread from its variance, about 100 times cheaper;
   * - "none": bounds equal to the forecast, also without samples.
   */
  readonly intervals?: "simulate" | "analytic" | "none";
  /** The random numbers of "simulate". Default: a generator of fixed seed, so that equal inputs give equal bytes. */
  readonly random?: Random;
}

/**
 * The forecast at the rows of `future`, sorted by time first as in Prophet.
 * Errors, as values: times that are not finite; a column, cap or floor that the model needs and the frame lacks.
 */
export function predict(
  model: ProphetModel,
  future: Frame,
  options: PredictOptions = {},
): Result<ProphetForecast, ProphetError> {
  const frame = sortedFrame(future);
  const problem = frameProblem(model, frame);
  if (problem !== undefined) return problem;
  const expected = expectation(model, frame);
  const rows = frame.ds.length;
  const yhat = new Float64Array(rows);
  const multiplicative = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    yhat[i] = expected.trend[i]! * expected.factor[i]! + expected.added[i]!;
    multiplicative[i] = expected.factor[i]! - 1;
  }
  const bounds = boundsOf(model, expected, yhat, options);
  return ok({
    ds: Float64Array.from(frame.ds),
    yhat,
    yhat_lower: bounds.lower,
    yhat_upper: bounds.upper,
    trend: expected.trend,
    trend_lower: bounds.trendLower,
    trend_upper: bounds.trendUpper,
    additive_terms: expected.added,
    multiplicative_terms: multiplicative,
    components: componentsOf(model, expected.X, rows),
  });
}

function boundsOf(
  model: ProphetModel,
  expected: Expected,
  yhat: Float64Array,
  options: PredictOptions,
): UncertaintyIntervals {
  if (options.intervals === "analytic") return analyticBounds(model, expected);
  if (options.intervals === "none" || model.uncertainty_samples === 0) {
    return { lower: yhat, upper: yhat, trendLower: expected.trend, trendUpper: expected.trend };
  }
  return simulateBounds(model, expected, options.random ?? seededRandom(1));
}

function frameProblem(model: ProphetModel, frame: Frame) {
  const bad = (field: string, value: unknown, accepted: string) => failure("ProphetFuture", field, value, accepted);
  for (let i = 0; i < frame.ds.length; i++) {
    if (!Number.isFinite(frame.ds[i]!)) return bad("ds", frame.ds[i], "finite epoch seconds");
  }
  const needed = missingColumn(model.blocks, frame);
  if (needed !== undefined) return bad(needed, frame.columns?.[needed], "a column of finite values, one for each row");
  if (model.growth !== "logistic") return undefined;
  const wrong = capProblem(frame, model.scales.own_floor, model.scales.y_min);
  return wrong && bad(wrong.field, wrong.value, "one value for each row, cap above floor");
}

/** Trend in the unit of y, 1 + multiplicative terms, additive terms in the unit of y, and the feature columns. */
function expectation(model: ProphetModel, frame: Frame): Expected & { readonly X: Float64Array } {
  const { scales } = model;
  const t = scaledTimes(frame.ds, scales);
  const cap = model.growth === "logistic" ? scaledCap(frame, scales) : new Float64Array(0);
  const trend = evaluateTrend(model.growth, { ...model, tChange: model.changepoints_t }, t, cap);
  const rows = t.length;
  const factor = new Float64Array(rows).fill(1);
  const added = new Float64Array(rows);
  const X = featureColumns(model.blocks, frame);
  let j = 0;
  for (const block of model.blocks) {
    const multiplies = block.mode === "multiplicative";
    for (const end = j + blockWidth(block); j < end; j++) {
      const into = multiplies ? factor : added;
      const beta = model.beta[j]! * (multiplies ? 1 : scales.y_scale);
      for (let i = 0; i < rows; i++) into[i] = into[i]! + beta * X[j * rows + i]!;
    }
  }
  for (let i = 0; i < rows; i++) trend[i] = trend[i]! * scales.y_scale + floorAt(frame, i, scales);
  return { t, cap, trend, factor, added, X };
}

function componentsOf(model: ProphetModel, X: Float64Array, rows: number): Record<string, Component> {
  const out: Record<string, Component> = {};
  let j = 0;
  for (const block of model.blocks) {
    const scale = block.mode === "additive" ? model.scales.y_scale : 1;
    const names = [block.name, ...groupOf(block)];
    for (const name of names) out[name] ??= { mode: block.mode, values: new Float64Array(rows) };
    for (const end = j + blockWidth(block); j < end; j++) {
      for (const name of names) {
        const { values } = out[name]!;
        for (let i = 0; i < rows; i++) values[i] = values[i]! + scale * model.beta[j]! * X[j * rows + i]!;
      }
    }
  }
  return out;
}

/** The sum that a component belongs to, by Prophet's name. */
function groupOf(block: FeatureBlock): string[] {
  if (block.kind === "holiday") return ["holidays"];
  return block.kind === "regressor" ? [`extra_regressors_${block.mode}`] : [];
}
