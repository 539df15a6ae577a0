/** Scales a history to the problem that the solvers see: y, time in [0, 1], changepoints and feature columns. */
import type { Result } from "../../result.ts";
import { ok } from "../../result.ts";
import { makeBlocks } from "./blocks.ts";
import type { FeatureBlock } from "./features.ts";
import { featureColumns, missingColumn, multiplicativeFlags, priorScales } from "./features.ts";
import type { Frame, ObservedFrame } from "./frame.ts";
import { greatest, least, usableRows } from "./frame.ts";
import type { Growth, ProphetError, ResolvedOptions } from "./options.ts";
import { failure } from "./options.ts";

/** How times and values are scaled to the model. Plain data. */
export interface Scales {
  /** Epoch seconds of the first observation. */
  readonly start: number;
  /** Seconds from the first to the last observation. */
  readonly t_scale: number;
  /** What y is divided by, after the floor is taken off. */
  readonly y_scale: number;
  /** The floor where the frame brings none (0, or the minimum of y under minmax). */
  readonly y_min: number;
  /** Whether frames must bring their own floor. */
  readonly own_floor: boolean;
}

/** The scaled problem: T rows in ascending time, K feature columns (column by column), S changepoints. */
export interface Problem {
  readonly growth: Growth;
  readonly t: Float64Array;
  readonly y: Float64Array;
  /** Scaled capacity; empty unless growth is logistic. */
  readonly cap: Float64Array;
  readonly X: Float64Array;
  /** Prior standard deviation of each column. */
  readonly sigmas: Float64Array;
  /** 1 where the column multiplies the trend. */
  readonly multiplies: Uint8Array;
  /** Scaled times of the changepoints, ascending; a single 0 stands for "none". */
  readonly tChange: Float64Array;
  /** Scale of the Laplace prior of the rate changes. */
  readonly tau: number;
}

/** A problem, with what converts its solution back to the caller's units. */
export interface Prepared {
  readonly problem: Problem;
  readonly scales: Scales;
  readonly blocks: readonly FeatureBlock[];
  readonly noChangepoints: boolean;
  /** Every observation the same: nothing to fit. */
  readonly constant: boolean;
  /** Mean scaled distance of neighbouring rows. */
  readonly meanStep: number;
}

/** Prophet's preprocessing. Errors, as values: fewer than two rows, one distinct time, values that are not finite, missing columns. */
export function prepare(history: ObservedFrame, options: ResolvedOptions): Result<Prepared, ProphetError> {
  const frame = usableRows(history);
  const rows = frame.ds.length;
  const problem = historyProblem(history, frame, options);
  if (problem !== undefined) return problem;
  const scales = measureScales(frame, options);
  const t = scaledTimes(frame.ds, scales);
  const own = changepoints(frame.ds, options, scales);
  if (own === undefined)
    return failure("ProphetOptions", "changepoints", options.changepoints, "times within the history");
  const blocks = makeBlocks(frame, options);
  const y = new Float64Array(rows);
  for (let i = 0; i < rows; i++) y[i] = (frame.y[i]! - floorAt(frame, i, scales)) / scales.y_scale;
  return ok({
    scales,
    blocks,
    noChangepoints: own.length === 0,
    constant: least(frame.y) === greatest(frame.y) && options.growth !== "logistic",
    meanStep: 1 / (rows - 1),
    problem: {
      growth: options.growth,
      t,
      y,
      cap: options.growth === "logistic" ? scaledCap(frame, scales) : new Float64Array(0),
      X: featureColumns(blocks, frame),
      sigmas: priorScales(blocks),
      multiplies: multiplicativeFlags(blocks),
      tChange: own.length === 0 ? new Float64Array(1) : own,
      tau: options.changepoint_prior_scale,
    },
  });
}

/** Times on the model's scale: 0 at the first observation, 1 at the last. */
export function scaledTimes(ds: ArrayLike<number>, scales: Scales): Float64Array {
  const out = new Float64Array(ds.length);
  for (let i = 0; i < out.length; i++) out[i] = (ds[i]! - scales.start) / scales.t_scale;
  return out;
}

/** The floor of one row, in the unit of y. */
export function floorAt(frame: Frame, row: number, scales: Scales): number {
  return scales.own_floor ? frame.floor![row]! : scales.y_min;
}

/** Capacities on the model's scale. */
export function scaledCap(frame: Frame, scales: Scales): Float64Array {
  const out = new Float64Array(frame.ds.length);
  for (let i = 0; i < out.length; i++) out[i] = (frame.cap![i]! - floorAt(frame, i, scales)) / scales.y_scale;
  return out;
}

/** What is wrong with a frame's cap or floor under logistic growth; undefined: nothing. */
export function capProblem(
  frame: Frame,
  ownFloor: boolean,
  yMin: number,
): { field: string; value: unknown } | undefined {
  const rows = frame.ds.length;
  if (frame.cap?.length !== rows) return { field: "cap", value: frame.cap?.length };
  if (ownFloor && frame.floor?.length !== rows) return { field: "floor", value: frame.floor?.length };
  for (let i = 0; i < rows; i++) {
    const floor = ownFloor ? frame.floor![i]! : yMin;
    if (!(frame.cap[i]! > floor)) return { field: "cap", value: frame.cap[i] };
  }
  return undefined;
}

function historyProblem(given: ObservedFrame, frame: ObservedFrame, options: ResolvedOptions) {
  const bad = (field: string, value: unknown, accepted: string) => failure("ProphetHistory", field, value, accepted);
  const rows = frame.ds.length;
  if (given.y.length !== given.ds.length)
    return bad("y", given.y.length, `as many values as times (${given.ds.length})`);
  if (rows < 2) return bad("y", rows, "at least 2 rows with a value");
  for (let i = 0; i < rows; i++) {
    if (!Number.isFinite(frame.ds[i]!)) return bad("ds", frame.ds[i], "finite epoch seconds");
    if (!Number.isFinite(frame.y[i]!)) return bad("y", frame.y[i], "finite values");
  }
  if (frame.ds[0] === frame.ds[rows - 1]) return bad("ds", frame.ds[0], "at least 2 distinct times");
  const needed = missingColumn(makeBlocks(frame, options), frame);
  if (needed !== undefined) return bad(needed, frame.columns?.[needed], "a column of finite values, one for each row");
  if (options.growth !== "logistic") return undefined;
  const wrong = capProblem(frame, frame.floor !== undefined, options.scaling === "minmax" ? least(frame.y) : 0);
  return wrong && bad(wrong.field, wrong.value, "one value for each row, cap above floor");
}

function measureScales(frame: ObservedFrame, options: ResolvedOptions): Scales {
  const own_floor = options.growth === "logistic" && frame.floor !== undefined;
  const start = frame.ds[0]!;
  const t_scale = frame.ds[frame.ds.length - 1]! - start;
  let y_min = 0;
  let y_scale = 0;
  if (options.scaling === "minmax") {
    y_min = least(own_floor ? frame.floor! : frame.y);
    y_scale = greatest(own_floor ? frame.cap! : frame.y) - y_min;
  } else {
    for (let i = 0; i < frame.ds.length; i++) {
      y_scale = Math.max(y_scale, Math.abs(frame.y[i]! - (own_floor ? frame.floor![i]! : 0)));
    }
  }
  return { start, t_scale, y_scale: y_scale === 0 ? 1 : y_scale, y_min, own_floor };
}

/** The given changepoints, scaled and sorted, or a grid over the first part of the rows. Undefined: one lies outside the history. */
function changepoints(ds: ArrayLike<number>, options: ResolvedOptions, scales: Scales): Float64Array | undefined {
  const given = options.changepoints;
  if (given !== undefined) {
    const last = scales.start + scales.t_scale;
    if (given.some((c) => c < scales.start || c > last)) return undefined;
    return scaledTimes(given, scales).sort();
  }
  const usable = Math.floor(ds.length * options.changepoint_range);
  const count = Math.max(0, Math.min(options.n_changepoints, usable - 1));
  const out = new Float64Array(count);
  const step = (usable - 1) / count;
  for (let j = 1; j <= count; j++) {
    out[j - 1] = (ds[j === count ? usable - 1 : roundHalfEven(j * step)]! - scales.start) / scales.t_scale;
  }
  return out;
}

/** numpy's rounding: a half goes to the even neighbour, so grids of changepoints land on the same rows as Prophet's. */
function roundHalfEven(x: number): number {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}
