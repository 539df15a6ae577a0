/** Combines the pool: at each origin, weights from the errors known by then; out of sample, so its errors are honest. */

/** What was forecast and what came, as means over the first `ahead` steps of each origin. */
export interface Judged {
  /** Weights of the models at each origin, origins x models, each row summing to 1. */
  readonly weights: Float64Array;
}

/** Inverse-error weights use this power: 1 would be a plain mean, infinity the single best. */
const POWER = 5;
/** Forgetting of errors an origin: a memory of about 30 origins. */
const MEMORY = 0.97;

/**
 * Weights at each origin from the discounted absolute errors of the mean over `ahead` steps at the earlier origins whose outcome was known
 * by then. Before any outcome is known all models count the same.
 */
export function weigh(
  y: Float64Array,
  origins: Int32Array,
  steps: number,
  ahead: number,
  paths: readonly Float64Array[],
): Float64Array {
  const models = paths.length;
  const count = origins.length;
  const weights = new Float64Array(count * models);
  const loss = new Float64Array(models);
  let known = 0;
  for (let o = 0; o < count; o++) {
    while (known < o && origins[known]! + ahead <= origins[o]!) {
      let actual = 0;
      for (let k = 0; k < ahead; k++) actual += y[origins[known]! + k]! / ahead;
      for (let m = 0; m < models; m++) {
        let mean = 0;
        for (let k = 0; k < ahead; k++) mean += paths[m]![known * steps + k]! / ahead;
        loss[m] = MEMORY * loss[m]! + Math.abs(mean - actual);
      }
      known++;
    }
    let least = Number.POSITIVE_INFINITY;
    for (let m = 0; m < models; m++) least = Math.min(least, loss[m]!);
    let total = 0;
    for (let m = 0; m < models; m++) {
      // Errors within 1e-9 of nothing are all the same: a constant series weighs every model alike.
      const ratio = (least + 1e-9) / (loss[m]! + 1e-9);
      const w = known === 0 ? 1 : ratio ** POWER;
      weights[o * models + m] = w;
      total += w;
    }
    for (let m = 0; m < models; m++) weights[o * models + m] = weights[o * models + m]! / total;
  }
  return weights;
}

/** The weighted mean of the models' paths, origins x steps. */
export function blend(
  weights: Float64Array,
  count: number,
  steps: number,
  paths: readonly Float64Array[],
): Float64Array {
  const out = new Float64Array(count * steps);
  const models = paths.length;
  for (let m = 0; m < models; m++) {
    const path = paths[m]!;
    for (let o = 0; o < count; o++) {
      const w = weights[o * models + m]!;
      if (w < 1e-6) continue;
      for (let k = 0; k < steps; k++) out[o * steps + k] = out[o * steps + k]! + w * path[o * steps + k]!;
    }
  }
  return out;
}
