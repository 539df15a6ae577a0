/** The solvers against slow ones that share only the definition of the objective. */
import fc from "fast-check";
import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { solve } from "../../../../job/core/forecast/prophet/fit.ts";
import type { Params } from "../../../../job/core/forecast/prophet/objective.ts";
import { bestVariance, negativeLogPosterior, noiseTerms } from "../../../../job/core/forecast/prophet/objective.ts";
import type { ProphetOptions } from "../../../../job/core/forecast/prophet/options.ts";
import { SECONDS_PER_DAY } from "../../../../job/core/forecast/prophet/options.ts";
import type { Problem } from "../../../../job/core/forecast/prophet/prepare.ts";
import { prepare } from "../../../../job/core/forecast/prophet/prepare.ts";
import { resolveOptions } from "../../../../job/core/forecast/prophet/resolve.ts";
import { roundsFor } from "../../../../job/core/forecast/prophet/solve-nonlinear.ts";
import { naiveDescent, naiveSolve } from "./naive-solver.ts";
import { must, testRandom } from "./support.ts";

function problemOf(n: number, seed: number, options: ProphetOptions): Problem {
  const random = testRandom(seed);
  const noise = () => random() + random() + random() - 1.5;
  const ds = Array.from({ length: n }, (_, i) => 1_767_225_600 + 15 * i);
  const bend = random() * n;
  const y = ds.map((t, i) => 5 + (3 * Math.max(0, i - bend)) / n + Math.sin((2 * Math.PI * t) / 300) + 0.4 * noise());
  return must(prepare({ ds, y, cap: ds.map(() => 12) }, must(resolveOptions(options)))).problem;
}

function season(order: number, mode: "additive" | "multiplicative" = "additive") {
  return [{ name: "season", period: 300 / SECONDS_PER_DAY, fourier_order: order, mode }];
}

/** The objective along every coordinate and some random directions, a little to either side: nowhere lower. */
function expectMinimum(problem: Problem, at: Params, random: () => number): void {
  const value = negativeLogPosterior(problem, at);
  const flat = problem.growth === "flat";
  const size = at.delta.length + at.beta.length + 3;
  const directions = Array.from({ length: size + 40 }, (_, d) =>
    Array.from({ length: size }, (_, j) => (d < size ? (d === j ? 1 : 0) : 2 * random() - 1)),
  );
  for (const direction of directions) {
    for (const step of [1e-3, 1e-4, 1e-5]) {
      for (const side of [step, -step]) {
        const [k, m, s, ...rest] = direction as [number, number, number, ...number[]];
        const moved: Params = {
          k: flat ? 0 : at.k + side * k,
          m: at.m + side * m,
          sigma_obs: at.sigma_obs * (1 + side * s),
          delta: flat ? at.delta : at.delta.map((v, j) => v + side * rest[j]!),
          beta: at.beta.map((v, j) => v + side * rest[at.delta.length + j]!),
        };
        expect(negativeLogPosterior(problem, moved)).toBeGreaterThan(value - 1e-6);
      }
    }
  }
}

describe("bestVariance", () => {
  it("minimises the terms of the noise", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 500 }), fc.double({ min: 1e-9, max: 500, noNaN: true }), (rows, rss) => {
        const v = bestVariance(rows, rss);
        for (const f of [0.9, 0.999, 1.001, 1.1]) {
          expect(noiseTerms(rows, rss, v * f)).toBeGreaterThanOrEqual(noiseTerms(rows, rss, v) - 1e-9 * rows);
        }
      }),
    );
  });
});

describe("solve", () => {
  it("agrees with plain coordinate descent on linear problems", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.constantFrom(0.02, 0.2, 1), (seed, changepoint_prior_scale) => {
        const problem = problemOf(60, seed, { n_changepoints: 5, changepoint_prior_scale, seasonalities: season(2) });
        const ours = negativeLogPosterior(problem, solve(problem));
        const naive = negativeLogPosterior(problem, naiveDescent(problem, 40, naiveSolve(problem, 1)));
        expect(ours).toBeLessThanOrEqual(naive + 1e-6);
        expect(naive - ours).toBeLessThan(0.01);
      }),
      // A fixed seed: a posterior may have two optima, and nothing promises that both ways find the same one of every series.
      { numRuns: 15, seed: 1 },
    );
  });

  it.each<[string, ProphetOptions]>([
    ["linear", {}],
    ["linear, supple, with season", { changepoint_prior_scale: 0.5, seasonalities: season(5) }],
    ["flat with season", { growth: "flat", seasonalities: season(3) }],
    ["multiplicative season", { changepoint_prior_scale: 0.5, seasonalities: season(3, "multiplicative") }],
    ["logistic", { growth: "logistic", changepoint_prior_scale: 0.5 }],
    ["logistic with multiplicative season", { growth: "logistic", seasonalities: season(2, "multiplicative") }],
  ])("ends where no small step lowers the objective: %s", (_, options) => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const problem = problemOf(120, seed, options);
      expectMinimum(problem, solve(problem), testRandom(seed));
    }
  });

  it("is the ridge estimate of ml-matrix where there is nothing to penalise absolutely", () => {
    const problem = problemOf(80, 7, { growth: "flat", seasonalities: season(4) });
    const ours = solve(problem);
    const rows = problem.y.length;
    // The priors as further rows of the least squares problem: sigma / prior scale on the diagonal, zero on the right.
    const columns = problem.sigmas.length + 1;
    const A = Matrix.zeros(rows + columns, columns);
    const scales = [5, ...problem.sigmas];
    for (let i = 0; i < rows; i++) {
      A.set(i, 0, 1);
      for (let j = 1; j < columns; j++) A.set(i, j, problem.X[(j - 1) * rows + i]!);
    }
    for (let j = 0; j < columns; j++) A.set(rows + j, j, ours.sigma_obs / scales[j]!);
    const right = Matrix.columnVector([...problem.y, ...scales.map(() => 0)]);
    const solution = new SingularValueDecomposition(A, { autoTranspose: true }).solve(right).to1DArray();
    [ours.m, ...ours.beta].map((v, j) => expect(v).toBeCloseTo(solution[j]!, 9));
  });
});

describe("rounds of the general way", () => {
  it("are bounded by the work, and never fewer than are usual", () => {
    expect(roundsFor(120, 50)).toBe(100);
    expect(roundsFor(11_000, 120)).toBe(25);
    expect(roundsFor(11_000, 300)).toBe(12);
  });
});
