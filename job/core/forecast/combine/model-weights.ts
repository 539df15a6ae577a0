/** Weights of models from their losses. */

/** Losses below this share of the window's mean size are all the same: a constant series weighs every model alike. */
export const NOTHING = 1e-7;

/** Writes (least / loss)^power, power a whole number, scaled to sum 1, into `out`. An infinite loss gets no weight. */
export function modelWeightsOf(loss: Float64Array, power: number, out: Float64Array): Float64Array {
  let least = Number.POSITIVE_INFINITY;
  for (let m = 0; m < loss.length; m++) least = Math.min(least, loss[m]!);
  let total = 0;
  for (let m = 0; m < loss.length; m++) {
    const ratio = (least + NOTHING) / (loss[m]! + NOTHING);
    let weight = loss[m] === Number.POSITIVE_INFINITY ? 0 : 1;
    for (let i = 0; i < power; i++) weight *= ratio;
    out[m] = weight;
    total += weight;
  }
  for (let m = 0; m < loss.length; m++) out[m] = out[m]! / total;
  return out;
}
