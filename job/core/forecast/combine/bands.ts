/** The band of each future step, for pictures. */

import { blocksOf } from "../models/autoregression.ts";
import { overlapOf, quantilesOf, recencyWeights } from "./conformal.ts";
import { errorByMoves, evidenceOf } from "./moves.ts";
import { countOf, measuredOnly, type Pass } from "./pass.ts";
import { newRanking, rank } from "./rank.ts";

const BAND = [0.05, 0.95];

/** The 90 % band of each step: quantiles at the ends of the blocks, linear between them. */
export function bandsOf(pass: Pass, path: Float64Array): { lower: Float64Array; upper: Float64Array } {
  const { y, origins, stride, steps } = pass;
  const lower = new Float64Array(steps);
  const upper = new Float64Array(steps);
  const edges = blocksOf(steps);
  const ranking = newRanking(origins.length);
  const now = (origins.length - 1) * steps;
  const offset = new Float64Array(2);
  const before = new Float64Array(2);
  for (let b = 1; b < edges.length; b++) {
    const k = edges[b]! - 1;
    const errors = new Float64Array(origins.length);
    let known = 0;
    for (; known < origins.length && origins[known]! + k < y.length; known++) {
      errors[known] = y[origins[known]! + k]! - path[known * steps + k]!;
    }
    const weights = measuredOnly(recencyWeights(known, stride, y.length), pass, k + 1);
    const share = evidenceOf(countOf(weights), k + 1);
    if (share > 0)
      quantilesOf(errors, rank(errors, known, ranking), known, weights, overlapOf(k + 1, stride), BAND, offset);
    if (share < 1) {
      for (let e = 0; e < 2; e++) {
        const law = errorByMoves(pass.moves(), k + 1, BAND[e]!);
        offset[e] = share > 0 ? law + share * (offset[e]! - law) : law;
      }
    }
    if (b === 1) before.set(offset);
    const from = edges[b - 1]!;
    for (let i = from; i <= k; i++) {
      const f = (i - from + 1) / (k - from + 1);
      lower[i] = Math.max(0, path[now + i]! + before[0]! + f * (offset[0]! - before[0]!));
      upper[i] = Math.max(0, path[now + i]! + before[1]! + f * (offset[1]! - before[1]!));
    }
    before.set(offset);
  }
  return { lower, upper };
}
