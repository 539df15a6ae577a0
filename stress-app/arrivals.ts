/** When each request leaves: a pure, seeded schedule from a pattern. */
import { type Pattern, rateAt, uniform } from "./pattern.ts";

/** `even`: one request each time the integrated rate passes a whole number. `poisson`: exponential gaps on the same clock. */
export type Spacing = "even" | "poisson";

/** Step of the integration in seconds: a sine of 10 s period is still cut into 200 pieces. */
export const STEP = 0.05;

/** The integral of the rate over [0, seconds), by the midpoint rule the schedule itself uses. */
export function expectedCount(pattern: Pattern, seconds: number): number {
  let sum = 0;
  for (let i = 0; i * STEP < seconds; i++) {
    const width = Math.min(STEP, seconds - i * STEP);
    sum += rateAt(pattern, i * STEP + width / 2) * width;
  }
  return sum;
}

/**
 * Ascending times in seconds, all below `duration`. Time rescaling: gaps are drawn in units of the integrated rate (1 each when even,
 * exponential with mean 1 otherwise) and mapped back to seconds; Cinlar 1975, the inversion method for inhomogeneous Poisson processes.
 */
export function* arrivals(pattern: Pattern, duration: number, spacing: Spacing): Generator<number, void, undefined> {
  let drawn = 0;
  // A stream of its own: the gaps must not repeat the draws of the noise.
  const seed = pattern.seed ^ 0x5bd1e995;
  const gap = (): number => (spacing === "even" ? 1 : -Math.log(uniform(seed, drawn++)));
  let left = gap();
  for (let i = 0; i * STEP < duration; i++) {
    const start = i * STEP;
    const width = Math.min(STEP, duration - start);
    const rate = rateAt(pattern, start + width / 2);
    let mass = rate * width;
    while (left < mass) {
      mass -= left;
      yield start + width - mass / rate;
      left = gap();
    }
    left -= mass;
  }
}
