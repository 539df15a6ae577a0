/** The interface of the pool's models, and the plan of one pass over a window. */

/** One pass over a window: every origin needs a forecast, made only from the values before it. */
export interface Plan {
  /** The window, oldest first, no NaN. Values are scaled so that their mean size is about 1. */
  readonly y: Float64Array;
  /** Ascending, each at least 2. Origin t knows y[0..t-1] and forecasts y[t..t+steps-1]; the last one is usually y.length. */
  readonly origins: Int32Array;
  /** Steps forecast at each origin, >= 1. */
  readonly steps: number;
}

/**
 * A model of the pool. One call serves all origins: `out[o * steps + k]` becomes the forecast of y[origins[o] + k].
 * No forecast may depend on a value at or after its origin. The contract suite refits on the prefix and compares.
 */
export interface Model {
  readonly name: string;
  /** Values it needs; at origins with fewer the pool repeats the last value. */
  readonly minValues: number;
  /** Factor on its loss when models are weighted; absent: 1. */
  readonly lossPenalty?: number;
  readonly run: (plan: Plan, out: Float64Array) => void;
}

/** One entry per model. The first one belongs to the last value, with which all others are compared. */
export type LastFirst<T> = readonly [last: T, ...others: T[]];

/** Maps the entries of all models, keeping the last value's first. */
export function eachModel<T, U>([last, ...others]: LastFirst<T>, of: (item: T) => U): LastFirst<U> {
  return [of(last), ...others.map(of)];
}
