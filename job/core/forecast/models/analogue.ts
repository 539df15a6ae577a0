/** Nearest neighbours: what followed the past stretches most like the present one. */
import { flat, type Model, type Plan } from "./model.ts";

/** Compares the last `length` values, level removed, with every earlier stretch; the `nearest` followers, moved to today's level, weighted by 1/distance. */
export function analogue(length: number, nearest: number): Model {
  return {
    name: `analogue${length}`,
    least: 3 * length + nearest,
    run(plan, out) {
      analoguePass(plan, out, length, nearest);
    },
  };
}

/** Past values compared: bounds the cost at long windows. */
const REACH = 240;

/** The stretches most like the present one, the nearest first; infinitely far where there are fewer. */
interface Neighbours {
  readonly distance: Float64Array;
  /** Where each is followed. */
  readonly where: Int32Array;
}

function analoguePass({ y, origins, steps }: Plan, out: Float64Array, length: number, nearest: number): void {
  const found: Neighbours = { distance: new Float64Array(nearest), where: new Int32Array(nearest) };
  const means = meansBefore(y, length);
  for (let o = 0; o < origins.length; o++) {
    const t = origins[o]!;
    if (t < 3 * length + nearest) {
      flat(out, o, steps, y[t - 1]!);
      continue;
    }
    // The followers must be known for at least the first step; beyond, the longest known part is repeated by its last value.
    findNearest(y, { t, length, means }, t - Math.min(steps, length), found);
    followed(y, { t, length, means }, found, out.subarray(o * steps, (o + 1) * steps));
  }
}

/** The present stretch: the `length` values before t. */
interface Present {
  readonly t: number;
  readonly length: number;
  /** Mean of the stretch before each place. */
  readonly means: Float64Array;
}

/** Looks at the stretches before each s up to `until`, back to REACH. */
function findNearest(
  y: Float64Array,
  { t, length, means }: Present,
  until: number,
  { distance: near, where }: Neighbours,
): void {
  const last = near.length - 1;
  near.fill(Number.POSITIVE_INFINITY);
  for (let s = Math.max(length, t - REACH); s <= until; s++) {
    const shift = means[t]! - means[s]!;
    const worst = near[last]!;
    let distance = 0;
    for (let i = 1; i <= length && distance < worst; i++) {
      const d = y[t - i]! - y[s - i]! - shift;
      distance += d * d;
    }
    // A stretch at another level is a poorer witness.
    distance += 0.25 * length * shift * shift;
    if (distance >= worst) continue;
    let at = last;
    for (; at > 0 && near[at - 1]! > distance; at--) {
      near[at] = near[at - 1]!;
      where[at] = where[at - 1]!;
    }
    near[at] = distance;
    where[at] = s;
  }
}

/** What followed them, moved to today's level, weighed by nearness; the last value where none was found. */
function followed(y: Float64Array, { t, means }: Present, { distance, where }: Neighbours, out: Float64Array): void {
  const farthest = distance[distance.length - 1]!;
  const soft = 1e-9 + 0.5 * (Number.isFinite(farthest) ? farthest : 0);
  let total = 0;
  out.fill(0);
  for (let j = 0; j < distance.length && Number.isFinite(distance[j]!); j++) {
    const s = where[j]!;
    const shift = means[t]! - means[s]!;
    const w = 1 / (distance[j]! + soft);
    total += w;
    for (let k = 0; k < out.length; k++) out[k] = out[k]! + w * (shift + y[Math.min(s + k, t - 1)]!);
  }
  if (total === 0) out.fill(y[t - 1]!);
  else for (let k = 0; k < out.length; k++) out[k] = out[k]! / total;
}

/** Mean of the `length` values before each origin; 0 where there are fewer. */
function meansBefore(y: Float64Array, length: number): Float64Array {
  const means = new Float64Array(y.length + 1);
  for (let s = length; s <= y.length; s++) {
    let sum = 0;
    for (let i = 1; i <= length; i++) sum += y[s - i]!;
    means[s] = sum / length;
  }
  return means;
}
