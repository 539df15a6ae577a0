/** The general way: logistic trends and features that multiply the trend, by Gauss-Newton steps over the same lasso. */
import { agreeOnNoise } from "./noise.ts";
import type { Params } from "./objective.ts";
import { bestVariance, noiseTerms, penalty, residuals, sumOfSquares } from "./objective.ts";
import { precisions } from "./precisions.ts";
import type { Problem } from "./prepare.ts";
import type { Gram, QuadraticWork } from "./quadratic.ts";
import { emptyGram, quadraticWork, solveAtNoise } from "./quadratic.ts";
import { evaluateTrend, initialTrend } from "./trend.ts";

type Point = Omit<Params, "sigma_obs">;
interface State {
  readonly point: Point;
  readonly rss: number;
  /** The objective with the noise at its best for these residuals. */
  readonly value: number;
}

/**
 * MAP of any problem. Each round linearises the model at the current point, solves that penalised problem with its noise
 * exactly and walks there; a step that does not lower the true objective is solved again at the present noise (then its
 * direction must descend) and halved. Ends when two rounds in a row lower the objective by less than 1e-9 of itself.
 */
export function solveNonlinear(problem: Problem): Params {
  const rows = problem.y.length;
  const nd = problem.growth === "flat" ? 0 : problem.tChange.length;
  const gram = emptyGram((nd === 0 ? 1 : 2) + problem.sigmas.length, nd, precisions(problem));
  const work = quadraticWork(gram.nb, nd);
  const jacobian = new Float64Array(rows * (gram.nb + nd));
  const target = new Float64Array(rows);
  let state = evaluate(problem, {
    ...initialTrend(problem.growth, problem.t, problem.y, problem.cap),
    delta: new Float64Array(problem.tChange.length),
    beta: new Float64Array(problem.sigmas.length),
  });
  for (let round = 0, small = 0; round < 100 && small < 2; round++) {
    linearise(problem, state, gram, jacobian, target);
    const next = step(problem, state, gram, work, jacobian, target);
    small = state.value - next.value < 1e-9 * (1 + Math.abs(state.value)) ? small + 1 : 0;
    state = next;
  }
  return { ...state.point, sigma_obs: Math.sqrt(bestVariance(rows, state.rss)) };
}

function evaluate(problem: Problem, point: Point): State {
  const rss = sumOfSquares(residuals(problem, point));
  const rows = problem.y.length;
  const value = noiseTerms(rows, rss, bestVariance(rows, rss)) + penalty(problem, point);
  return { point, rss, value: Number.isFinite(value) ? value : Infinity };
}

function step(
  problem: Problem,
  state: State,
  gram: Gram,
  work: QuadraticWork,
  jacobian: Float64Array,
  target: Float64Array,
): State {
  const rows = problem.y.length;
  const now = bestVariance(rows, state.rss);
  if (gram.nd > 0) work.d.set(state.point.delta);
  agreeOnNoise((variance) => {
    solveAtNoise(gram, variance, problem.tau, work);
    return bestVariance(rows, linearRss(jacobian, target, work));
  }, now);
  const full = evaluate(problem, between(problem, state.point, work, 1));
  if (full.value < state.value) return full;
  if (gram.nd > 0) work.d.set(state.point.delta);
  solveAtNoise(gram, now, problem.tau, work);
  for (let share = 1; share > 1e-6; share /= 2) {
    const tried = evaluate(problem, between(problem, state.point, work, share));
    if (tried.value < state.value) return tried;
  }
  return state;
}

/** The point a share of the way to the solution in `work`. */
function between(problem: Problem, from: Point, work: QuadraticWork, share: number): Point {
  const flat = problem.growth === "flat";
  const mix = (a: number, b: number) => (share === 1 ? b : a + share * (b - a));
  const lead = flat ? 1 : 2;
  return {
    m: mix(from.m, work.b[0]!),
    k: flat ? 0 : mix(from.k, work.b[1]!),
    beta: from.beta.map((v, j) => mix(v, work.b[lead + j]!)),
    delta: flat ? from.delta : from.delta.map((v, j) => mix(v, work.d[j]!)),
  };
}

/** |target - J (b, d)|^2. */
function linearRss(jacobian: Float64Array, target: Float64Array, { b, d }: QuadraticWork): number {
  const rows = target.length;
  const left = target.slice();
  for (let j = 0; j < b.length + d.length; j++) {
    const x = j < b.length ? b[j]! : d[j - b.length]!;
    if (x === 0) continue;
    for (let i = 0, at = j * rows; i < rows; i++, at++) left[i] = left[i]! - x * jacobian[at]!;
  }
  return sumOfSquares(left);
}

/** Fills the Jacobian (m, k, features, rate changes), target = residual + J x, and their Gram matrices. */
function linearise(problem: Problem, { point }: State, gram: Gram, jacobian: Float64Array, target: Float64Array): void {
  fillJacobian(problem, point, jacobian, gram.nd > 0);
  const { nb, nd } = gram;
  const rows = target.length;
  const x = [point.m, ...(nd > 0 ? [point.k] : []), ...point.beta, ...(nd > 0 ? point.delta : [])];
  target.set(residuals(problem, point));
  for (let j = 0; j < x.length; j++) {
    if (x[j] === 0) continue;
    for (let i = 0, at = j * rows; i < rows; i++, at++) target[i] = target[i]! + x[j]! * jacobian[at]!;
  }
  for (let a = 0; a < nb + nd; a++) {
    const left = jacobian.subarray(a * rows, (a + 1) * rows);
    const z = dot(left, target);
    if (a < nb) gram.bz[a] = z;
    else gram.dz[a - nb] = z;
    for (let b = 0; b <= a; b++) store(gram, a, b, dot(left, jacobian.subarray(b * rows, (b + 1) * rows)));
  }
}

function store({ nb, nd, bb, bd, dd }: Gram, a: number, b: number, value: number): void {
  if (a < nb) bb[a * nb + b] = bb[b * nb + a] = value;
  else if (b < nb) bd[b * nd + a - nb] = value;
  else dd[(a - nb) * nd + b - nb] = dd[(b - nb) * nd + a - nb] = value;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** d model / d unknown, column after column. With w = 1 + X_m beta_m and g = d trend / d z (1 unless logistic). */
function fillJacobian(problem: Problem, point: Point, jacobian: Float64Array, bends: boolean): void {
  const { t, X, multiplies, tChange } = problem;
  const rows = t.length;
  const trend = evaluateTrend(problem.growth, { ...point, tChange }, t, problem.cap);
  const weight = trendWeight(problem, point, trend);
  const logistic = problem.growth === "logistic";
  for (let i = 0; i < rows; i++) jacobian[i] = (logistic ? -point.k : 1) * weight[i]!;
  let at = rows;
  if (bends) for (let i = 0; i < rows; i++) jacobian[at++] = (logistic ? t[i]! - point.m : t[i]!) * weight[i]!;
  for (let j = 0; j < multiplies.length; j++) {
    const times = multiplies[j] === 1;
    for (let i = 0; i < rows; i++) jacobian[at++] = X[j * rows + i]! * (times ? trend[i]! : 1);
  }
  if (!bends) return;
  for (const c of tChange) for (let i = 0; i < rows; i++) jacobian[at++] = Math.max(0, t[i]! - c) * weight[i]!;
}

/** What a change of the trend's argument z does to the model: (1 + X_m beta_m), times the slope of a logistic curve. */
function trendWeight({ X, multiplies, growth, cap }: Problem, point: Point, trend: Float64Array): Float64Array {
  const rows = trend.length;
  const weight = new Float64Array(rows).fill(1);
  for (let j = 0; j < multiplies.length; j++) {
    if (multiplies[j] === 0) continue;
    for (let i = 0; i < rows; i++) weight[i] = weight[i]! + point.beta[j]! * X[j * rows + i]!;
  }
  if (growth !== "logistic") return weight;
  for (let i = 0; i < rows; i++) weight[i] = weight[i]! * trend[i]! * (1 - trend[i]! / cap[i]!);
  return weight;
}
