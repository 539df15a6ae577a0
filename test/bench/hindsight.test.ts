/** Tests the bounds by hindsight of the ablation and of the policy bench against brute force. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { bootstrapMean } from "../../bench/ablation/bootstrap.ts";
import { furthestFromLevel } from "../../bench/ablation/calibration.ts";
import { boundsOf, type HindsightCase, leastLoss } from "../../bench/ablation/hindsight.ts";
import { bestInHindsight } from "../../bench/policy/bounds.ts";
import { mainEntries } from "../../bench/policy/entries.ts";
import { policyRatios, type SeriesScores } from "../../bench/policy/matrix.ts";
import { pinball } from "../../job/core/forecast/combine/losses.ts";
import { seededRandom } from "../../job/core/forecast/prophet/random.ts";
import type { ReplayScore } from "../../job/replay/types.ts";

test("the least loss of fixed weights is that of a grid over two models", () => {
  for (const level of [0.5, 0.91]) {
    for (let seed = 0; seed < 40; seed++) {
      const next = seededRandom(seed);
      const rows = Array.from({ length: 30 }, () => [10 * next(), 10 * next()] as const);
      const came = rows.map(([a, b]) => 0.2 * a + 0.5 * b + 3 * next());
      const loss = (w: number) =>
        rows.reduce((sum, [a, b], i) => sum + pinball(came[i]! - (w * a + (1 - w) * b), level), 0);
      const grid = Math.min(...Array.from({ length: 1001 }, (_, i) => loss(i / 1000)));
      const found = leastLoss(rows, came, level);
      expect(found).toBeGreaterThan(0.999 * grid);
      expect(found).toBeLessThan(1.002 * grid);
    }
  }
});

const value = fc.double({ min: 0, max: 10, noNaN: true });

const caseOf = (came: number, last: number, other: number, own: number): HindsightCase => ({
  came,
  own,
  last,
  width: 0,
  models: { last, other },
});

test("hindsight is never worse than one model, and weights never worse than the best model", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value, value, value), { minLength: 4, maxLength: 40 }), (rows) => {
      const cases = rows.map(([came, last, other, own]) => caseOf(came, last, other, own));
      const off = (of: (one: HindsightCase) => number) =>
        cases.reduce((sum, one) => sum + Math.abs(one.came - of(one)), 0);
      const last = off((one) => one.last);
      fc.pre(last > 1);
      const bounds = boundsOf(cases, 0.5);
      expect(bounds.own).toBeCloseTo(off((one) => one.own) / last, 9);
      expect(bounds.bestModel).toBeCloseTo(Math.min(1, off((one) => one.models.other!) / last), 9);
      expect(bounds.bestWeights).toBeLessThanOrEqual(bounds.bestModel);
      expect(bounds.carriedOver).toBeGreaterThanOrEqual(bounds.bestModel - 1e-9);
      expect(bounds.interval[0]).toBeLessThanOrEqual(bounds.interval[1]);
    }),
    { numRuns: 50 },
  );
});

test("weights in hindsight find a mixture that no model is; the model of the other half pays for its choice", () => {
  const cases = Array.from({ length: 40 }, (_, i) => {
    const [a, b] = [Math.sin(i) + 3, Math.cos(3 * i) + 3];
    return caseOf(0.3 * a + 0.7 * b, a, b, b);
  });
  const bounds = boundsOf(cases, 0.5);
  expect(bounds.bestWeights).toBeLessThan(0.03);
  expect(bounds.bestModel).toBeGreaterThan(0.3);
  // the first half follows one model, the second the other
  const turned = cases.map((one, i) =>
    caseOf(i < 20 ? one.last : one.models.other!, one.last, one.models.other!, one.own),
  );
  expect(boundsOf(turned, 0.5).carriedOver).toBeGreaterThan(boundsOf(turned, 0.5).bestModel + 0.5);
});

test("the spread is that of the mean over series", () => {
  const { mean, low, high } = bootstrapMean(Array.from({ length: 100 }, (_, i) => i % 2));
  expect(mean).toBeCloseTo(0.5, 9);
  // 1.645 standard errors of 0.05
  expect(low).toBeCloseTo(0.418, 1);
  expect(high).toBeCloseTo(0.582, 1);
});

test("the furthest share counts from 0.6 on", () => {
  const row = [0.1, 0.61, 0.7, 0.83, 0.9, 0.95];
  expect(furthestFromLevel([{ set: "s", name: "n", below: [row, [], [], [], row] }])).toBeCloseTo(0.03, 9);
});

const ours = mainEntries()
  .filter(({ policy }) => policy === "auto")
  .map(({ label }) => label);
const score = fc
  .tuple(fc.double({ min: 0.5, max: 2, noNaN: true }), fc.double({ min: 0.001, max: 0.1, noNaN: true }))
  .map(([podHours, under]) => ({ podHours, under, unserved: under, actions: 1 }) as ReplayScore);

test("the setting in hindsight keeps to the goal, and lies between the best of all choices and the best single setting", () => {
  const three = fc.array(score, { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(three, fc.array(three, { minLength: ours.length, maxLength: ours.length }), (hpa, rows) => {
      const scores: SeriesScores = { hpa, ...Object.fromEntries(ours.map((label, k) => [label, rows[k]!])) };
      const every = rows.flatMap((a) => rows.flatMap((b) => rows.map((c) => policyRatios([a[0]!, b[1]!, c[2]!], hpa))));
      const within = every.filter(({ under }) => under <= 0.95).map(({ cost }) => cost);
      const single = rows.map((row) => policyRatios(row, hpa)).filter(({ under }) => under <= 0.95);
      const found = bestInHindsight(scores, 0.95);
      if (found === undefined) {
        expect(single).toEqual([]);
        return;
      }
      expect(found.under).toBeLessThanOrEqual(0.95);
      expect(found.cost).toBeGreaterThanOrEqual(Math.min(...within) - 1e-9);
      for (const { cost } of single) expect(found.cost).toBeLessThanOrEqual(cost + 1e-9);
    }),
    { numRuns: 100 },
  );
});
