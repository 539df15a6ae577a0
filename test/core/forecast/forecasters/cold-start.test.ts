/** Two points are no line: while hardly anything was measured, every method stays at the last value and its moves. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MIN_POOL } from "../../../../job/core/forecast/forecasters/cold-start.ts";
import { forecasterOf } from "../../../../job/core/forecast/method.ts";
import type { ForecastMethod, ForecastRequest } from "../../../../job/core/forecast/types.ts";
import { tick } from "../../../../job/core/tick.ts";
import { config, NOW } from "../../../fakes/config.ts";

const METHODS: readonly ForecastMethod[] = ["auto", "prophet", "original", "naive"];
const LEVELS = [0.5, 0.7, 0.91, 0.99];
const load = fc.oneof(fc.double({ min: 0, max: 1e3, noNaN: true }), fc.constantFrom(0, 0.05, 1, 1e6));

function request(values: readonly number[], filled: readonly number[], leadSteps: number): ForecastRequest {
  const series = { start: 0, step: 15, values: Float64Array.from(values), filled: Uint8Array.from(filled) };
  return { series, horizonSteps: 4, leadSteps, levels: LEVELS };
}

describe.each(METHODS)("method %s", (method) => {
  it("with fewer than ten values holds the last one, with the quantiles of its moves", () => {
    const few = fc.array(load, { minLength: 1, maxLength: MIN_POOL - 1 });
    fc.assert(
      fc.property(few, fc.integer({ min: 1, max: 24 }), (values, lead) => {
        const asked = request(values, new Array(values.length).fill(0), lead);
        const { path, max, mean, maxQuantiles, modelWeights } = forecasterOf(method)(asked);
        const last = values.at(-1)!;
        expect(modelWeights).toEqual({ last: 1 });
        expect([...path, max, mean]).toEqual([...path, max, mean].map(() => last));
        expect(maxQuantiles).toEqual(forecasterOf("auto")(asked).maxQuantiles);
      }),
    );
  });
});

describe.each(["prophet", "original"] as const)("method %s", (method) => {
  it("counts measured values only", () => {
    const gaps = fc.array(load, { minLength: 20, maxLength: 60 });
    fc.assert(
      fc.property(gaps, fc.nat({ max: MIN_POOL - 1 }), (values, real) => {
        const filled = values.map((_, i) => (i < values.length - real ? 1 : 0));
        expect(forecasterOf(method)(request(values, filled, 6)).modelWeights).toEqual({ last: 1 });
      }),
    );
  });

  it("draws a line once there are ten, where its coefficients are fewer", () => {
    const weights = (n: number) =>
      forecasterOf(method)(
        request(
          Array.from({ length: n }, (_, i) => 1 + i),
          new Array(n).fill(0),
          6,
        ),
      ).modelWeights;
    const least = method === "prophet" ? MIN_POOL : 23;
    expect([weights(least - 1), weights(least)]).toEqual([{ last: 1 }, { [method]: 1 }]);
  });
});

it("two points scale no method further than the other: 0.05, 0.9 was 14 pods by Prophet's line, and 1, 5 was 67", () => {
  const replicas = (method: ForecastMethod, values: readonly number[]) => {
    const samples = { times: Float64Array.of(NOW - 20, NOW - 5), values: Float64Array.from(values) };
    const histories = [{ samples, partial: false, seriesCount: 1 }];
    const settings = { ...config(), method, maxReplicas: 1000 };
    const input = { now: NOW, histories, current: 1, conditions: {}, memory: undefined, config: settings };
    return tick(input, forecasterOf(method)).decision.replicas;
  };
  expect(METHODS.map((method) => replicas(method, [0.05, 0.9]))).toEqual([4, 4, 4, 4]);
  expect(METHODS.map((method) => replicas(method, [1, 5]))).toEqual([17, 17, 17, 17]);
});
