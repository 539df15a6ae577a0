/** The level at which one more pod no longer pays: against a naive search, and what holds for any forecast. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type CostAndWorth,
  keepLevel,
  levelOf,
  payingPods,
  QUANTILE_LEVELS,
  riskAbove,
} from "../../../job/core/policy/level.ts";

/** Quantiles at LEVELS, ascending. */
const quantiles = fc
  .tuple(
    fc.double({ min: 0, max: 30, noNaN: true }),
    fc.array(fc.double({ min: 0, max: 5, noNaN: true }), {
      minLength: QUANTILE_LEVELS.length,
      maxLength: QUANTILE_LEVELS.length,
    }),
  )
  .map(([median, steps]) => {
    let sum = median;
    return steps.map((step, i) => {
      if (i > 0) sum += step;
      return sum;
    });
  });
const stake = fc.record({
  averageValue: fc.constantFrom(0.45, 1, 3),
  bill: fc.double({ min: 1, max: 60, noNaN: true }),
  worth: fc.double({ min: 0.01, max: 400, noNaN: true }),
});
const full = ({ averageValue, bill, worth }: Omit<CostAndWorth, "capacity">): CostAndWorth => ({
  averageValue,
  capacity: 1.1 * averageValue,
  bill,
  worth,
});

describe("riskAbove", () => {
  it("is what the levels say at each quantile, goes on below the last and falls everywhere", () => {
    const law = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    for (const [i, level] of QUANTILE_LEVELS.entries()) expect(riskAbove(law, law[i]!)).toBeCloseTo(1 - level, 12);
    expect(riskAbove(law, 0)).toBe(0.5);
    // from 0.95 at 7 to 0.99 at 10 the chance falls fivefold, so at 13 it is a fifth of 0.01
    expect(riskAbove(law, 13)).toBeCloseTo(0.002, 12);
    fc.assert(
      fc.property(
        quantiles,
        fc.double({ min: 0, max: 90, noNaN: true }),
        fc.double({ min: 0, max: 9, noNaN: true }),
        (q, at, by) => {
          expect(riskAbove(q, at + by)).toBeLessThanOrEqual(riskAbove(q, at) + 1e-12);
        },
      ),
    );
  });

  it("between two levels falls by the same share with every equal part of the way, from the first level to the last", () => {
    const way = fc.double({ min: 0, max: 1, noNaN: true });
    const apart = fc.double({ min: 0.01, max: 5, noNaN: true });
    fc.assert(
      fc.property(fc.array(apart, { minLength: 10, maxLength: 10 }), fc.nat(8), way, (steps, i, part) => {
        const law = steps.map((_, k) => steps.slice(0, k + 1).reduce((sum, step) => sum + step, 0));
        const amount = law[i]! + part * (law[i + 1]! - law[i]!);
        const naive = (1 - QUANTILE_LEVELS[i]!) * ((1 - QUANTILE_LEVELS[i + 1]!) / (1 - QUANTILE_LEVELS[i]!)) ** part;
        expect(riskAbove(law, amount)).toBeCloseTo(naive, 9);
        // below the median nothing is known; beyond the last level it goes on as between the last three
        expect(riskAbove(law, law[0]! * 0.999)).toBe(0.5);
        const beyond = law[9]! + part * (law[9]! - law[6]!);
        expect(riskAbove(law, beyond)).toBeCloseTo(0.01 * 0.2 ** part, 9);
      }),
    );
  });

  it("of a certain value is a half below it and nothing from it on", () => {
    const certain = QUANTILE_LEVELS.map(() => 2);
    expect([riskAbove(certain, 1.99), riskAbove(certain, 2), riskAbove(certain, 3)]).toEqual([0.5, 0, 0]);
  });
});

describe("levelOf", () => {
  it("lies between the levels of the quantiles beside the amount, within a thousandth", () => {
    fc.assert(
      fc.property(quantiles, fc.double({ min: 0, max: 90, noNaN: true }), (q, amount) => {
        const level = levelOf(q, amount);
        for (const [i, known] of QUANTILE_LEVELS.entries()) {
          if (q[i]! <= amount) expect(level).toBeGreaterThanOrEqual(known - 0.001);
          if (q[i]! > amount) expect(level).toBeLessThanOrEqual(known + 0.001);
        }
        expect(level).toBeGreaterThanOrEqual(0.001);
        expect(level).toBeLessThanOrEqual(0.999);
      }),
    );
  });

  it("never falls with the amount, and is as far below a half as the same distance above is over it", () => {
    const amounts = fc.double({ min: 0, max: 60, noNaN: true });
    fc.assert(
      fc.property(quantiles, amounts, amounts, (q, amount, by) => {
        expect(levelOf(q, amount + by)).toBeGreaterThanOrEqual(levelOf(q, amount));
        if (by > 1e-6) expect(levelOf(q, q[0]! - by) + levelOf(q, q[0]! + by)).toBeCloseTo(1, 2);
      }),
    );
  });
});

describe("payingPods", () => {
  it("is the least cost over all numbers of pods from the median to the highest level", () => {
    fc.assert(
      fc.property(quantiles, stake, (q, given) => {
        const s = full(given);
        const cost = (pods: number) => pods / s.bill + s.worth * riskAbove(q, pods * s.capacity);
        const least = Math.ceil(q[0]! / s.capacity - 1e-9);
        const most = Math.max(least, Math.ceil(q.at(-1)! / s.averageValue - 1e-9));
        const all = Array.from({ length: most - least + 1 }, (_, i) => cost(least + i));
        const pods = payingPods(q, s);
        expect(pods).toBeGreaterThanOrEqual(least);
        expect(pods).toBeLessThanOrEqual(most);
        expect(cost(pods)).toBeLessThanOrEqual(Math.min(...all) + 1e-8);
      }),
      { numRuns: 1000 },
    );
  });

  it("is never fewer for a greater worth or a greater bill", () => {
    fc.assert(
      fc.property(quantiles, stake, fc.double({ min: 1, max: 8, noNaN: true }), (q, s, times) => {
        const pods = payingPods(q, full(s));
        expect(payingPods(q, full({ ...s, worth: s.worth * times }))).toBeGreaterThanOrEqual(pods);
        expect(payingPods(q, full({ ...s, bill: s.bill * times }))).toBeGreaterThanOrEqual(pods);
      }),
      { numRuns: 1000 },
    );
  });

  it("buys a calm load to the top and a wild one where it stops to pay", () => {
    const s = full({ averageValue: 1, bill: 10, worth: 12 });
    const calm = [10, 10.1, 10.2, 10.3, 10.4, 10.5, 10.6, 10.7, 10.8, 10.9];
    expect([payingPods(calm, s), riskAbove(calm, payingPods(calm, s) * s.capacity)]).toEqual([
      10,
      expect.closeTo(0.008, 2),
    ]);
    const wild = [10, 11, 12, 14, 17, 20, 30, 45, 60, 100];
    expect(payingPods(wild, s)).toBeGreaterThan(14);
    expect(payingPods(wild, s)).toBeLessThan(30);
  });

  it("is the smaller of two that cost the same, and none below what a pod can carry of the median", () => {
    // the second pod costs half a bill and takes away half a bill of risk: 0.5 x 1
    const s = { averageValue: 1, capacity: 1, bill: 2, worth: 1 };
    const step = [0, 1, 1, 1, 1, 1, 1, 1, 1, 1].map((q) => 2 * q);
    expect([
      payingPods(step, s),
      payingPods(step, { ...s, worth: 1.9 }),
      payingPods(step, { ...s, worth: 2.1 }),
    ]).toEqual([0, 0, 2]);
    fc.assert(
      fc.property(quantiles, stake, (q, given) => {
        const costs = (pods: number) => pods / given.bill + given.worth * riskAbove(q, pods * full(given).capacity);
        const pods = payingPods(q, full(given));
        const least = Math.ceil(q[0]! / full(given).capacity - 1e-9);
        for (let fewer = least; fewer < pods; fewer++) expect(costs(fewer)).toBeGreaterThan(costs(pods));
      }),
    );
  });

  it("is none where nothing is forecast", () => {
    expect(
      payingPods(
        QUANTILE_LEVELS.map(() => 0),
        full({ averageValue: 1, bill: 1, worth: 12 }),
      ),
    ).toBe(0);
  });
});

it("pods are given back at the square of the risk, at most at a level that six hours tell of, and never below the level itself", () => {
  expect([0.5, 0.7, 0.8, 0.9, 0.95].map(keepLevel)).toEqual([0.75, 0.91, 0.96, 0.99, 0.995]);
  expect([0.995, 0.999].map(keepLevel)).toEqual([0.995, 0.999]);
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 0.92, noNaN: true }), (level) => {
      expect(keepLevel(level)).toBeCloseTo(1 - (1 - level) * (1 - level), 4);
    }),
  );
});
