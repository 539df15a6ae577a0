/** The interface every model of the pool implements, and the plan of one pass over a window. */

/** One pass: forecasts are wanted at every origin, each from the values before it only. */
export interface Plan {
  /** The window, oldest first, no NaN. Values are scaled so that their mean size is about 1. */
  readonly y: Float64Array;
  /** Ascending; origin t knows y[0..t-1] and forecasts y[t..t+steps-1]; the last one is usually y.length. Each >= 2. */
  readonly origins: Int32Array;
  /** Steps forecast at each origin, >= 1. */
  readonly steps: number;
}

/**
 * A model: one pass over the window serves all origins. `out[o * steps + k]` becomes the forecast of y[origins[o] + k].
 * The forecast at an origin must not depend on any value at or after it (the contract suite refits on the prefix and compares).
 */
export interface Model {
  readonly name: string;
  /** Values it needs before its first origin; at earlier origins it repeats the last value. */
  readonly least: number;
  /** Its errors count this much more when models are weighed; absent: 1. */
  readonly lossPenalty?: number;
  readonly run: (plan: Plan, out: Float64Array) => void;
}

/** One entry for each model of a pool; the first is the last value's, which every comparison is against. */
export type LastFirst<T> = readonly [last: T, ...others: T[]];

/** The same for each model, the last value's first. */
export function eachModel<T, U>([last, ...others]: LastFirst<T>, of: (item: T) => U): LastFirst<U> {
  return [of(last), ...others.map(of)];
}

/** Writes a constant path for origin number o. */
export function flat(out: Float64Array, o: number, steps: number, value: number): void {
  out.fill(value, o * steps, (o + 1) * steps);
}

/**
 * Regressions solve for their coefficients only now and then: at origin t they know the pairs that end before the last multiple of
 * max(3, t / 32). At 120 values that is up to 2 steps ago, and a third of the solves.
 */
export function anchorOf(t: number): number {
  return t - (t % Math.max(3, t >> 5));
}

/**
 * How a regression's residual lives on: its first-order autocorrelation over [from, t), within 0..0.97, and its newest value, which decays by
 * that factor each step.
 */
export function carriedFrom(residual: (i: number) => number, from: number, t: number): [rho: number, newest: number] {
  let cross = 0;
  let square = 1e-12;
  let before = residual(from);
  for (let i = from + 1; i < t; i++) {
    const r = residual(i);
    cross += r * before;
    square += before * before;
    before = r;
  }
  return [Math.min(0.97, Math.max(0, cross / square)), before];
}
