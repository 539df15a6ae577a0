/** Generates seeded series: kinds of load as formulas with random parameters, beside the known traces. */
import { seededRandom } from "../../job/core/forecast/prophet/random.ts";
import { toGrid } from "../../job/core/series/grid.ts";
import type { Series } from "../../job/core/series/types.ts";
import { LATER_KINDS } from "./later-kinds.ts";

/** A generated series, and the kind of load that it stands for. */
export interface GeneratedSeries {
  readonly kind: string;
  readonly name: string;
  readonly series: Series;
}

/** Draws of one series; all from one seed. */
export interface Dice {
  /** Uniform in [from, to). */
  readonly uniform: (from: number, to: number) => number;
  readonly normal: () => number;
}

/** Makes a load: `n` values in cores, one each `step` seconds. They may be negative; the caller cuts them at 0. */
export type SeriesShape = (dice: Dice, n: number, step: number) => number[];

const START = 1_767_225_600;
const LENGTH = 620;

/** The draws of a seed. */
export function diceOf(seed: number): Dice {
  const next = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return { uniform: (from, to) => from + (to - from) * next(), normal };
}

const steps = (n: number, of: (i: number) => number) => Array.from({ length: n }, (_, i) => of(i));
const plus = (...parts: readonly number[][]) => parts[0]!.map((_, i) => parts.reduce((sum, part) => sum + part[i]!, 0));

/** AR(1) noise of standard deviation `sd`. */
function noise({ normal }: Dice, n: number, sd: number, phi = 0): number[] {
  let state = normal();
  return steps(n, () => {
    state = phi * state + Math.sqrt(1 - phi * phi) * normal();
    return sd * state;
  });
}

/** A wave of two harmonics; 60 to 1200 s long, but at least 4 steps; its size wanders by `drift` (0: not at all). */
function wave(dice: Dice, n: number, step: number, drift: number, jitter = 0): number[] {
  const period = dice.uniform(Math.max(60, 4 * step), 1200);
  const second = dice.uniform(0, 0.5);
  const [a, b] = [dice.uniform(0, 6.3), dice.uniform(0, 6.3)];
  const size = noise(dice, n, drift, 0.995);
  let turn = 0;
  return steps(n, (i) => {
    turn += ((2 * Math.PI * step) / period) * (1 + jitter * dice.normal());
    return Math.max(0.1, 1 + size[i]!) * (Math.sin(turn + a) + second * Math.sin(2 * turn + b));
  });
}

/** Levels that hold for a while, each drawn anew. `mean` of the length in steps. */
function levels(dice: Dice, n: number, mean: number, low: number, high: number): number[] {
  let left = 0;
  let level = 0;
  return steps(n, () => {
    if (left-- <= 0) {
      left = dice.uniform(0.4, 1.6) * mean;
      level = dice.uniform(low, high);
    }
    return level;
  });
}

/** On and off by turns; lengths vary by the share `vary` around `on` and `off` steps. */
function duty(dice: Dice, n: number, on: number, off: number, vary: number): number[] {
  let up = false;
  let left = dice.uniform(0, off);
  return steps(n, () => {
    if (left <= 0) {
      up = !up;
      left += Math.max(1, (up ? on : off) * dice.uniform(1 - vary, 1 + vary));
    }
    left--;
    return up ? 1 : 0;
  });
}

/** Rare jumps that decay by the factor `keep` a step. */
function spikes(dice: Dice, n: number, rate: number, low: number, high: number, keep: number): number[] {
  let state = 0;
  return steps(n, () => {
    state *= keep;
    if (dice.uniform(0, 1) < rate) state += dice.uniform(low, high);
    return state;
  });
}

/** Straight pieces between random heights. */
function ramps(dice: Dice, n: number): number[] {
  let left = 0;
  let slope = 0;
  let level = dice.uniform(2, 6);
  return steps(n, () => {
    if (left-- <= 0) {
      left = Math.floor(dice.uniform(30, 120));
      slope = (dice.uniform(0.5, 9) - level) / left;
    }
    level += slope;
    return level;
  });
}

/** What a rate over one minute makes of a load: the mean of the last minute's steps. */
const rate = (values: number[], step: number) => {
  const w = Math.max(1, Math.round(60 / step));
  return values.map((_, i) =>
    values.slice(Math.max(0, i - w + 1), i + 1).reduce((s, v, _k, all) => s + v / all.length, 0),
  );
};

const random = (d: Dice, n: number) => {
  let at = d.uniform(4, 8);
  return steps(n, () => {
    at += 0.15 * d.normal();
    return at;
  });
};

/** Kinds of load. Adding one at the end leaves the others' numbers as they are. */
const KINDS: Readonly<Record<string, SeriesShape>> = {
  "wave, drifting amplitude": (d, n, s) =>
    plus(wave(d, n, s, 0.3), noise(d, n, d.uniform(0.05, 0.4))).map((v) => 4 + 2 * v),
  "wave, wandering phase": (d, n, s) => plus(wave(d, n, s, 0.1, 0.3), noise(d, n, 0.15)).map((v) => 4 + 2 * v),
  "two waves": (d, n, s) => plus(wave(d, n, s, 0.1), wave(d, n, s, 0.1), noise(d, n, 0.2, 0.5)).map((v) => 6 + 1.5 * v),
  "cron spikes": (d, n, s) => {
    const every = d.uniform(120, 900);
    const long = d.uniform(30, 90);
    const high = steps(n, () => d.uniform(3, 5));
    return plus(noise(d, n, 0.15)).map((v, i) => 2 + v + ((i * s) % every < long ? high[i]! : 0));
  },
  "on and off, regular": (d, n) => {
    const on = duty(d, n, d.uniform(6, 25), d.uniform(6, 25), 0.05);
    return plus(on, noise(d, n, 0.06)).map((v) => 1 + 4 * v);
  },
  "on and off, random": (d, n) => plus(duty(d, n, 15, 25, 0.9), noise(d, n, 0.06)).map((v) => 1 + 4 * v),
  "noise, weakly correlated": (d, n) => noise(d, n, d.uniform(0.2, 0.8), d.uniform(0, 0.4)).map((v) => 5 + v),
  "noise, strongly correlated": (d, n) => noise(d, n, d.uniform(0.4, 1), d.uniform(0.85, 0.98)).map((v) => 5 + v),
  "random walk": random,
  "level shifts": (d, n) => plus(levels(d, n, d.uniform(25, 90), 1, 9), noise(d, n, d.uniform(0.1, 0.5), 0.3)),
  "ramps and plateaus": (d, n) => plus(ramps(d, n), noise(d, n, d.uniform(0.1, 0.4))),
  "spikes that decay": (d, n) =>
    plus(spikes(d, n, d.uniform(0.01, 0.04), 2, 7, d.uniform(0.5, 0.93)), noise(d, n, 0.15)).map((v) => 2 + v),
  "idle with blips": (d, n) =>
    plus(spikes(d, n, 0.02, 0.05, 0.4, 0.4), noise(d, n, 0.01)).map((v) => Math.round((0.03 + v) * 100) / 100),
  "bursty, multiplicative": (d, n) => noise(d, n, d.uniform(0.3, 0.7), d.uniform(0.5, 0.9)).map((v) => 3 * Math.exp(v)),
  "trend, wave and noise": (d, n, s) => {
    const slope = d.uniform(-4, 6) / n;
    return plus(wave(d, n, s, 0.2), noise(d, n, 0.3, 0.6)).map((v, i) => 5.5 + slope * i + v);
  },
  "few requests, counted": (d, n, s) => {
    const mean = d.uniform(0.05, 0.5) * s;
    const swing = wave(d, n, s, 0);
    const count = steps(n, (i) => Math.max(0, Math.round(mean * (1 + 0.4 * swing[i]!) + Math.sqrt(mean) * d.normal())));
    return rate(
      count.map((c) => (0.05 * c) / s),
      s,
    );
  },
  "wave with gaps": (d, n, s) => {
    const all = plus(wave(d, n, s, 0.1), noise(d, n, 0.15)).map((v) => 4 + 2 * v);
    const away = duty(d, n, d.uniform(2, 8), d.uniform(40, 90), 0.5);
    return all.map((v, i) => (away[i] === 1 ? Number.NaN : v));
  },
  "flash crowds": (d, n) => {
    const rise = spikes(d, n, 0.008, 0.3, 0.9, 0.8);
    let level = 0;
    return plus(noise(d, n, 0.15)).map((v, i) => {
      level = 0.97 * level + rise[i]!;
      return 2 + level + v;
    });
  },
  "mixture of all": (d, n, s) =>
    plus(
      wave(d, n, s, 0.3).map((v) => v * d.uniform(0.99, 1.01)),
      levels(d, n, 120, 3, 7),
      spikes(d, n, 0.01, 1, 4, 0.7),
      noise(d, n, 0.25, 0.5),
    ),
  ...LATER_KINDS,
};

/**
 * Three series of each kind. One is as it is at 15 s, one as a rate over one minute shows it at 15 s. One is as it is at 60 s, with
 * waves of 240 s and more.
 * The same seed gives the same bytes. docs/accuracy.md is measured on seed 0, on which nothing is chosen.
 */
export function generatedSeries(seed = 0, length = LENGTH): GeneratedSeries[] {
  return Object.entries(KINDS).flatMap(([kind, shape], k) =>
    [15, 15, 60].map((step, i) => {
      const raw = shape(diceOf(6151 * (k + 1) + 95_279 * i + 1_000_003 * seed), length, step);
      const smooth = i === 1 && !raw.some(Number.isNaN) ? rate(raw, step) : raw;
      const label = ["15 s", "15 s, a rate over 1 m", "60 s"][i]!;
      return { kind, name: `${kind}, ${label}`, series: gridOf(smooth, step) };
    }),
  );
}

/** The even grid as the job would make it: NaN is a missing sample; no load is below zero. */
function gridOf(values: readonly number[], step: number): Series {
  const at = values.map((_, i) => i).filter((i) => !Number.isNaN(values[i]!));
  const times = Float64Array.from(at, (i) => START + i * step);
  const kept = Float64Array.from(at, (i) => Math.max(0, values[i]!));
  const points = at.at(-1)! - at[0]! + 1;
  return toGrid(times, kept, step, points).series;
}
