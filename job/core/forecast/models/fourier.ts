/** Harmonic regression by ridge with an autoregressive residual: a smooth season of any (fractional) period. */
import { solveRidge } from "./linear.ts";
import { anchorOf, carriedFrom, flat, type Model, type Plan } from "./model.ts";

/**
 * Level + slope + `order` harmonics of `period`, ridge, running moments with forgetting, plus the residual's first-order autocorrelation.
 * The residual that is carried forward decays by rho each step.
 */
export function fourier(period: number, order: number, memory: number): Model {
  return {
    name: `fourier${order}`,
    least: Math.max(Math.ceil(period), 2 * order + 6),
    run(plan, out) {
      harmonic(plan, out, period, Math.min(order, Math.floor(period / 2)), memory);
    },
  };
}

function harmonic({ y, origins, steps }: Plan, out: Float64Array, period: number, order: number, memory: number): void {
  const p = 2 + 2 * order;
  const last = origins[origins.length - 1]!;
  const rows = last + steps;
  const X = new Float64Array(rows * p);
  for (let t = 0; t < rows; t++) {
    X[t * p] = 1;
    X[t * p + 1] = t / Math.max(1, last) - 0.5;
    for (let h = 1; h <= order; h++) {
      X[t * p + 2 * h] = Math.sin((2 * Math.PI * h * t) / period);
      X[t * p + 2 * h + 1] = Math.cos((2 * Math.PI * h * t) / period);
    }
  }
  const A = new Float64Array(p * p);
  const b = new Float64Array(p);
  const work = new Float64Array(p * p);
  const beta = new Float64Array(p);
  const ridge = new Float64Array(p);
  let weight = 0;
  let done = 0;
  let solved = -1;
  for (let o = 0; o < origins.length; o++) {
    const t = origins[o]!;
    const until = anchorOf(t);
    for (; done < until; done++) {
      weight = weight * memory + 1;
      for (let j = 0; j < p; j++) {
        b[j] = b[j]! * memory + X[done * p + j]! * y[done]!;
        for (let l = 0; l <= j; l++) A[j * p + l] = A[j * p + l]! * memory + X[done * p + j]! * X[done * p + l]!;
      }
    }
    if (t < Math.max(period, 2 * order + 6)) {
      flat(out, o, steps, y[t - 1]!);
      continue;
    }
    if (solved !== until) {
      solved = until;
      // The constant is free, the slope is held (a line through a season is mostly luck), harmonics the more the higher.
      ridge[0] = 1e-9;
      ridge[1] = 0.02 * weight;
      for (let j = 2; j < p; j++) ridge[j] = 0.004 * weight * (1 + 0.0125 * j * j);
      solveRidge(A, ridge, b, p, 1, work, beta);
    }
    let [rho, carried] = carriedFrom((i) => y[i]! - fitAt(X, beta, i), Math.max(0, t - 3 * p - 20), t);
    for (let k = 0; k < steps; k++) {
      carried *= rho;
      out[o * steps + k] = fitAt(X, beta, t + k) + carried;
    }
  }
}

/** The regression at row i. */
function fitAt(X: Float64Array, beta: Float64Array, i: number): number {
  const p = beta.length;
  let sum = 0;
  for (let j = 0; j < p; j++) sum += beta[j]! * X[i * p + j]!;
  return sum;
}
