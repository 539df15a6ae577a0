/** Models with a trend: Holt with damping, and Theta. */
import { flat, leastOf, type Model, type Plan } from "./model.ts";

/** Candidates of Holt: level gain, trend gain. A grid, since the pass is incremental and the best may change on the way. */
const GRID: readonly (readonly [number, number])[] = [
  [0.2, 0.02],
  [0.2, 0.1],
  [0.4, 0.05],
  [0.4, 0.2],
  [0.6, 0.1],
  [0.6, 0.4],
  [0.9, 0.1],
  [0.9, 0.4],
  [0.9, 0.8],
];
const MEMORY = 0.98;

/** Holt's linear smoothing damped by `phi` (1: none); at each origin the candidate with the least discounted error of the mean of `ahead` steps. */
export function holt(name: string, phi: number, ahead: number): Model {
  return {
    name,
    least: 6,
    run(plan, out) {
      holtPass(plan, out, phi, Math.max(1, ahead));
    },
  };
}

function holtPass({ y, origins, steps }: Plan, out: Float64Array, phi: number, ahead: number): void {
  const count = GRID.length;
  const level = new Float64Array(count).fill(y[0]!);
  const slope = new Float64Array(count);
  const loss = new Float64Array(count);
  const past = new Float64Array(count * ahead).fill(y[0]!);
  const reach = reachOf(phi, ahead);
  let recent = 0;
  for (let t = 1, o = 0; o < origins.length; t++) {
    if (origins[o] === t) {
      const best = leastOf(loss);
      let value = level[best]!;
      let step = slope[best]!;
      for (let k = 0; k < steps; k++) {
        step *= phi;
        value += step;
        out[o * steps + k] = value;
      }
      o++;
    }
    const value = y[t]!;
    recent += value - (t >= ahead ? y[t - ahead]! : 0);
    const slot = (t % ahead) * count;
    for (let c = 0; c < count; c++) {
      if (t >= ahead) loss[c] = MEMORY * loss[c]! + Math.abs(recent / ahead - past[slot + c]!);
      const [alpha, beta] = GRID[c]!;
      const expected = level[c]! + phi * slope[c]!;
      const error = value - expected;
      level[c] = expected + alpha * error;
      slope[c] = phi * slope[c]! + alpha * beta * error;
      past[slot + c] = level[c]! + reach * slope[c]!;
    }
  }
}

/** Mean over `ahead` steps of the damped sum phi + phi^2 + ... + phi^k. */
function reachOf(phi: number, ahead: number): number {
  let reach = 0;
  for (let k = 1, sum = phi, p = phi; k <= ahead; k++) {
    reach += sum / ahead;
    p *= phi;
    sum += p;
  }
  return reach;
}

/** Theta (Assimakopoulos and Nikolopoulos 2000): smoothing plus half the slope of a straight line through the last `span` values. */
export function theta(span: number): Model {
  return {
    name: `theta${span}`,
    least: 8,
    run({ y, origins, steps }, out) {
      let level = y[0]!;
      for (let t = 1, o = 0; o < origins.length; t++) {
        if (origins[o] === t) {
          const half = lineSlope(y, Math.max(0, t - span), t) / 2;
          for (let k = 0; k < steps; k++) out[o * steps + k] = level + half * (k + 1);
          if (t < 2) flat(out, o, steps, level);
          o++;
        }
        level += 0.5 * (y[t]! - level);
      }
    },
  };
}

/** Least-squares slope of y[from..to-1] over its index. */
export function lineSlope(y: Float64Array, from: number, to: number): number {
  const n = to - from;
  if (n < 2) return 0;
  let sum = 0;
  let cross = 0;
  for (let i = 0; i < n; i++) {
    sum += y[from + i]!;
    cross += i * y[from + i]!;
  }
  return (cross - (sum * (n - 1)) / 2) / ((n * (n * n - 1)) / 12);
}
