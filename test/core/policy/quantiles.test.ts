/** What pods are added for and what they are kept for: the last part of the lead, and the greatest of them all. */
import { describe, expect, it } from "vitest";
import { decide } from "../../../job/core/policy/decide.ts";
import { scaleInQuantile, scaleOutQuantile } from "../../../job/core/policy/quantiles.ts";
import { config } from "../../fakes/config.ts";
import { forecast } from "../../fakes/forecaster.ts";
import { policyInput } from "../../fakes/policy-input.ts";
import { series } from "../../fakes/series.ts";

const lead = { seconds: 120, steps: 8, readyAfter: 60, parts: [[0, 4] as const, [4, 8] as const] };
const settings = config({ scaleDownQuantile: 0.95, behavior: { ...config().behavior } });
/** Cores at 0.8 and at 0.95, of the part before new pods serve and of theirs; the whole lead has something else, so that it shows when it is taken. */
const parted = (near: readonly [number, number], late: readonly [number, number], skill = 0.5) =>
  policyInput({
    lead,
    config: settings,
    forecast: forecast({
      skill,
      maxQuantiles: [9, 9],
      parts: [
        { max: near[0], maxQuantiles: near },
        { max: late[0], maxQuantiles: late },
      ],
    }),
  });

describe("scaleOutQuantile", () => {
  it("is the quantile of the part in which new pods serve", () => {
    expect(scaleOutQuantile(parted([4, 5], [2, 3]).metrics[0]!, settings, 0.8)).toEqual({
      forecast: 2,
      trusted: 2,
      distrust: null,
    });
  });

  it("is that of the whole lead where the method does not tell parts apart", () => {
    const input = policyInput({ lead, config: settings, quantileCores: 6, upperCores: 7 });
    expect([
      scaleOutQuantile(input.metrics[0]!, settings, 0.8).forecast,
      scaleInQuantile(input.metrics[0]!, settings, 0.95),
    ]).toEqual([6, 7]);
  });

  it("is the last value's own when the forecast is not trusted, over the same part", () => {
    // rises by 0.1 a step: the last value + 0.8 at the end of the lead, + 0.4 at the end of its first half
    const rising = series(Array.from({ length: 40 }, (_, i) => 1 + i / 10));
    const input = { ...parted([9, 9], [9, 9], 1.4).metrics[0]!, series: rising };
    expect(scaleOutQuantile(input, settings, 0.8)).toMatchObject({
      forecast: 9,
      distrust: expect.stringContaining("1.40 times"),
    });
    expect(scaleOutQuantile(input, settings, 0.8).trusted).toBeCloseTo(4.9 + 0.8, 9);
    expect(scaleInQuantile(input, settings, 0.95)).toBeCloseTo(4.9 + 0.8, 9);
    const fallingSeries = series(Array.from({ length: 40 }, (_, i) => 9 - i / 10));
    const falling = { ...input, series: fallingSeries };
    // the first value of each part is its greatest: one step and five steps on
    expect(
      [scaleOutQuantile(falling, settings, 0.8).trusted, scaleInQuantile(falling, settings, 0.95)].map((v) =>
        Number(v.toFixed(9)),
      ),
    ).toEqual([4.6, 5]);
  });
});

describe("scaleInQuantile", () => {
  it("is the greatest of the parts: a pod that is given back is missing in each", () => {
    expect(scaleInQuantile(parted([4, 5], [2, 3]).metrics[0]!, settings, 0.95)).toBe(5);
    expect(scaleInQuantile(parted([1, 2], [2, 3]).metrics[0]!, settings, 0.95)).toBe(3);
  });

  it("holds a scale-in at what the time before new pods serve needs, and buys nothing for it", () => {
    const input = parted([4, 5], [2, 3]);
    expect(decide({ ...input, current: 20 }).decision).toMatchObject({ replicas: 10, reason: "ForecastBand" });
    expect(decide({ ...input, current: 3 }).decision).toMatchObject({ replicas: 4, reason: "ForecastQuantile" });
  });
});
