/** Sinusoids: found where there are sinusoids, rarely claimed where there are none, and at the least squares that a plain search finds. */
import { describe, expect, it } from "vitest";
import { detrended } from "../../../../job/core/forecast/seasons/detect.ts";
import { findSinusoids } from "../../../../job/core/forecast/seasons/sinusoids.ts";
import { autoregressive, generator } from "../noise.ts";

const N = 120;
const window = (f: (i: number) => number, n = N): Float64Array => Float64Array.from({ length: n }, (_, i) => f(i));
const wave = (i: number, period: number, phase = 0) => Math.sin((2 * Math.PI * i) / period + phase);

/** What a line and one sinusoid leave, by Gram-Schmidt over the four columns. */
function leftBy(y: Float64Array, frequency: number): number {
  const n = y.length;
  const columns = [
    window(() => 1, n),
    window((i) => i, n),
    window((i) => Math.sin(2 * Math.PI * frequency * i), n),
    window((i) => Math.cos(2 * Math.PI * frequency * i), n),
  ];
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, v, i) => sum + v * b[i]!, 0);
  const done: Float64Array[] = [];
  let rest = y.slice();
  for (const column of columns) {
    let own = column;
    for (const d of done) {
      const share = dot(own, d) / dot(d, d);
      own = own.map((v, i) => v - share * d[i]!);
    }
    done.push(own);
    const share = dot(rest, own) / dot(own, own);
    rest = rest.map((v, i) => v - share * own[i]!);
  }
  return dot(rest, rest);
}

describe("findSinusoids", () => {
  it.each([
    ["a slow and a fast wave", [120, 40]],
    ["no multiples of each other", [47, 17.3]],
    ["a wave seen one and a half times", [80]],
  ])("finds %s", (_name, periods) => {
    let right = 0;
    for (let seed = 1; seed <= 30; seed++) {
      const { normal, uniform } = generator(seed * 31);
      const phases = periods.map(() => 6.28 * uniform());
      const y = window((i) => 4 + periods.reduce((sum, p, k) => sum + wave(i, p, phases[k]), 0) + 0.2 * normal());
      const found = findSinusoids(y);
      if (periods.every((p) => found.some((f) => Math.abs(N / f - N / p) < 0.2))) right++;
    }
    expect(right).toBeGreaterThanOrEqual(24);
  });

  it("puts one sinusoid where a search over all frequencies does", () => {
    for (let seed = 1; seed <= 8; seed++) {
      const { normal, uniform } = generator(seed * 77);
      const [period, phase] = [9 + 70 * uniform(), 6.28 * uniform()];
      const y = window((i) => 4 + 0.01 * i + wave(i, period, phase) + 0.3 * normal());
      const [found] = findSinusoids(y);
      let least = Number.POSITIVE_INFINITY;
      for (let f = 0.7 / N; f < 0.25; f += 0.05 / N) least = Math.min(least, leftBy(y, f));
      // other sinusoids, fitted with it, move it a little
      expect(leftBy(y, 1 / found!), `seed ${seed}`).toBeLessThan(1.05 * least);
    }
  });

  it.each([
    ["white noise", 0.02, (z: () => number) => window(() => 5 + z())],
    ["AR(1) of 0.8", 0.03, (z: () => number) => window(autoregressive(z, 0.8, 5))],
    ["AR(1) of 0.95", 0.12, (z: () => number) => window(autoregressive(z, 0.95, 5))],
  ] as const)("claims few in %s", (_name, most, make) => {
    let claimed = 0;
    for (let seed = 1; seed <= 200; seed++) if (findSinusoids(make(generator(seed * 997).normal)).length > 0) claimed++;
    // measured 0.5, 0.5 and 7 %
    expect(claimed / 200).toBeLessThanOrEqual(most);
  });

  it("claims none in a constant, a line or an idle load", () => {
    expect(findSinusoids(window(() => 2))).toEqual([]);
    expect(findSinusoids(window((i) => 2 + 0.1 * i))).toEqual([]);
    expect(findSinusoids(window(() => 0))).toEqual([]);
  });

  it("looks at the newest values of a long window", () => {
    const { normal } = generator(5);
    const y = window((i) => 4 + (i < 700 ? 0 : wave(i, 30)) + 0.1 * normal(), 960);
    expect(findSinusoids(y)[0]).toBeCloseTo(30, 0);
  });
});

it("a polynomial of its degree leaves nothing, a wave stays", () => {
  const y = window((i) => 3 - 0.2 * i + 0.01 * i ** 2 - 1e-6 * i ** 4);
  // of values up to 80; the ridge keeps a hundred-thousandth
  for (const v of detrended(y, 4)) expect(Math.abs(v)).toBeLessThan(3e-3);
  const kept = detrended(
    y.map((v, i) => v + wave(i, 20)),
    5,
  );
  // a curve of fifth degree can only follow a wave of six turns at its ends
  kept.slice(12, -12).forEach((v, j) => {
    const i = j + 12;
    expect(Math.abs(v - wave(i, 20))).toBeLessThan(0.35);
  });
});
