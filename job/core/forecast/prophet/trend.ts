/** Prophet's three trends, evaluated at ascending scaled times. */
import type { Growth } from "./options.ts";

/** Offset m, rate k and rate changes delta at the scaled times tChange (both ascending, same length). */
export interface TrendParams {
  readonly k: number;
  readonly m: number;
  readonly delta: ArrayLike<number>;
  readonly tChange: ArrayLike<number>;
}

/**
 * The trend on the model's scale, with z = k (t - m) + sum of delta_j (t - c_j)+ for the logistic one:
 * - linear: k t + m + sum of delta_j (t - c_j)+;
 * - flat: m;
 * - logistic: cap / (1 + exp(-z)).
 * Prophet computes z through offsets gamma that divide by each segment's rate. They only keep z continuous, so z is this plain sum.
 * A rate of zero cannot break it.
 * @param t ascending
 * @param cap one for each time; read for logistic growth only
 */
export function evaluateTrend(
  growth: Growth,
  params: TrendParams,
  t: ArrayLike<number>,
  cap: ArrayLike<number>,
): Float64Array {
  const out = new Float64Array(t.length);
  if (growth === "flat") return out.fill(params.m);
  const { k, m, delta, tChange } = params;
  let rate = k;
  let offset = growth === "linear" ? m : -k * m;
  let next = 0;
  for (let i = 0; i < t.length; i++) {
    while (next < tChange.length && t[i]! >= tChange[next]!) {
      rate += delta[next]!;
      offset -= delta[next]! * tChange[next]!;
      next++;
    }
    const z = rate * t[i]! + offset;
    out[i] = growth === "linear" ? z : cap[i]! / (1 + Math.exp(-z));
  }
  return out;
}

/**
 * The trend at which Prophet's optimiser starts: through the first and the last observation (linear, logistic), or the mean (flat).
 * All arguments are on the model's scale, times ascending. Logistic values are first limited to 1 .. 99 % of the capacity.
 */
export function initialTrend(
  growth: Growth,
  t: Float64Array,
  y: Float64Array,
  cap: Float64Array,
): { k: number; m: number } {
  const last = t.length - 1;
  const span = t[last]! - t[0]!;
  if (growth === "flat") return { k: 0, m: y.reduce((sum, v) => sum + v, 0) / y.length };
  if (growth === "linear") {
    const k = (y[last]! - y[0]!) / span;
    return { k, m: y[0]! - k * t[0]! };
  }
  let r0 = cap[0]! / within(y[0]!, cap[0]!);
  const r1 = cap[last]! / within(y[last]!, cap[last]!);
  if (Math.abs(r0 - r1) <= 0.01) r0 *= 1.05;
  const l0 = Math.log(r0 - 1);
  const l1 = Math.log(r1 - 1);
  return { k: (l0 - l1) / span, m: (l0 * span) / (l0 - l1) };
}

function within(y: number, cap: number): number {
  return Math.max(0.01 * cap, Math.min(0.99 * cap, y));
}
