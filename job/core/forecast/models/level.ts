/** Models without trend or season: the last value, means and medians of the last few, simple exponential smoothing. */
import { flat, type Model, type Plan } from "./model.ts";

/** Repeats the last value. */
export const lastValue: Model = {
  name: "last",
  least: 1,
  run({ y, origins, steps }, out) {
    for (let o = 0; o < origins.length; o++) flat(out, o, steps, y[origins[o]! - 1]!);
  },
};

/** The mean of the last `k` values: good against white noise on a slow level. */
export function rollingMean(k: number): Model {
  return {
    name: `mean${k}`,
    least: k,
    run({ y, origins, steps }, out) {
      for (let o = 0; o < origins.length; o++) {
        const t = origins[o]!;
        const from = Math.max(0, t - k);
        let sum = 0;
        for (let i = from; i < t; i++) sum += y[i]!;
        flat(out, o, steps, sum / (t - from));
      }
    },
  };
}

/** The median of the last `k` values: a lone spike does not move it. */
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

const ALPHAS = [0.05, 0.1, 0.2, 0.3, 0.4, 0.55, 0.7, 0.85, 1];
/** Forgetting of the one-step errors that choose alpha: a memory of about 50 steps follows a change of regime. */
const MEMORY = 0.98;

/** Simple exponential smoothing; at each origin the alpha whose discounted absolute error over `ahead` steps is least so far. */
export function smoothing(ahead: number): Model {
  return {
    name: "ses",
    least: 4,
    run(plan, out) {
      smoothPass(plan, out, Math.max(1, ahead));
    },
  };
}

function smoothPass({ y, origins, steps }: Plan, out: Float64Array, ahead: number): void {
  const count = ALPHAS.length;
  const level = new Float64Array(count).fill(y[0]!);
  const loss = new Float64Array(count);
  const past = new Float64Array(count * ahead).fill(y[0]!);
  let recent = 0;
  for (let t = 1, o = 0; o < origins.length; t++) {
    if (origins[o] === t) {
      let best = count - 1;
      for (let a = count - 2; a >= 0; a--) if (loss[a]! < loss[best]!) best = a;
      flat(out, o++, steps, level[best]!);
    }
    const value = y[t]!;
    recent += value - (t >= ahead ? y[t - ahead]! : 0);
    const slot = (t % ahead) * count;
    const target = recent / ahead;
    for (let a = 0; a < count; a++) {
      // The level of `ahead` steps ago forecast the mean of the steps since.
      if (t >= ahead) loss[a] = MEMORY * loss[a]! + Math.abs(target - past[slot + a]!);
      level[a] = level[a]! + ALPHAS[a]! * (value - level[a]!);
      past[slot + a] = level[a]!;
    }
  }
}
