/** What nobody reads of a forecast is not computed, and what is read is computed once. */
import { expect, it } from "vitest";
import { blend } from "../../../../job/core/forecast/combine/blend.ts";
import { autoForecaster } from "../../../../job/core/forecast/forecasters/auto.ts";
import { lazily } from "../../../../job/core/forecast/forecasters/lazily.ts";
import { generator } from "../noise.ts";

it("computes a field when it is first read, and never again; copies and JSON have all of them", () => {
  const made: string[] = [];
  const make = (name: string) => () => {
    made.push(name);
    return { name };
  };
  const object = lazily({ a: make("a"), b: make("b"), c: make("c") });
  expect(made).toEqual([]);
  expect(object.b).toBe(object.b);
  expect(made).toEqual(["b"]);
  expect(JSON.parse(JSON.stringify({ ...object }))).toEqual({ a: { name: "a" }, b: { name: "b" }, c: { name: "c" } });
  expect(made).toEqual(["b", "a", "c"]);
});

it("of a forecast the combinations are made that its reader needs: the mean's, and one a part", () => {
  let combined = 0;
  const forecaster = autoForecaster({
    combine: (target) => {
      combined++;
      return blend(target);
    },
  });
  const { normal } = generator(5);
  const values = Float64Array.from({ length: 120 }, () => 5 + normal());
  const series = { start: 0, step: 15, values, filled: new Uint8Array(120) };
  const parts = [
    [0, 2],
    [2, 4],
    [4, 9],
  ] as const; // prettier-ignore
  const forecast = forecaster({ series, horizonSteps: 4, leadSteps: 9, levels: [0.7, 0.91], parts });
  const costOf = (read: () => unknown) => {
    const before = combined;
    read();
    return combined - before;
  };
  expect(combined).toBe(1);
  // mean, skill and weights are of the one that is there
  expect(costOf(() => [forecast.mean, forecast.skill, forecast.modelWeights, forecast.period, forecast.origins])).toBe(
    0,
  );
  expect(costOf(() => forecast.parts)).toBe(parts.length);
  expect(costOf(() => [forecast.parts, forecast.mean])).toBe(0);
  expect(costOf(() => [forecast.max, forecast.maxQuantiles])).toBe(1);
  expect(costOf(() => forecast.coverage)).toBe(1);
  // the picture's band costs one a block of steps: only a picture reads it
  expect(costOf(() => [forecast.path, forecast.lower, forecast.upper])).toBeGreaterThan(3);
  expect(costOf(() => ({ ...forecast }))).toBeLessThanOrEqual(1);
});
