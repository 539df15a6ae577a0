/** Judges the combination as it would have been at each in-window origin: skill against the last value, and coverage, out of sample. */

import { orderStatistic } from "./naive.ts";
import { sharesOf } from "./shares.ts";

/** In-window verdict on the combined forecast of the horizon's mean. */
export interface Verdict {
  /** MAE over that of the last value on the same origins; NaN when nothing could be judged, 1 when the last value made no error. */
  readonly skill: number;
  /** Share of judged origins inside the 90 % interval made from the errors before them; NaN below 10 judged origins. */
  readonly coverage90: number;
}

/** Coverage is judged from this many errors on: 20 give a 5 % and a 95 % quantile of their own. */
const LEAST_ERRORS = 20;

/**
 * Replays the weighting: at origin o only outcomes known by then (`delay` origins back) weigh. `said[0]` is the last value.
 * The most recent half counts for the skill, since early origins had hardly any outcome to weigh by.
 */
export function judge(actual: Float64Array, said: readonly Float64Array[], delay: number): Verdict {
  const models = said.length;
  const known = actual.length;
  const loss = new Float64Array(models);
  const shares = new Float64Array(models);
  const errors = new Float64Array(known);
  const from = Math.floor(known / 2);
  let own = 0;
  let naive = 0;
  let inside = 0;
  let judged = 0;
  let sorted = new Float64Array(0);
  for (let o = 0; o < known; o++) {
    if (o >= delay)
      for (let m = 0; m < models; m++) loss[m] = 0.985 * loss[m]! + Math.abs(actual[o - delay]! - said[m]![o - delay]!);
    sharesOf(loss, 10, shares);
    let mean = 0;
    for (let m = 0; m < models; m++) mean += shares[m]! * said[m]![o]!;
    errors[o] = actual[o]! - mean;
    const seen = o - delay + 1;
    if (seen >= LEAST_ERRORS) {
      sorted = errors.slice(0, seen).sort();
      judged++;
      const edge = 0.05 * (1 - 1 / seen);
      if (errors[o]! >= orderStatistic(sorted, edge) && errors[o]! <= orderStatistic(sorted, 1 - edge)) inside++;
    }
    if (o >= from) {
      own += Math.abs(errors[o]!);
      naive += Math.abs(actual[o]! - said[0]![o]!);
    }
  }
  return {
    skill: known === 0 ? Number.NaN : naive > 1e-9 * known ? own / naive : 1,
    coverage90: judged < 10 ? Number.NaN : inside / judged,
  };
}
