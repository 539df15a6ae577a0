/** Fits any model, also with a logistic trend or features that multiply the trend, by Gauss-Newton steps over the same lasso. */
import type { Unknowns } from "./design.ts";
import { gramFor, linearise, pointOf } from "./design.ts";
import type { Gram } from "./gram.ts";
import type { Params } from "./objective.ts";
import { bestVariance, noiseTerms, penalty, residuals, sumOfSquares } from "./objective.ts";
import type { Problem } from "./prepare.ts";
import type { QuadraticWork } from "./quadratic.ts";
import { quadraticWork, solveAtNoise } from "./quadratic.ts";
import { initialTrend } from "./trend.ts";

/** The most rounds, where they are cheap: it limits the time, by that reason and not by a measurement. */
const MAX_ROUNDS = 100;
/**
 * A fit that is not done after the usual rounds stops at about MAX_WORK multiplications: a few seconds. Each round has lowered the objective.
 * By that reason, not by a measurement.
 */
const USUAL_ROUNDS = 12;
const MAX_WORK = 4e9;

/** Rounds that a problem may take: the Gram matrix of rows x columns^2 is formed in each. */
export function roundsFor(rows: number, columns: number): number {
  return Math.min(MAX_ROUNDS, Math.max(USUAL_ROUNDS, Math.floor(MAX_WORK / (rows * columns * columns))));
}

interface State {
  readonly point: Unknowns;
  readonly rss: number;
  /** The objective with the noise at its best for these residuals. */
  readonly value: number;
}

/**
 * Maximum a posteriori of any problem. Each round linearises the model at the current point and solves that penalised problem at the noise of
 * the current residuals. It walks there, halving the way until the true objective falls; the direction descends, so it does.
 * Noise starts large and shrinks with the residuals. Of several optima this finds the one with the largest noise, as Prophet's own optimiser
 * does from sigma = 1.
 * It ends when two rounds in a row lower the objective by less than 1e-8 of itself; 6 to 11 rounds are usual. A large problem ends after
 * roundsFor() rounds.
 */
export function solveNonlinear(problem: Problem): Params {
  const gram = gramFor(problem);
  const work = quadraticWork(gram.nb, gram.nd);
  let state = evaluate(problem, {
    ...initialTrend(problem.growth, problem.t, problem.y, problem.cap),
    delta: new Float64Array(problem.tChange.length),
    beta: new Float64Array(problem.sigmas.length),
  });
  const most = roundsFor(problem.y.length, 2 + problem.sigmas.length + problem.tChange.length);
  for (let round = 0, small = 0; round < most && small < 2; round++) {
    linearise(problem, state.point, gram);
    const next = step(problem, state, gram, work);
    small = state.value - next.value < 1e-8 * (1 + Math.abs(state.value)) ? small + 1 : 0;
    state = next;
  }
  return { ...state.point, sigma_obs: Math.sqrt(bestVariance(problem.y.length, state.rss)) };
}

function evaluate(problem: Problem, point: Unknowns): State {
  const rss = sumOfSquares(residuals(problem, point));
  const rows = problem.y.length;
  const value = noiseTerms(rows, rss, bestVariance(rows, rss)) + penalty(problem, point);
  return { point, rss, value: Number.isFinite(value) ? value : Infinity };
}

function step(problem: Problem, state: State, gram: Gram, work: QuadraticWork): State {
  if (gram.nd > 0) work.d.set(state.point.delta);
  solveAtNoise(gram, bestVariance(problem.y.length, state.rss), problem.tau, work);
  const goal = pointOf(problem, work);
  for (let share = 1; share > 1e-6; share /= 2) {
    const tried = evaluate(problem, share === 1 ? goal : between(state.point, goal, share));
    if (tried.value < state.value) return tried;
  }
  return state;
}

function between(from: Unknowns, to: Unknowns, share: number): Unknowns {
  const mix = (a: number, b: number) => a + share * (b - a);
  return {
    m: mix(from.m, to.m),
    k: mix(from.k, to.k),
    beta: from.beta.map((v, j) => mix(v, to.beta[j]!)),
    delta: from.delta.map((v, j) => mix(v, to.delta[j]!)),
  };
}
