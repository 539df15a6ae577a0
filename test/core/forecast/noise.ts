/** Seeded noise of the forecaster's tests. */

/** A generator of its own (mulberry32, Box-Muller), so that the same tests see the same noise. */
export function generator(seed: number): { readonly uniform: () => number; readonly normal: () => number } {
  let a = seed | 0;
  const uniform = () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

/** A first-order autoregression around `level`, already settled, with steps of size 1. */
export function autoregressive(normal: () => number, phi: number, level: number): () => number {
  let x = normal() / Math.sqrt(1 - phi * phi);
  return () => {
    x = phi * x + normal();
    return level + x;
  };
}
