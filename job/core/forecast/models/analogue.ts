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

function analoguePass({ y, origins, steps }: Plan, out: Float64Array, length: number, nearest: number): void {
  const near = new Float64Array(nearest);
  const where = new Int32Array(nearest);
  for (let o = 0; o < origins.length; o++) {
    const t = origins[o]!;
    // The followers must be known for at least the first step; beyond, the longest known part is repeated by its last value.
    if (t < 3 * length + nearest) {
      flat(out, o, steps, y[t - 1]!);
      continue;
    }
    let level = 0;
    for (let i = 1; i <= length; i++) level += y[t - i]! / length;
    near.fill(Number.POSITIVE_INFINITY);
    for (let s = Math.max(length, t - REACH); s + Math.min(steps, length) <= t; s++) {
      let mean = 0;
      for (let i = 1; i <= length; i++) mean += y[s - i]!;
      const shift = level - mean / length;
      let distance = 0;
      const worst = near[nearest - 1]!;
      for (let i = 1; i <= length && distance < worst; i++) {
        const d = y[t - i]! - y[s - i]! - shift;
        distance += d * d;
      }
      // A stretch at another level is a poorer witness.
      distance += 0.25 * length * shift * shift;
      if (distance >= worst) continue;
      let at = nearest - 1;
      for (; at > 0 && near[at - 1]! > distance; at--) {
        near[at] = near[at - 1]!;
        where[at] = where[at - 1]!;
      }
      near[at] = distance;
      where[at] = s;
    }
    let total = 0;
    out.fill(0, o * steps, (o + 1) * steps);
    const soft = 1e-9 + 0.5 * (Number.isFinite(near[nearest - 1]!) ? near[nearest - 1]! : 0);
    for (let j = 0; j < nearest && Number.isFinite(near[j]!); j++) {
      const s = where[j]!;
      let mean = 0;
      for (let i = 1; i <= length; i++) mean += y[s - i]! / length;
      const w = 1 / (near[j]! + soft);
      total += w;
      for (let k = 0; k < steps; k++)
        out[o * steps + k] = out[o * steps + k]! + w * (level - mean + y[Math.min(s + k, t - 1)]!);
    }
    if (total === 0) flat(out, o, steps, y[t - 1]!);
    else for (let k = 0; k < steps; k++) out[o * steps + k] = out[o * steps + k]! / total;
  }
}
