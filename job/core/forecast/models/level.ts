/** Models of a level: the last value, the median of the last few, and Theta's smoothing with half a trend. */
import { flat, leastOf, type Model, type Plan } from "./model.ts";

/** The last value needs no luck to be good: its errors count for a tenth less. Flat from 0.85 to 1: 0.5 % of the error over 274 series. */
const LAST_PENALTY = 0.9;

/** Repeats the last value. */
export const lastValue: Model = {
  name: "last",
  least: 1,
  lossPenalty: LAST_PENALTY,
  run({ y, origins, steps }, out) {
    for (let o = 0; o < origins.length; o++) flat(out, o, steps, y[origins[o]! - 1]!);
  },
};

/** The median of the last `k` values: a lone spike does not move it, and noise about a level is averaged. */
export function rollingMedian(k: number): Model {
  const buffer = new Float64Array(k);
  return {
    name: `median${k}`,
    least: k,
    run({ y, origins, steps }, out) {
      for (let o = 0; o < origins.length; o++) {
        const t = origins[o]!;
        const count = Math.min(k, t);
        for (let i = 0; i < count; i++) buffer[i] = y[t - count + i]!;
        const sorted = buffer.subarray(0, count).sort();
        const half = count >> 1;
        flat(out, o, steps, count % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2);
      }
    },
  };
}

/** Gains of the smoothing. A grid, since the pass is incremental and the best may change on the way. */
const ALPHAS = [0.1, 0.2, 0.35, 0.5, 0.7, 0.9];
/** Forgetting of the one-step errors that choose among them: a memory of about 50 steps follows a change of regime. */
const MEMORY = 0.98;

/**
 * Theta (Assimakopoulos and Nikolopoulos 2000, as simple exponential smoothing with drift: Hyndman and Billah 2003): the smoothed level, and half the slope of the
 * least-squares line through all values so far. At each origin the gain with the least discounted one-step error.
 */
export const theta: Model = { name: "theta", least: 8, run: thetaPass };

function thetaPass({ y, origins, steps }: Plan, out: Float64Array): void {
  const level = new Float64Array(ALPHAS.length).fill(y[0]!);
  const loss = new Float64Array(ALPHAS.length);
  let sum = y[0]!;
  let cross = 0;
  for (let t = 1, o = 0; o < origins.length; t++) {
    if (origins[o] === t) {
      const value = level[leastOf(loss)]!;
      const half = t < 3 ? 0 : (cross - ((t - 1) / 2) * sum) / ((t * (t * t - 1)) / 12) / 2;
      for (let k = 0; k < steps; k++) out[o * steps + k] = value + half * (k + 1);
      o++;
    }
    const value = y[t]!;
    for (let a = 0; a < ALPHAS.length; a++) {
      loss[a] = MEMORY * loss[a]! + Math.abs(value - level[a]!);
      level[a] = level[a]! + ALPHAS[a]! * (value - level[a]!);
    }
    sum += value;
    cross += t * value;
  }
}
