/** Every model against its formula written out plainly, at one origin of many random loads. */
import { describe, expect, it } from "vitest";
import type { Model } from "../../../../job/core/forecast/models/model.ts";
import { poolFor, runPool } from "../../../../job/core/forecast/models/pool.ts";
import { ridgeOf } from "../least-squares.ts";
import { generator } from "../noise.ts";

const STEPS = 6;
const PERIOD = 9;
const WAVES = [23.7, 8.1];
const range = (n: number, from = 0) => Array.from({ length: n }, (_, i) => from + i);
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const mean = (values: readonly number[]) => sum(values) / values.length;
const least = (losses: readonly number[]) => losses.indexOf(Math.min(...losses));

/** A model's plain formula: the values before the origin, as the newest is last, to the next steps. */
type Oracle = (y: readonly number[]) => number[];

const ahead = (of: (k: number) => number) => range(STEPS).map(of);
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

const seasonalMean: Oracle = (y) =>
  ahead((k) => mean(range(8, 1).flatMap((c) => y[y.length + (k % PERIOD) - c * PERIOD] ?? [])));

const GAINS = [
  [0.05, 0.15],
  [0.05, 0.4],
  [0.2, 0.15],
  [0.2, 0.4],
  [0.5, 0.15],
  [0.5, 0.4],
  [0.8, 0.2],
] as const; // prettier-ignore

/** Holt-Winters without trend in its classical form: level and season each a mean of old and new. */
const holtWinters: Oracle = (y) => {
  const start = mean(y.slice(0, PERIOD));
  const runs = GAINS.map(([alpha, gamma]) => {
    let [level, loss] = [start, 0];
    const season = y.slice(0, PERIOD).map((v) => v - start);
    y.slice(PERIOD).forEach((v, i) => {
      const s = season[i % PERIOD]!;
      loss = 0.98 * loss + Math.abs(v - level - s);
      level = alpha * (v - s) + (1 - alpha) * level;
      season[i % PERIOD] = s + gamma * (v - level - s);
    });
    return { level, season, loss };
  });
  const { level, season } = runs[least(runs.map((r) => r.loss))]!;
  return ahead((k) => level + season[(y.length - PERIOD + k) % PERIOD]!);
};

const anchorOf = (t: number) => t - (t % Math.max(3, t >> 5));

/** Direct autoregression: a ridge regression of each block's mean on the features, over all pairs that end before the anchor. */
function autoregression(
  features: (past: readonly number[]) => number[],
  deepest: number,
  relative: boolean,
  ridge: number,
  memory: number,
): Oracle {
  return (y) => {
    const row = (t: number) => [1, ...features(y.slice(0, t)).map((v) => v - (relative ? y[t - 1]! : 0))];
    const blocks = [
      [0, 1],
      [1, 2],
      [2, 4],
      [4, 6],
    ] as const; // prettier-ignore
    const known = anchorOf(y.length);
    return blocks.flatMap(([from, to]) => {
      const at = range(known - to - deepest + 1, deepest);
      const rows = at.map(row);
      const targets = at.map((t) => mean(y.slice(t + from, t + to)) - (relative ? y[t - 1]! : 0));
      const weights = at.map((t) => memory ** (at.at(-1)! - t));
      const squares = range(rows[0]!.length - 1, 1).map((j) => sum(rows.map((x, i) => weights[i]! * x[j]! ** 2)));
      const penalties = [
        (relative ? ridge * sum(weights) : 0) + 1e-9,
        ...squares.map(() => ridge * mean(squares) + 1e-9),
      ];
      const beta = ridgeOf(rows, targets, weights, penalties);
      const value = sum(row(y.length).map((x, j) => x * beta[j]!)) + (relative ? y.at(-1)! : 0);
      return range(to - from).map(() => value);
    });
  };
}
const lagged = (lags: readonly number[]) => (past: readonly number[]) => lags.map((lag) => past.at(-lag)!);
const EDGES = [4, 6, 8, 11, 14, 18, 22, 27, 32, 38, 44];
const longMemory = (past: readonly number[]) => [
  ...lagged([2, 3, 4])(past),
  ...EDGES.slice(1).map((far, e) => mean(past.slice(past.length - far, past.length - EDGES[e]!))),
];

/** Level, slope and sinusoids by ridge with forgetting; what is left of the last value decays by a fifth at each step. */
function harmonic(frequencies: readonly number[]): Oracle {
  return (y) => {
    const turn = (f: number, t: number) => 2 * Math.PI * f * t;
    const row = (t: number) => [
      1,
      t / (y.length + STEPS) - 0.5,
      ...frequencies.flatMap((f) => [Math.sin(turn(f, t)), Math.cos(turn(f, t))]),
    ];
    const known = anchorOf(y.length);
    const rows = range(known).map(row);
    const weights = range(known).map((t) => 0.995 ** (known - 1 - t));
    const squares = row(0).map((_, j) => sum(rows.map((x, i) => weights[i]! * x[j]! ** 2)));
    const held = squares.map(
      (_, j) => 1e-9 + mean(squares.slice(1)) * (j < 2 ? 0.04 * j : 0.008 * (1 + 0.0125 * j * j)),
    );
    const beta = ridgeOf(rows, y.slice(0, known), weights, held);
    const fitted = (t: number) => sum(row(t).map((x, j) => x * beta[j]!));
    const residual = y.at(-1)! - fitted(y.length - 1);
    return ahead((k) => fitted(y.length + k) + 0.8 ** (k + 1) * residual);
  };
}

const ORACLES: Readonly<Record<string, Oracle>> = {
  last: (y) => ahead(() => y.at(-1)!),
  median15: (y) => ahead(() => median(y.slice(-15))),
  ar: autoregression(lagged([1, 2, 3, 4, 5, 6]), 6, false, 0.002, 1),
  arDiff: autoregression(lagged([2, 3, 4, 5, 6, 8, 12]), 12, true, 0.02, 0.99),
  arLong: autoregression(longMemory, 44, true, 0.03, 1),
  seasonalMean,
  holtWinters,
  fourier: harmonic(range(4, 1).map((h) => h / PERIOD)),
  sinusoids: harmonic(WAVES.map((p) => 1 / p)),
};

const models = poolFor(200, PERIOD, WAVES);

it("every model has its oracle", () => {
  expect(models.map((m) => m.name).sort()).toEqual(Object.keys(ORACLES).sort());
});

describe.each(models.map((m) => [m.name, m] as const))("%s", (name, model: Model) => {
  it("is its formula", () => {
    for (let seed = 1; seed <= 12; seed++) {
      const { normal, uniform } = generator(seed * 613);
      const n = 75 + Math.floor(90 * uniform());
      // a slope that turns, so that candidates with a trend win as well
      const slope = seed % 2 === 0 ? 0.02 : 0.3;
      const y = range(n).map((i) => {
        const season = Math.sin((2 * Math.PI * i) / PERIOD) + Math.sin(i / 4);
        return 9 + slope * Math.abs(i - n * 0.6) + season + (seed % 2 === 0 ? 0.4 : 0.05) * normal();
      });
      const [path] = runPool([model], { y: Float64Array.from(y), origins: Int32Array.of(n), steps: STEPS });
      const want = ORACLES[name]!(y);
      for (let k = 0; k < STEPS; k++) expect(path[k], `seed ${seed}, step ${k}`).toBeCloseTo(want[k]!, 6);
    }
  });
});
