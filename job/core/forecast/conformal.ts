/** Quantiles of the next error from the errors seen so far: ranked with recency weights, one unseen point allowed for, tails extrapolated. */

/** Sorted errors ready to be asked for quantiles. */
export interface Tail {
  /** Mean excess below the lower and above the upper tenth: the scale of an exponential tail. */
  readonly low: number;
  readonly high: number;
}

/**
 * Writes the quantiles at `levels` (ascending) of `errors`, given their sorted `order` and their weights, into out[at..].
 * `unseen` is the weight of what has not been seen yet, split between both ends: the finite-sample correction of conformal prediction
 * (Vovk et al. 2005), so that with n equal weights and unseen = 1 the k-th smallest stands at (k) / (n + 1). Beyond the outermost errors the
 * tail goes on exponentially, so 40 errors still answer at 0.98.
 */
export function quantilesOf(
  errors: Float64Array,
  order: Int32Array,
  n: number,
  weights: Float64Array,
  unseen: number,
  levels: ArrayLike<number>,
  out: Float64Array,
  at = 0,
): void {
  if (n === 0) {
    out.fill(0, at, at + levels.length);
    return;
  }
  let total = unseen;
  for (let i = 0; i < n; i++) total += weights[i]!;
  const tail = tailOf(errors, order, n);
  const first = (unseen / 2 + weights[order[0]!]! / 2) / total;
  const last = 1 - (unseen / 2 + weights[order[n - 1]!]! / 2) / total;
  let i = 0;
  let place = first;
  let before = first;
  for (let l = 0; l < levels.length; l++) {
    const level = levels[l]!;
    if (level <= first) out[at + l] = errors[order[0]!]! - tail.low * Math.log(first / level);
    else if (level >= last) out[at + l] = errors[order[n - 1]!]! + tail.high * Math.log((1 - last) / (1 - level));
    else {
      while (place < level && i < n - 1) {
        before = place;
        place += (weights[order[i]!]! + weights[order[i + 1]!]!) / (2 * total);
        i++;
      }
      const f = place > before ? (level - before) / (place - before) : 0;
      const low = errors[order[Math.max(0, i - 1)]!]!;
      out[at + l] = low + f * (errors[order[i]!]! - low);
    }
  }
}

function tailOf(errors: Float64Array, order: Int32Array, n: number): Tail {
  const count = Math.max(1, Math.floor(n / 10));
  const top = errors[order[Math.max(0, n - 1 - count)]!]!;
  const bottom = errors[order[Math.min(n - 1, count)]!]!;
  let high = 0;
  let low = 0;
  for (let i = 0; i < count; i++) {
    high += Math.max(0, errors[order[n - 1 - i]!]! - top) / count;
    low += Math.max(0, bottom - errors[order[i]!]!) / count;
  }
  return { low, high };
}

/** Recency weights of n origins `stride` steps apart, newest last: an effective memory of about half the window, in steps. */
export function recency(n: number, stride: number, window: number): Float64Array {
  const memory = Math.max(0, 1 - 1.8 / window) ** stride;
  const out = new Float64Array(n);
  let w = 1;
  for (let i = n - 1; i >= 0; i--) {
    out[i] = w;
    w *= memory;
  }
  return out;
}

/** Weight of the unseen: errors over `ahead` steps overlap, so a new one tells less and more must be allowed for. */
export function unseenWeight(ahead: number, stride: number): number {
  return 0.35 + (0.14 * (ahead - 1)) / stride;
}
