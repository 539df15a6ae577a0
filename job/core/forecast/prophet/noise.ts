/** Finds the noise variance at which the penalised fit and its own residuals agree. */

/** Solves at `variance` and returns the best variance of the residuals. */
export type Respond = (variance: number) => number;

/**
 * The fixed point of `respond`, sought from above. `respond` rises with its argument: more assumed noise, stiffer fit, larger residuals.
 * So plain repetition falls steadily to the largest fixed point. An optimiser that starts at sigma = 1 meets the same optimum first.
 * Secant steps on the log variance shorten this from up to 43 solves to 13. They are limited to 4 times the plain step, so that none jumps a
 * narrow passage.
 * @returns the variance, which agrees with the last solve to a relative 1e-6 (its error in the objective is the square of that)
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
