/** Sorting by index without allocation, for the rankings behind the quantiles. */

/** Scratch of one ranking of up to `capacity` keys. */
export interface Ranking {
  /** After `rank`: indices of the keys, smallest first; equal keys keep their order. */
  order: Int32Array;
  spare: Int32Array;
}

/** Scratch for up to `capacity` keys. */
export function newRanking(capacity: number): Ranking {
  return { order: new Int32Array(capacity), spare: new Int32Array(capacity) };
}

/** Merge sort of the first n keys by index, stable. */
export function rank(keys: Float64Array, n: number, ranking: Ranking): Int32Array {
  let { order: from, spare: to } = ranking;
  for (let i = 0; i < n; i++) from[i] = i;
  for (let width = 1; width < n; width *= 2) {
    for (let low = 0; low < n; low += 2 * width)
      merge(keys, from, to, low, Math.min(low + width, n), Math.min(low + 2 * width, n));
    [from, to] = [to, from];
  }
  ranking.order = from;
  ranking.spare = to;
  return from;
}

function merge(keys: Float64Array, from: Int32Array, to: Int32Array, low: number, mid: number, high: number): void {
  let a = low;
  let b = mid;
  for (let i = low; i < high; i++) {
    const left = a < mid && (b >= high || keys[from[a]!]! <= keys[from[b]!]!);
    to[i] = left ? from[a++]! : from[b++]!;
  }
}
