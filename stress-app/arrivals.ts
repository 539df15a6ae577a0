/** The time of each request: a pure, seeded schedule from a traffic pattern. */
import { type Pattern, rateAt, uniform } from "./pattern.ts";

/**
 * How requests follow each other. `even`: one each time the integrated rate passes a whole number. `poisson`: with exponential gaps on
 * the same clock.
 */
export type Spacing = "even" | "poisson";

/** Pieces of the integration in a second: a sine of 10 s period is still cut into 200. Whole seconds are exact ends of a piece. */
const PIECES = 20;

/** Length of piece `i`; the whole one is always the same number, so a longer schedule begins with the same times. */
function widthOf(i: number, seconds: number): number {
  return (i + 1) / PIECES <= seconds ? 1 / PIECES : seconds - i / PIECES;
}

/** The expected number of requests in the first `seconds`: the integral of the rate, by the midpoint rule of the schedule itself. */
export function expectedCount(pattern: Pattern, seconds: number): number {
  let sum = 0;
  for (let i = 0; i / PIECES < seconds; i++) {
    const width = widthOf(i, seconds);
    sum += rateAt(pattern, i / PIECES + width / 2) * width;
  }
  return sum;
}

/**
 * The times of the requests in seconds since the start, ascending and below `duration`.
 * By time rescaling: gaps are drawn in units of the integrated rate and mapped back to seconds. They are 1 when even, else exponential
 * with mean 1. Source: Cinlar 1975, the inversion method for inhomogeneous Poisson processes.
 */
export function* arrivals(pattern: Pattern, duration: number, spacing: Spacing): Generator<number, void, undefined> {
  let drawn = 0;
  // A stream of its own: the gaps must not repeat the draws of the noise.
  const seed = pattern.seed ^ 0x5bd1e995;
  const gap = (): number => (spacing === "even" ? 1 : -Math.log(uniform(seed, drawn++)));
  let left = gap();
  for (let i = 0; i / PIECES < duration; i++) {
    const start = i / PIECES;
    const width = widthOf(i, duration);
    const rate = rateAt(pattern, start + width / 2);
    let mass = rate * width;
    while (left < mass) {
      mass -= left;
      const time = start + width - mass / rate;
      // A request due at the very end may round up to it.
      if (time >= duration) return;
      yield time;
      left = gap();
    }
    left -= mass;
  }
}
