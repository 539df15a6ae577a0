/** The shape of the traffic: pure functions from seconds since the start to requests per second. */

/** The named shapes, each between -1 and 1 over one period; `mixed` is a ramp, a plateau and spikes. */
export const SHAPES = ["sine", "square", "ramp", "spikes", "constant", "mixed"] as const;
/** The name of a shape. */
export type TrafficShape = (typeof SHAPES)[number];

/** Control points of a piecewise-linear curve: [seconds or phase, value], ascending. Two points at one place make a step. */
export type Points = readonly (readonly [number, number])[];

/** What is sent when. Rates in requests a second, times in seconds. */
export interface Pattern {
  readonly shape: TrafficShape;
  readonly period: number;
  /** rate = base + amplitude * shape(phase) + noise, never below 0. */
  readonly base: number;
  readonly amplitude: number;
  /** Standard deviation of the noise, drawn anew every NOISE_HOLD seconds. */
  readonly noise: number;
  readonly seed: number;
  /** Share of a period that lies behind at the start, 0 to 1; absent: 0. A sine at 0.75 begins in its trough. */
  readonly phase?: number;
  /** Absolute rates by time; takes the place of shape, base and amplitude. The last value stays. */
  readonly plan?: Points;
}

/** Seconds one noise value holds: long enough to survive a 1 m rate window (12 draws in it, so a third of it is left). */
export const NOISE_HOLD = 5;

/** 0-0.3 ramp up, 0.3-0.6 plateau, then three spikes of 3 % each (90 s of 3000 s) over a low ground, a short ramp down. */
const MIXED: Points = [
  [0, -1],
  [0.3, 0.6],
  [0.6, 0.6],
  [0.6, -0.6],
  [0.66, -0.6],
  [0.66, 1],
  [0.69, 1],
  [0.69, -0.6],
  [0.75, -0.6],
  [0.75, 0.7],
  [0.78, 0.7],
  [0.78, -0.6],
  [0.85, -0.6],
  [0.85, 1],
  [0.88, 1],
  [0.88, -0.2],
  [1, -1],
];

/** The value of the curve at `x`: linear between control points, constant outside them. At a step the later value counts. */
export function interpolate(points: Points, x: number): number {
  const after = points.findIndex(([at]) => at > x);
  if (after === 0) return points[0]![1];
  if (after < 0) return points.at(-1)?.[1] ?? 0;
  const [x0, y0] = points[after - 1]!;
  const [x1, y1] = points[after]!;
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}

/** The value of a shape, -1 to 1, at a phase from 0 to below 1. A ramp is a saw tooth; a spike is the first tenth of the period. */
export function shapeAt(shape: TrafficShape, phase: number): number {
  switch (shape) {
    case "sine":
      return Math.sin(2 * Math.PI * phase);
    case "square":
      return phase < 0.5 ? 1 : -1;
    case "ramp":
      return 2 * phase - 1;
    case "spikes":
      return phase < 0.1 ? 1 : -1;
    case "constant":
      return 0;
    case "mixed":
      return interpolate(MIXED, phase);
  }
}

/** A number in (0, 1) for a seed and a position. It hashes both by the finaliser of MurmurHash3, so the order of calls does not matter. */
export function uniform(seed: number, index: number): number {
  let h = (seed ^ Math.imul(index + 1, 0x9e3779b9)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  h ^= h >>> 16;
  return ((h >>> 0) + 0.5) / 2 ** 32;
}

/** Standard normal by Box-Muller from two positions of the stream. */
function normal(seed: number, index: number): number {
  const radius = Math.sqrt(-2 * Math.log(uniform(seed, 2 * index)));
  return radius * Math.cos(2 * Math.PI * uniform(seed, 2 * index + 1));
}

/** The rate at `t` seconds since the start, in requests a second, at least 0. */
export function rateAt(pattern: Pattern, t: number): number {
  // The remainder first: it is exact, where the fraction of t / period rounds differently in each period and misses a shape's edge.
  const phase = ((t % pattern.period) / pattern.period + (pattern.phase ?? 0)) % 1;
  const plain = pattern.plan
    ? interpolate(pattern.plan, t)
    : pattern.base + pattern.amplitude * shapeAt(pattern.shape, phase);
  const noise = pattern.noise === 0 ? 0 : pattern.noise * normal(pattern.seed, Math.floor(t / NOISE_HOLD));
  return Math.max(0, plain + noise);
}
