/** Models with a season of given period: seasonal naive, level-adjusted cycle mean, Holt-Winters additive and multiplicative. */
import { flat, leastOf, type Model, type Plan } from "./model.ts";

/** Value of y at a fractional index, linear between its neighbours; the index is clamped to [0, known - 1]. */
export function at(y: Float64Array, index: number, known: number): number {
  const x = Math.min(known - 1, Math.max(0, index));
  const i = Math.floor(x);
  const f = x - i;
  return f === 0 || i + 1 >= known ? y[i]! : y[i]! * (1 - f) + y[i + 1]! * f;
}

/** The value one period ago (fractional periods interpolate). */
export function seasonalNaive(period: number): Model {
  return {
    name: "snaive",
    least: Math.ceil(period) + 1,
    run({ y, origins, steps }, out) {
      for (let o = 0; o < origins.length; o++) {
        const t = origins[o]!;
        if (t <= period) {
          flat(out, o, steps, y[t - 1]!);
          continue;
        }
        for (let k = 0; k < steps; k++) {
          const back = Math.ceil((k + 1) / period) * period;
          out[o * steps + k] = at(y, t + k - back, t);
        }
      }
    },
  };
}

/**
 * The mean of the last `cycles` cycles at the same phase, moved by `share` of the mean difference of the last `recent` values from
 * the same mean at their phase: a change of level is followed, the shape stays.
 */
export function cycleMean(period: number, cycles: number, recent: number, share: number): Model {
  return {
    name: `cycles${cycles}`,
    least: Math.ceil(period) + recent + 1,
    run({ y, origins, steps }, out) {
      for (let o = 0; o < origins.length; o++) {
        const t = origins[o]!;
        let shift = 0;
        if (t < period + recent + 1) {
          flat(out, o, steps, y[t - 1]!);
          continue;
        }
        for (let i = 1; i <= recent; i++) shift += y[t - i]! - phaseMean(y, t - i, t - i, period, cycles);
        shift *= share / recent;
        for (let k = 0; k < steps; k++) out[o * steps + k] = phaseMean(y, t + k, t, period, cycles) + shift;
      }
    },
  };
}

/** Mean of y over up to `cycles` earlier values at the phase of index i, known below `known`. */
function phaseMean(y: Float64Array, i: number, known: number, period: number, cycles: number): number {
  let sum = 0;
  let count = 0;
  const first = Math.floor((i - known) / period) + 1;
  for (let c = first; c < first + cycles; c++) {
    const x = i - c * period;
    if (x < 0) break;
    sum += at(y, x, known);
    count++;
  }
  return count === 0 ? y[known - 1]! : sum / count;
}

/** Candidates of Holt-Winters: level gain, trend gain, season gain. */
const GRID: readonly (readonly [number, number, number])[] = [
  [0.05, 0, 0.15],
  [0.05, 0, 0.4],
  [0.2, 0, 0.15],
  [0.2, 0, 0.4],
  [0.2, 0.05, 0.3],
  [0.5, 0, 0.15],
  [0.5, 0, 0.4],
  [0.5, 0.1, 0.3],
  [0.8, 0, 0.2],
];
const MEMORY = 0.98;
const DAMPING = 0.95;

/**
 * Holt-Winters with damped trend (0.95) and a season of whole period; at each origin the candidate with the least discounted one-step error.
 * The first cycle sets the season, so the errors count from the second on.
 */
export function holtWinters(period: number, multiplicative: boolean): Model {
  const m = Math.round(period);
  return {
    name: multiplicative ? "hwMul" : "hwAdd",
    least: m + 2,
    run(plan, out) {
      winters(plan, out, m, multiplicative);
    },
  };
}

/** All candidates at one time; the season of candidate c is at [c * m..]. */
interface Winters {
  readonly m: number;
  readonly multiplicative: boolean;
  /** A multiplicative season needs a level clear of zero: a hundredth of the mean keeps a nearly idle stretch from dividing by 0. */
  readonly floor: number;
  readonly level: Float64Array;
  readonly slope: Float64Array;
  readonly season: Float64Array;
  readonly loss: Float64Array;
}

function winters({ y, origins, steps }: Plan, out: Float64Array, m: number, multiplicative: boolean): void {
  const last = origins[origins.length - 1]!;
  let o = 0;
  while (o < origins.length && origins[o]! < Math.min(m + 1, last + 1)) {
    flat(out, o, steps, y[origins[o]! - 1]!);
    o++;
  }
  if (o === origins.length) return;
  const state = firstCycle(y, m, multiplicative);
  for (let t = m; o < origins.length; t++) {
    if (origins[o] === t) ahead(state, t, out.subarray(o * steps, ++o * steps));
    learn(state, t % m, y[t]!);
  }
}

function firstCycle(y: Float64Array, m: number, multiplicative: boolean): Winters {
  const count = GRID.length;
  let mean = 0;
  let size = 0;
  for (let i = 0; i < m; i++) {
    mean += y[i]! / m;
    size += Math.abs(y[i]!) / m;
  }
  const floor = multiplicative ? Math.max(0.01 * size, 1e-9) : 0;
  const start = multiplicative ? Math.max(mean, floor) : mean;
  const season = new Float64Array(count * m);
  for (let i = 0; i < season.length; i++) season[i] = multiplicative ? y[i % m]! / start : y[i % m]! - start;
  const [level, slope, loss] = [new Float64Array(count).fill(start), new Float64Array(count), new Float64Array(count)];
  return { m, multiplicative, floor, level, slope, season, loss };
}

/** The best candidate's forecast of y[t] and what follows. */
function ahead({ m, multiplicative, level, slope, season, loss }: Winters, t: number, out: Float64Array): void {
  const best = leastOf(loss);
  let value = level[best]!;
  let step = slope[best]!;
  for (let k = 0; k < out.length; k++) {
    step *= DAMPING;
    value += step;
    const s = season[best * m + ((t + k) % m)]!;
    out[k] = multiplicative ? value * s : value + s;
  }
}

/** Takes in one value. */
function learn({ m, multiplicative, floor, level, slope, season, loss }: Winters, phase: number, value: number): void {
  for (let c = 0; c < level.length; c++) {
    const [alpha, beta, gamma] = GRID[c]!;
    const base = level[c]! + DAMPING * slope[c]!;
    const s = season[c * m + phase]!;
    const error = value - (multiplicative ? base * s : base + s);
    loss[c] = MEMORY * loss[c]! + Math.abs(error);
    if (multiplicative) {
      const moved = s > 0.05 ? base + (alpha * error) / s : base;
      const next = Math.max(moved, floor);
      slope[c] = DAMPING * slope[c]! + beta * (next - base);
      level[c] = next;
      season[c * m + phase] = s + (gamma * error) / Math.max(base, floor);
    } else {
      level[c] = base + alpha * error;
      slope[c] = DAMPING * slope[c]! + alpha * beta * error;
      season[c * m + phase] = s + gamma * (1 - alpha) * error;
    }
  }
}
