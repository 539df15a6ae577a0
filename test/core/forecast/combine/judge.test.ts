/** The judge: skill and coverage out of sample, by a naive replay of the same rule. */
import { describe, expect, it } from "vitest";
import { judge } from "../../../../job/core/forecast/combine/judge.ts";
import { generator } from "../noise.ts";

const N = 90;
const { normal } = generator(11);
const actual = Float64Array.from({ length: N }, (_, i) => 3 + Math.sin(i / 4) + 0.1 * normal());
const last = Float64Array.from({ length: N }, (_, i) => actual[Math.max(0, i - 2)]!);
const good = actual.map((v) => v + 0.1 * normal());
const all = new Float64Array(N).fill(1);

describe("judge", () => {
  it("finds a model that is better, and one that is the last value", () => {
    expect(judge(actual, [last, good], all, 2).skill).toBeLessThan(0.4);
    expect(judge(actual, [last, last], all, 2).skill).toBeCloseTo(1, 9);
  });

  it("is the naive replay: mean by modelWeights from the outcomes known at each origin, recent half", () => {
    const delay = 3;
    let [own, naive] = [0, 0];
    for (let o = Math.floor(N / 2); o < N; o++) {
      const loss = [last, good].map((s) => {
        let sum = 0;
        for (let k = 0; k <= o - delay; k++) sum += 0.985 ** (o - delay - k) * Math.abs(actual[k]! - s[k]!);
        return sum;
      });
      const modelWeights = loss.map((l) => (Math.min(...loss) / l) ** 10);
      const mean = (modelWeights[0]! * last[o]! + modelWeights[1]! * good[o]!) / (modelWeights[0]! + modelWeights[1]!);
      own += Math.abs(actual[o]! - mean);
      naive += Math.abs(actual[o]! - last[o]!);
    }
    expect(judge(actual, [last, good], all, delay).skill).toBeCloseTo(own / naive, 4);
  });

  it("passes over outcomes that nobody measured: whatever stands there changes nothing", () => {
    const weights = all.map((_, i) => (i >= 50 && i < 62 ? 0 : 1));
    const before = judge(actual, [last, good], weights, 2);
    const other = actual.map((v, i) => (weights[i] === 0 ? v + 50 : v));
    expect(judge(other, [last, good], weights, 2)).toEqual(before);
    expect(judge(other, [last, good], all, 2)).not.toEqual(before);
    expect(judge(actual, [last, good], new Float64Array(N), 2).coverage90).toBeNaN();
  });

  it("knows nothing of nothing", () => {
    expect(judge(new Float64Array(0), [new Float64Array(1)], new Float64Array(0), 2).skill).toBeNaN();
  });
});
