/** The fast way: a model that is linear in its unknowns, fitted from Gram matrices that are formed once. */
import { agreeOnNoise } from "./noise.ts";
import type { Params } from "./objective.ts";
import { bestVariance, residuals, sumOfSquares } from "./objective.ts";
import { precisions } from "./precisions.ts";
import type { Problem } from "./prepare.ts";
import type { Gram } from "./quadratic.ts";
import { emptyGram, quadraticWork, solveAtNoise, solveWithoutBends } from "./quadratic.ts";

/** True where the model is linear in its unknowns: no logistic trend, nothing that multiplies the trend. */
export function isLinear(problem: Problem): boolean {
  return problem.growth !== "logistic" && !problem.multiplies.includes(1);
}

/** MAP of a linear problem (see isLinear): exact in the rate changes, and in the noise to a relative 1e-8. */
export function solveLinear(problem: Problem): Params {
  const gram = linearGram(problem);
  const work = quadraticWork(gram.nb, gram.nd);
  const rows = problem.y.length;
  const rss = () => sumOfSquares(residuals(problem, unpack(problem, work.b, work.d)));
  solveWithoutBends(gram, 1e-4, work);
  const start = bestVariance(rows, rss());
  const variance = agreeOnNoise((v) => {
    solveAtNoise(gram, v, problem.tau, work);
    return bestVariance(rows, rss());
  }, start);
  return { ...unpack(problem, work.b, work.d), sigma_obs: Math.sqrt(variance) };
}

/** The unknowns by name. b holds m, k (not for a flat trend), then the feature coefficients. */
function unpack(problem: Problem, b: Float64Array, d: Float64Array): Omit<Params, "sigma_obs"> {
  const flat = problem.growth === "flat";
  const delta = flat ? new Float64Array(problem.tChange.length) : d;
  return { m: b[0]!, k: flat ? 0 : b[1]!, beta: b.subarray(flat ? 1 : 2), delta };
}

/** Gram matrices of the columns 1, t, features | hinges (t - c)+; whatever meets a hinge comes from running sums. */
function linearGram(problem: Problem): Gram {
  const { t, y, X, tChange } = problem;
  const rows = t.length;
  const flat = problem.growth === "flat";
  const gram = emptyGram((flat ? 1 : 2) + problem.sigmas.length, flat ? 0 : tChange.length, precisions(problem));
  const columns: Float64Array[] = [new Float64Array(rows).fill(1)];
  if (!flat) columns.push(t);
  for (let j = 0; j < problem.sigmas.length; j++) columns.push(X.subarray(j * rows, (j + 1) * rows));
  const first = firstRows(t, tChange);
  for (let a = 0; a < gram.nb; a++) {
    for (let b = 0; b <= a; b++) gram.bb[a * gram.nb + b] = gram.bb[b * gram.nb + a] = dot(columns[a]!, columns[b]!);
    gram.bz[a] = dot(columns[a]!, y);
    if (gram.nd > 0) hingeProducts(columns[a]!, problem, first, gram.bd, a * gram.nd);
  }
  if (gram.nd > 0) {
    hingeProducts(y, problem, first, gram.dz, 0);
    hingeGram(problem, first, gram.dd);
  }
  return gram;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** For every changepoint the first row at or after it. */
function firstRows(t: Float64Array, tChange: Float64Array): Int32Array {
  const out = new Int32Array(tChange.length);
  let i = 0;
  for (let j = 0; j < out.length; j++) {
    while (i < t.length && t[i]! < tChange[j]!) i++;
    out[j] = i;
  }
  return out;
}

/** out[at + j] = sum over rows of v (t - c_j)+ = (sum of v t) - c_j (sum of v), both over the rows from first[j] on. */
function hingeProducts(
  v: Float64Array,
  { t, tChange }: Problem,
  first: Int32Array,
  out: Float64Array,
  at: number,
): void {
  let plain = 0;
  let timed = 0;
  let i = t.length - 1;
  for (let j = first.length - 1; j >= 0; j--) {
    for (; i >= first[j]!; i--) {
      plain += v[i]!;
      timed += v[i]! * t[i]!;
    }
    out[at + j] = timed - tChange[j]! * plain;
  }
}

/** out[j, l] = sum of (t - c_j)+ (t - c_l)+, from the sums of 1, t - c_j and its square over the rows from first[j] on. */
function hingeGram({ t, tChange }: Problem, first: Int32Array, out: Float64Array): void {
  const n = tChange.length;
  let s1 = 0;
  let s2 = 0;
  let i = t.length - 1;
  for (let j = n - 1; j >= 0; j--) {
    const c = tChange[j]!;
    const shift = j + 1 < n ? tChange[j + 1]! - c : 0;
    s2 += shift * (2 * s1 + shift * (t.length - 1 - i));
    s1 += shift * (t.length - 1 - i);
    for (; i >= first[j]!; i--) {
      s1 += t[i]! - c;
      s2 += (t[i]! - c) * (t[i]! - c);
    }
    for (let l = 0; l <= j; l++) out[j * n + l] = out[l * n + j] = s2 + (c - tChange[l]!) * s1;
  }
}
