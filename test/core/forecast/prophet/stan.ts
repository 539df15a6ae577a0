/** Prophet's Stan model, live: its own optimiser compiled to WebAssembly, asked about one of our scaled problems. */
import { optimizer } from "@bsull/augurs-prophet-wasmstan";
import type { Params } from "../../../../job/core/forecast/prophet/objective.ts";
import type { Problem } from "../../../../job/core/forecast/prophet/prepare.ts";
import { initialTrend } from "../../../../job/core/forecast/prophet/trend.ts";

/** The optimiser's knobs that a test turns; absent ones are Stan's defaults. */
export interface StanOptions {
  readonly tolObj?: number;
  readonly tolRelObj?: number;
  readonly tolGrad?: number;
  readonly tolRelGrad?: number;
  readonly tolParam?: number;
  readonly initAlpha?: number;
  readonly historySize?: number;
}

/** Where Prophet starts Stan. */
export function prophetStart(problem: Problem): Params {
  return {
    ...initialTrend(problem.growth, problem.t, problem.y, problem.cap),
    delta: new Float64Array(problem.tChange.length),
    beta: new Float64Array(problem.sigmas.length),
    sigma_obs: 1,
  };
}

function stanData(problem: Problem): string {
  const { t, y, X, sigmas, multiplies, tChange } = problem;
  const rows = t.length;
  const columns = Math.max(1, sigmas.length);
  const modes = sigmas.length === 0 ? [0] : Array.from(multiplies);
  return JSON.stringify({
    T: rows,
    y: Array.from(y),
    t: Array.from(t),
    cap: problem.cap.length === 0 ? Array.from(y, () => 0) : Array.from(problem.cap),
    S: tChange.length,
    t_change: Array.from(tChange),
    trend_indicator: { linear: 0, logistic: 1, flat: 2 }[problem.growth],
    K: columns,
    s_a: modes.map((m) => 1 - m),
    s_m: modes,
    X: Array.from(t, (_, i) => Array.from({ length: columns }, (_, j) => X[j * rows + i] ?? 0)),
    sigmas: sigmas.length === 0 ? [1] : Array.from(sigmas),
    tau: problem.tau,
  });
}

/**
 * Stan's optimum by L-BFGS from a start (Prophet's by default). undefined where it ends abnormally; Prophet then turns to
 * Newton, which this WebAssembly build cannot run (it traps), so that such cases are compared with the goldens only.
 */
export function askStan(
  problem: Problem,
  options: StanOptions = {},
  start: Params = prophetStart(problem),
): Params | undefined {
  const init = {
    k: start.k,
    m: start.m,
    delta: start.delta,
    beta: start.beta.length === 0 ? new Float64Array(1) : start.beta,
    sigmaObs: start.sigma_obs,
  };
  try {
    const stan = { ...options, algorithm: "lbfgs" as const, iter: 10_000, seed: 1 };
    const { params } = optimizer.optimize(init, stanData(problem), stan);
    const beta = problem.sigmas.length === 0 ? new Float64Array(0) : params.beta;
    return { k: params.k, m: params.m, delta: params.delta, beta, sigma_obs: params.sigmaObs };
  } catch {
    return undefined;
  }
}
