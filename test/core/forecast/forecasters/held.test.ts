/** A source that updates less often than it is read: forecast as at its own cadence, whatever step of the wait it is. */
import { describe, expect, it } from "vitest";
import { forecastAuto } from "../../../../job/core/forecast/forecasters/auto.ts";
import { atCadence } from "../../../../job/core/forecast/forecasters/held.ts";
import type { Forecast, ForecastRequest } from "../../../../job/core/forecast/types.ts";
import { autoregressive, generator } from "../noise.ts";

const LEVELS = [0.5, 0.7, 0.9];
const HELD = 4;

function load(n: number, seed: number): Float64Array {
  const next = autoregressive(generator(seed).normal, 0.9, 12);
  return Float64Array.from({ length: n }, (_, i) => Math.max(0.1, next() + 3 * Math.sin(i / 5)));
}

const seriesOf = (values: Float64Array, step: number) => ({
  start: 0,
  step,
  values,
  filled: new Uint8Array(values.length),
});
const ask = (values: Float64Array, step: number, more: Partial<ForecastRequest>): Forecast =>
  forecastAuto({ series: seriesOf(values, step), horizonSteps: 1, leadSteps: 1, levels: LEVELS, ...more });

/** Each value read four times, the last one `waited` + 1 times. */
function held(values: Float64Array, waited: number): Float64Array {
  return Float64Array.from(
    { length: HELD * (values.length - 1) + 1 + waited },
    (_, i) => values[Math.floor(i / HELD)]!,
  );
}

describe("a value held for four steps", () => {
  const values = load(90, 3);
  const slow = ask(values, 60, {
    horizonSteps: 2,
    leadSteps: 2,
    parts: [
      [0, 1],
      [1, 2],
    ],
  }); // prettier-ignore

  it("is forecast as at its own cadence where the horizon ends with an update", () => {
    // three steps waited: the next step brings an update, and the fifth the one after
    const fast = ask(held(values, 3), 15, {
      horizonSteps: 8,
      leadSteps: 8,
      parts: [
        [0, 4],
        [4, 8],
      ],
    }); // prettier-ignore
    expect(fast.mean).toBeCloseTo(slow.mean, 9);
    fast.parts!.forEach(({ maxQuantiles }, i) => {
      for (let l = 0; l < LEVELS.length; l++) expect(maxQuantiles[l]).toBeCloseTo(slow.parts![i]!.maxQuantiles[l]!, 9);
    });
    expect(fast.path.length).toBe(8);
    expect(fast.path[0]).toBeCloseTo(slow.path[0]!, 9);
    expect(fast.path[3]).toBe(fast.path[0]);
    expect(fast.path[7]).toBeCloseTo(slow.path[1]!, 9);
    expect(fast.skill).toBeCloseTo(slow.skill, 9);
    expect(fast.coverage).toBe(slow.coverage);
  });

  it("holds the newest value until the next update is due", () => {
    const current = values.at(-1)!;
    const fast = ask(held(values, 0), 15, {
      horizonSteps: 4,
      leadSteps: 4,
      parts: [
        [0, 4],
        [3, 4],
      ],
    }); // prettier-ignore
    expect([...fast.path.subarray(0, 3)]).toEqual([current, current, current]);
    const one = ask(values, 60, { parts: [[0, 1]] });
    expect(fast.path[3]).toBeCloseTo(one.path[0]!, 9);
    expect(fast.mean).toBeCloseTo(0.75 * current + 0.25 * one.mean, 9);
    // the part that includes the wait is at least the newest value
    expect(fast.parts![0]!.maxQuantiles[0]!).toBeGreaterThanOrEqual(current);
    expect(fast.parts![1]!.maxQuantiles[1]).toBeCloseTo(one.parts![0]!.maxQuantiles[1]!, 9);
  });

  it("errs less than when each repeat counts as a value", () => {
    let [own, naive] = [0, 0];
    for (let seed = 1; seed <= 20; seed++) {
      const all = load(110, seed * 17);
      const past = held(all.slice(0, 100), 3);
      own += Math.abs(ask(past, 15, { horizonSteps: 4, leadSteps: 4 }).mean - all[100]!);
      naive += Math.abs(past.at(-1)! - all[100]!);
    }
    expect(own / naive).toBeLessThan(0.95);
  });
});

it("a source as fine as its steps is passed on as it is, standing still or not", () => {
  const seen: ForecastRequest[] = [];
  const spy = atCadence((request) => {
    seen.push(request);
    return forecastAuto(request);
  });
  const noise = load(60, 5);
  for (const values of [noise, new Float64Array(60).fill(2), noise.map((v, i) => (i % 7 === 0 ? 3 : v))]) {
    const request = { series: seriesOf(values, 15), horizonSteps: 4, leadSteps: 6, levels: LEVELS };
    spy(request);
    expect(seen.at(-1)).toBe(request);
  }
});
