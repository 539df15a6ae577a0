/** Detects the season of a window, if any: the detrended autocorrelation must fall below zero and then peak. */
import { dot, residualOf, trendOf } from "../linalg/columns.ts";
import { evidenceFor, type Season } from "./evidence.ts";

/**
 * Degree of the polynomial that is removed for a second try: it follows up to two and a half cycles of a slow wave. 3 to 10: 0.2 % of the loss
 * on 19 public and synthetic series.
 */
const TREND_DEGREE = 5;
/** Lower peaks are ignored: a season that explains less than a fifth of a window does not pay for its models. 0.1 to 0.4: 0.3 % on the same 19. */
const MIN_STRENGTH = 0.2;
/** A peak this high relative to the highest may be its fundamental. A quarter: 0.1 %; the highest alone costs 9 % of the loss at 480 values. */
const MIN_FUNDAMENTAL_SHARE = 0.5;
/** A shorter season wins with this share of the most evidence: it shows more cycles. 0.45 to 1: 0.1 % on 19 series. */
const MIN_EVIDENCE_SHARE = 0.9;
/** The most candidates that are compared: each costs a regression. 2 to 8: 0.1 % on 19 series. */
const MAX_CANDIDATES = 4;

/**
 * The season of y, or null: of the candidates the shortest with nearly the most evidence (see evidence.ts).
 * No season is longer than 0.45 of the window: one seen less than about twice is a guess.
 * A straight line is removed first, and a curve where that shows no season. The autocorrelation must fall below zero before the first peak
 * that counts. The candidates are the highest peak and shorter ones of which it is a multiple.
 */
export function detectSeason(y: Float64Array): Season | null {
  return seasonAmong(y, peaksOf(y, 1)) ?? seasonAmong(y, peaksOf(y, TREND_DEGREE));
}

function seasonAmong(y: Float64Array, peaks: readonly Season[]): Season | null {
  const highest = peaks[0];
  if (highest === undefined) return null;
  const shorter = peaks
    .filter((p) => p.strength >= MIN_FUNDAMENTAL_SHARE * highest.strength && nearMultiple(highest.period, p.period))
    .sort((a, b) => a.period - b.period)
    .slice(0, MAX_CANDIDATES - 1);
  const claims = [...new Set([...shorter, highest])].map((season) => ({ season, evidence: evidenceFor(y, season) }));
  const most = claims.reduce((best, { evidence }) => Math.max(best, evidence), 0);
  return claims.find(({ evidence }) => evidence > 0 && evidence >= MIN_EVIDENCE_SHARE * most)?.season ?? null;
}

/** Peaks of the autocorrelation, the highest first. */
function peaksOf(y: Float64Array, degree: number): Season[] {
  const longest = Math.floor(y.length * 0.45);
  if (longest < 3) return [];
  const acf = autocorrelation(detrended(y, degree), longest + 1);
  if (acf === undefined) return [];
  let dip = 1;
  while (dip <= longest && acf[dip]! > 0) dip++;
  const found: Season[] = [];
  for (let k = Math.max(2, dip + 1); k <= longest; k++) {
    const value = acf[k]!;
    if (value < MIN_STRENGTH || value < acf[k - 1]! || value <= acf[k + 1]!) continue;
    found.push({ period: refinePeriod(acf, k + vertex(acf, k), longest), strength: value });
  }
  return found.sort((a, b) => b.strength - a.strength || a.period - b.period);
}

/** The offset of the parabola's maximum through a peak and its neighbours, in steps from the peak; at most half a step. */
function vertex(acf: Float64Array, k: number): number {
  const curve = acf[k - 1]! - 2 * acf[k]! + acf[k + 1]!;
  return curve < 0 ? Math.max(-0.5, Math.min(0.5, (0.5 * (acf[k - 1]! - acf[k + 1]!)) / curve)) : 0;
}

function nearMultiple(long: number, short: number): boolean {
  const ratio = long / short;
  const whole = Math.round(ratio);
  return whole >= 1 && Math.abs(ratio - whole) * short < Math.max(0.75, 0.04 * long);
}

/** Refines a period by the peaks near its multiples: m cycles give it m times as precisely. */
function refinePeriod(acf: Float64Array, period: number, longest: number): number {
  let best = period;
  // The search stays within a third of a cycle, or a short period would wander off to its neighbours.
  const reach = Math.min(2, Math.floor(period / 3));
  for (let m = 2; m * period + 1 < longest; m++) {
    const centre = Math.round(m * best);
    let k = centre;
    for (let j = centre - reach; j <= Math.min(longest - 1, centre + reach); j++) if (acf[j]! > acf[k]!) k = j;
    if (k >= longest || acf[k]! < 0.15) break;
    best = (k + vertex(acf, k)) / m;
  }
  // Close to a whole number it is the whole number: schedules are, and whole periods need no interpolation. Close means a fifth of a step over
  // all cycles seen: 7.1 taken for 7 is a quarter of a cycle off after 17 of them.
  const whole = Math.round(best);
  return Math.abs(best - whole) < Math.min(0.12, (0.2 * best) / longest) ? whole : best;
}

/** What a polynomial of this degree leaves of y, by least squares. */
export function detrended(y: Float64Array, degree: number): Float64Array {
  const [power, line] = trendOf(y.length);
  const powers = [power];
  while (powers.length <= degree) powers.push(powers.at(-1)!.map((v, t) => 2 * v * line[t]!));
  return residualOf(y, powers);
}

/** Autocorrelation at lags 0..last, each scaled by its own number of pairs; undefined for a constant. */
function autocorrelation(r: Float64Array, last: number): Float64Array | undefined {
  if (r.every((v) => Math.abs(v) < 1e-9)) return undefined;
  const n = r.length;
  const before = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) before[i + 1] = before[i]! + r[i]! * r[i]!;
  return new Float64Array(last + 1).map((_, k) => {
    const squares = (before[n]! - before[k]!) * before[n - k]!;
    return squares > 0 ? dot(r.subarray(k), r) / Math.sqrt(squares) : 0;
  });
}
