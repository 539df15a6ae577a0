/** Quantiles of one target from the models' own: the middle of the mean and of the maximum, order, and the better model's say. */
import { describe, expect, it } from "vitest";
import { combineQuantiles, type Target } from "../../../../job/core/forecast/combine/quantiles.ts";

const KNOWN = 40;

/** A target whose outcomes are 10, with two models that predict these at every origin. */
function target([last, other]: readonly [number, number], centred: boolean): Target {
  return {
    actual: new Float64Array(KNOWN).fill(10),
    predictions: [new Float64Array(KNOWN + 1).fill(last), new Float64Array(KNOWN + 1).fill(other)],
    recencyWeights: new Float64Array(KNOWN).fill(1),
    outcomeOverlap: { unseen: 0.35, overlap: 0 },
    centred,
  };
}

describe("combineQuantiles", () => {
  it("corrects the middle by the models' bias where the target is not centred, and leaves it where it is", () => {
    expect(combineQuantiles(target([8, 8], false), [0.5])[0]).toBeCloseTo(10, 9);
    expect(combineQuantiles(target([8, 8], true), [0.5])[0]).toBeCloseTo(8, 9);
    // other levels keep their offset in both
    expect(combineQuantiles(target([8, 8], true), [0.5, 0.9])[1]).toBeCloseTo(10, 9);
  });

  it("listens to the model that was right", () => {
    expect(combineQuantiles(target([7, 9.9], true), [0.5])[0]).toBeCloseTo(9.9, 6);
  });

  it("never falls as the level rises, nor below zero", () => {
    const t = target([1, 30], false);
    const q = combineQuantiles(t, [0.02, 0.1, 0.5, 0.9, 0.98]);
    expect([...q].sort((a, b) => a - b)).toEqual(q);
    expect(q[0]).toBeGreaterThanOrEqual(0);
  });
});
