/** Removes a slow trend from a window, so that what repeats in it shows. */
import { dot } from "../linalg/columns.ts";

/**
 * The residual of y after a least-squares polynomial of this degree. Each power is made orthogonal to the lower ones (discrete Legendre) and
 * removed.
 */
export function detrended(y: Float64Array, degree: number): Float64Array {
  const n = y.length;
  const out = y.slice();
  let before = new Float64Array(n);
  let now = new Float64Array(n).fill(1);
  let beforeSquare = 1;
  for (let d = 0; d <= degree; d++) {
    const [square, cross] = [dot(now, now), dot(now, out)];
    for (let i = 0; i < n; i++) out[i] = out[i]! - (cross / square) * now[i]!;
    const next = new Float64Array(n);
    for (let i = 0; i < n; i++)
      next[i] = ((2 * (i + 0.5)) / n - 1) * now[i]! - (d === 0 ? 0 : square / beforeSquare) * before[i]!;
    before = now;
    now = next;
    beforeSquare = square;
  }
  return out;
}
