/** The normal equations of the model: Gram matrices of its columns. Those of changepoints come from running sums. */
import { dot } from "../linalg/columns.ts";

/**
 * Least squares |z - B b - A d|^2, reduced to Gram matrices, all row-major.
 * b are the unknowns with normal priors: offset m, rate k and feature coefficients. d are the rate changes, with Laplace priors.
 */
export interface Gram {
  readonly nb: number;
  readonly nd: number;
  readonly bb: Float64Array;
  readonly bd: Float64Array;
  readonly dd: Float64Array;
  readonly bz: Float64Array;
  readonly dz: Float64Array;
  /** 1 / prior variance of each b. */
  readonly precision: Float64Array;
}

/** Empty Gram matrices for nb normal and nd Laplace unknowns. */
export function emptyGram(nb: number, nd: number, precision: Float64Array): Gram {
  return {
    nb,
    nd,
    bb: new Float64Array(nb * nb),
    bd: new Float64Array(nb * nd),
    dd: new Float64Array(nd * nd),
    bz: new Float64Array(nb),
    dz: new Float64Array(nd),
    precision,
  };
}

/**
 * Fills the Gram matrices for the columns `columns | weight (t - c)+` and the target z.
 * @param columns nb columns, one value for each row
 * @param weight what each changepoint's hinge (t - c)+ is multiplied by, row by row
 * @param t ascending, as tChange
 */
export function fillGram(
  gram: Gram,
  columns: readonly Float64Array[],
  weight: Float64Array,
  z: Float64Array,
  t: Float64Array,
  tChange: Float64Array,
): void {
  const { nb, nd, bb, bz } = gram;
  const hinges = { t, tChange, weight, first: firstRows(t, tChange) };
  for (let a = 0; a < nb; a++) {
    const column = columns[a]!;
    for (let b = 0; b <= a; b++) bb[a * nb + b] = bb[b * nb + a] = dot(column, columns[b]!);
    bz[a] = dot(column, z);
    if (nd > 0) hingeProducts(column, hinges, gram.bd, a * nd);
  }
  if (nd === 0) return;
  hingeProducts(z, hinges, gram.dz, 0);
  hingeGram(hinges, gram.dd);
}

interface Hinges {
  readonly t: Float64Array;
  readonly tChange: Float64Array;
  readonly weight: Float64Array;
  /** For every changepoint the first row at or after it. */
  readonly first: Int32Array;
}

function firstRows(t: Float64Array, tChange: Float64Array): Int32Array {
  const out = new Int32Array(tChange.length);
  let i = 0;
  for (let j = 0; j < out.length; j++) {
    while (i < t.length && t[i]! < tChange[j]!) i++;
    out[j] = i;
  }
  return out;
}

/** out[at + j] = sum of v w (t - c_j)+ = (sum of v w t) - c_j (sum of v w), both over the rows from first[j] on. */
function hingeProducts(v: Float64Array, { t, tChange, weight, first }: Hinges, out: Float64Array, at: number): void {
  let plain = 0;
  let timed = 0;
  let i = t.length - 1;
  for (let j = first.length - 1; j >= 0; j--) {
    for (; i >= first[j]!; i--) {
      const vw = v[i]! * weight[i]!;
      plain += vw;
      timed += vw * t[i]!;
    }
    out[at + j] = timed - tChange[j]! * plain;
  }
}

/** out[j, l] = sum of w^2 (t - c_j)+ (t - c_l)+, from sums of w^2 times 1, t - c_j and its square, from first[j] on. */
function hingeGram({ t, tChange, weight, first }: Hinges, out: Float64Array): void {
  const n = tChange.length;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let i = t.length - 1;
  for (let j = n - 1; j >= 0; j--) {
    const c = tChange[j]!;
    const shift = j + 1 < n ? tChange[j + 1]! - c : 0;
    s2 += shift * (2 * s1 + shift * s0);
    s1 += shift * s0;
    for (; i >= first[j]!; i--) {
      const w2 = weight[i]! * weight[i]!;
      const x = t[i]! - c;
      s0 += w2;
      s1 += w2 * x;
      s2 += w2 * x * x;
    }
    for (let l = 0; l <= j; l++) out[j * n + l] = out[l * n + j] = s2 + (c - tChange[l]!) * s1;
  }
}
