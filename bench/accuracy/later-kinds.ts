/** Further kinds of generated load, seen in real series: counts, momentum, flat loads that jump, plateaus, and values held between updates. */
import type { Dice, SeriesShape } from "./generated.ts";

const steps = (n: number, of: (i: number) => number) => Array.from({ length: n }, (_, i) => of(i));

/** A Poisson count by Knuth's product of uniforms; above 50 the normal law is as good. */
function poisson({ uniform, normal }: Dice, mean: number): number {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = uniform(0, 1); product > limit; product *= uniform(0, 1)) count++;
  return count;
}

/** A mean-reverting load of standard deviation 1. */
function autoregressive({ normal }: Dice, n: number, phi: number): number[] {
  let state = normal();
  return steps(n, () => {
    state = phi * state + Math.sqrt(1 - phi * phi) * normal();
    return state;
  });
}

/** A load that turns toward ever new levels, and keeps its speed meanwhile. */
function gliding({ uniform }: Dice, n: number): number[] {
  const turn = 1 / uniform(20, 80);
  let [speed, level, goal] = [0, uniform(3, 8), uniform(3, 8)];
  return steps(n, () => {
    if (uniform(0, 1) < turn) goal = uniform(1, 9);
    speed = 0.9 * speed + 0.02 * (goal - level);
    level += speed;
    return level;
  });
}

/** The kinds by name, each with the formula of its load. The dice draw its parameters. */
export const LATER_KINDS: Readonly<Record<string, SeriesShape>> = {
  "counts about a slow curve": (d, n) => {
    const [mean, turns, phase] = [d.uniform(2, 40), d.uniform(0.5, 3), d.uniform(0, 6.3)];
    return steps(n, (i) => (4 / mean) * poisson(d, mean * (1 + 0.5 * Math.sin((6.283 * turns * i) / n + phase))));
  },
  "counts about a level": (d, n) => {
    const mean = d.uniform(1, 20);
    return steps(n, () => (4 / mean) * poisson(d, mean));
  },
  momentum: (d, n) => {
    const noise = d.uniform(0.005, 0.05);
    return gliding(d, n).map((v) => v + noise * d.normal());
  },
  "flat, then a jump": (d, n) => {
    let level = d.uniform(1, 4);
    return steps(n, () => {
      if (d.uniform(0, 1) < 0.006) level = d.uniform(0.5, 8);
      return level;
    });
  },
  "plateaus of one or two values": (d, n) => {
    let [level, changed] = [4, false];
    return autoregressive(d, n, 0.9).map((v) => {
      const next = d.uniform(0, 1) < (changed ? 0.33 : 0.95) ? Math.max(0, 4 + v) : level;
      changed = next !== level;
      level = next;
      return level;
    });
  },
  "pulses that overlap": (d, n) => {
    const [a, b] = [Math.round(d.uniform(10, 30)), Math.round(d.uniform(31, 60))];
    return steps(n, (i) => 2 + (i % a < 3 ? 2 : 0) + (i % b < 5 ? 1.5 : 0) + 0.15 * d.normal());
  },
};
