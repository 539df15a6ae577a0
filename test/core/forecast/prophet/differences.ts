/** Cases in which our forecast is further than 3 % of the range from Prophet's, as data, each with its reason. */

/** Stan's L-BFGS stops at a kink of the Laplace prior, above the optimum; see docs/decisions/0002-prophet-solver.md. */
const EARLY = "Stan stops before the optimum: from its end point plain coordinate descent arrives at ours";
/** More coefficients than points: the posterior has no maximum, every interpolation is one. */
const UNBOUNDED = "the posterior is unbounded: any curve through all points, noise towards zero";

/** By case name: the reason, and the largest difference allowed, as a share of the range (history and future). */
export const KNOWN_DIFFERENCES: Readonly<Record<string, { readonly reason: string; readonly most: number }>> = {
  "shift: minute steps, supple": { reason: EARLY, most: 0.11 },
  "square: defaults": { reason: EARLY, most: 0.05 },
  "square: original": { reason: EARLY, most: 0.16 },
  "wander: original": { reason: EARLY, most: 0.06 },
  "wander: minute steps, supple": { reason: EARLY, most: 0.07 },
  "waves: season of 600 s": { reason: EARLY, most: 0.11 },
  "waves: minute steps, supple": { reason: EARLY, most: 0.05 },
  "sine of 600 s: original (62)": { reason: EARLY, most: 0.05 },
  "wander: multiplicative season as long as the history": { reason: EARLY, most: 0.06 },
  "spikes: multiplicative season as long as the history": { reason: EARLY, most: 0.12 },
  "square: multiplicative season as long as the history": { reason: EARLY, most: 0.12 },
  "recorded sine, first rows: original": { reason: EARLY, most: 0.05 },
  "more unknowns than points": { reason: UNBOUNDED, most: Number.POSITIVE_INFINITY },
};

/** True for the cases whose reason is that Stan stopped early. */
export function stoppedEarly(name: string): boolean {
  return KNOWN_DIFFERENCES[name]?.reason === EARLY;
}
