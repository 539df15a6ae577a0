/** The normal priors of the unknowns that are not rate changes, as precisions. */
import type { Problem } from "./prepare.ts";

/** 1 / prior variance of m, of k (absent under flat growth) and of every feature coefficient: N(0, 5), N(0, 5), N(0, sigmas). */
export function precisions(problem: Problem): Float64Array {
  const lead = problem.growth === "flat" ? 1 : 2;
  const out = new Float64Array(lead + problem.sigmas.length).fill(1 / 25, 0, lead);
  for (let j = 0; j < problem.sigmas.length; j++) out[lead + j] = 1 / problem.sigmas[j]! ** 2;
  return out;
}
