/** Fits a model that is linear in its unknowns, from Gram matrices that are formed once. */
import type { Unknowns } from "./design.ts";
import { gramFor, linearise, pointOf } from "./design.ts";
import { agreeOnNoise } from "./noise.ts";
import type { Params } from "./objective.ts";
import { bestVariance, residuals, sumOfSquares } from "./objective.ts";
import type { Problem } from "./prepare.ts";
import { quadraticWork, solveAtNoise, solveWithoutBends } from "./quadratic.ts";

/** Whether the model is linear in its unknowns: no logistic trend, and nothing that multiplies the trend. */
export function isLinear(problem: Problem): boolean {
  return problem.growth !== "logistic" && !problem.multiplies.includes(1);
}

/**
 * Maximum a posteriori of a linear problem (see isLinear). It is exact in the rate changes, and in the noise to a relative 1e-6 (its error in
 * the objective is the square of that).
 */
export function solveLinear(problem: Problem): Params {
  const gram = gramFor(problem);
  const origin: Unknowns = {
    k: 0,
    m: 0,
    delta: new Float64Array(problem.tChange.length),
    beta: new Float64Array(problem.sigmas.length),
  };
  linearise(problem, origin, gram);
  const work = quadraticWork(gram.nb, gram.nd);
  const rows = problem.y.length;
  const answer = () => bestVariance(rows, sumOfSquares(residuals(problem, pointOf(problem, work))));
  solveWithoutBends(gram, 1e-4, work);
  const variance = agreeOnNoise((v) => {
    solveAtNoise(gram, v, problem.tau, work);
    return answer();
  }, answer());
  return { ...pointOf(problem, work), sigma_obs: Math.sqrt(variance) };
}
