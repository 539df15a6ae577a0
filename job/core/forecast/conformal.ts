/** Quantiles of a forecast's error from the errors seen so far: weighted by recency, scaled by local size, extrapolated in the tail. */

/** Errors seen, oldest first, each with the scale that was known when its forecast was made. */
export interface Errors {
  /** actual minus forecast. */
  readonly error: Float64Array;
  /** Local size of errors or moves at that origin, > 0. */
  readonly scale: Float64Array;
}

/** Forgetting an origin: an effective memory of about 70 origins. */
const MEMORY = 0.985;

/**
 * Quantile of the next error at `level`, given the scale now: the errors are divided by their own scale, ranked with recency weights, and
 * multiplied back. The rank is that of a sample with one more point (the finite-sample correction of conformal prediction), and beyond the
 * second-largest error the tail goes on exponentially, so 40 errors still give an answer at 0.98.
 */
export function errorQuantiles(errors: Errors, now: number, levels: readonly number[]): number[] {
  const n = errors.error.length;
  if (n === 0) return levels.map(() => 0);
  const order = Array.from({ length: n }, (_, i) => i);
  const z = new Float64Array(n);
  for (let i = 0; i < n; i++) z[i] = errors.error[i]! / errors.scale[i]!;
  order.sort((a, b) => z[a]! - z[b]! || a - b);
  const w = new Float64Array(n);
  let total = 1;
  for (let i = 0; i < n; i++) total += w[i] = MEMORY ** (n - 1 - i);
  // Position of each sorted error: the share of weight below its middle, with one unseen point's weight split between both ends.
  const place = new Float64Array(n);
  let sum = 0.5;
  for (let i = 0; i < n; i++) {
    const wi = w[order[i]!]!;
    place[i] = (sum + wi / 2) / total;
    sum += wi;
  }
  const value = (i: number): number => z[order[i]!]!;
  const spread = tailSpread(order, z, n);
  let floor = Number.NEGATIVE_INFINITY;
  return levels.map((level) => {
    let q: number;
    if (level <= place[0]!) q = value(0) - spread.low * Math.log(place[0]! / level);
    else if (level >= place[n - 1]!) q = value(n - 1) + spread.high * Math.log((1 - place[n - 1]!) / (1 - level));
    else {
      let i = 1;
      while (place[i]! < level) i++;
      const f = (level - place[i - 1]!) / (place[i]! - place[i - 1]!);
      q = value(i - 1) * (1 - f) + value(i) * f;
    }
    floor = Math.max(floor, q);
    return floor * now;
  });
}

/** Mean excess over the upper and below the lower tenth of the errors: the scale of an exponential tail. */
function tailSpread(
  order: readonly number[],
  z: Float64Array,
  n: number,
): { readonly low: number; readonly high: number } {
  const count = Math.max(1, Math.floor(n / 10));
  const top = z[order[n - 1 - count] ?? order[0]!]!;
  const bottom = z[order[count] ?? order[n - 1]!]!;
  let high = 0;
  let low = 0;
  for (let i = 0; i < count && i < n; i++) {
    high += Math.max(0, z[order[n - 1 - i]!]! - top) / count;
    low += Math.max(0, bottom - z[order[i]!]!) / count;
  }
  return { low, high };
}
