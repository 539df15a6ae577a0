/** Detects the season of a window, or says "none": detrended autocorrelation that must first dip below zero and then peak. */

/** A detected season. */
export interface Season {
  /** Length in steps, refined between grid points. */
  readonly period: number;
  /** Autocorrelation at the peak, 0..1. */
  readonly strength: number;
}

/** Peaks below this are taken for chance: white noise of 120 points has autocorrelations of about +-0.18 (two standard errors). */
const LEAST_STRENGTH = 0.3;

/**
 * Up to `limit` candidate seasons of y, strongest first, none longer than 0.45 of the window (a season seen less than about twice is a guess).
 * The trend (a straight line) is taken out first; the autocorrelation must fall below zero before the first peak that counts.
 */
export function detectSeasons(y: Float64Array, limit: number): Season[] {
  const n = y.length;
  const longest = Math.floor(n * 0.45);
  if (longest < 3) return [];
  const r = detrended(y);
  const acf = autocorrelation(r, longest + 1);
  if (acf === undefined) return [];
  let dip = 1;
  while (dip <= longest && acf[dip]! > 0) dip++;
  const found: Season[] = [];
  for (let k = Math.max(2, dip + 1); k <= longest; k++) {
    const value = acf[k]!;
    if (value < LEAST_STRENGTH || value < acf[k - 1]! || value <= acf[k + 1]!) continue;
    const curve = acf[k - 1]! - 2 * value + acf[k + 1]!;
    const offset = curve < 0 ? (0.5 * (acf[k - 1]! - acf[k + 1]!)) / curve : 0;
    found.push({ period: refine(acf, k + Math.max(-0.5, Math.min(0.5, offset)), longest), strength: value });
  }
  found.sort((a, b) => b.strength - a.strength || a.period - b.period);
  const kept: Season[] = [];
  for (const season of found) {
    if (kept.length >= limit) break;
    // A multiple of a kept season tells nothing new unless it is clearly stronger, and then it comes first.
    const known = kept.some((k) => nearMultiple(season.period, k.period) || nearMultiple(k.period, season.period));
    if (!known) kept.push(season);
    else {
      const i = kept.findIndex((k) => nearMultiple(k.period, season.period) && season.strength > k.strength - 0.1);
      if (i >= 0 && kept[i]!.period > season.period * 1.3) kept[i] = season;
    }
  }
  return kept;
}

function nearMultiple(long: number, short: number): boolean {
  const ratio = long / short;
  const whole = Math.round(ratio);
  return whole >= 1 && Math.abs(ratio - whole) * short < Math.max(0.75, 0.04 * long);
}

/** Refines a period by the peaks near its multiples: m cycles fix it m times as well. */
function refine(acf: Float64Array, period: number, longest: number): number {
  let best = period;
  for (let m = 2; m * period + 1 < longest; m++) {
    const centre = Math.round(m * best);
    let k = centre;
    for (let j = Math.max(2, centre - 2); j <= Math.min(longest - 1, centre + 2); j++) if (acf[j]! > acf[k]!) k = j;
    if (acf[k]! < 0.15) break;
    const curve = acf[k - 1]! - 2 * acf[k]! + acf[k + 1]!;
    const offset = curve < 0 ? (0.5 * (acf[k - 1]! - acf[k + 1]!)) / curve : 0;
    best = (k + Math.max(-0.5, Math.min(0.5, offset))) / m;
  }
  // Close to a whole number it is the whole number: schedules are, and whole periods need no interpolation.
  return Math.abs(best - Math.round(best)) < 0.12 ? Math.round(best) : best;
}

function detrended(y: Float64Array): Float64Array {
  const n = y.length;
  let mean = 0;
  for (const v of y) mean += v / n;
  let cross = 0;
  for (let i = 0; i < n; i++) cross += (i - (n - 1) / 2) * y[i]!;
  const slope = cross / ((n * (n * n - 1)) / 12);
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) out[i] = y[i]! - mean - slope * (i - (n - 1) / 2);
  return out;
}

/** Autocorrelation at lags 0..last, each scaled by its own number of pairs; undefined for a constant. */
function autocorrelation(r: Float64Array, last: number): Float64Array | undefined {
  const n = r.length;
  let power = 0;
  let size = 0;
  for (const v of r) {
    power += v * v;
    size = Math.max(size, Math.abs(v));
  }
  if (!(power > 0) || size < 1e-9) return undefined;
  const acf = new Float64Array(last + 1);
  for (let k = 0; k <= last; k++) {
    let sum = 0;
    let a = 0;
    let b = 0;
    for (let i = k; i < n; i++) {
      sum += r[i]! * r[i - k]!;
      a += r[i]! * r[i]!;
      b += r[i - k]! * r[i - k]!;
    }
    acf[k] = a > 0 && b > 0 ? sum / Math.sqrt(a * b) : 0;
  }
  return acf;
}
