/** The stored state at its edges: fields that make no sense, one by one, and what fits to the byte. */
import { describe, expect, it } from "vitest";
import { decode, encode, encodeTarget, encodeWithin, MAX_BYTES } from "../../../job/core/state/codec.ts";
import { BLANK, BLANK_METRIC } from "../../../job/core/state/memory.ts";
import type { JobState, LastForecast, TargetState } from "../../../job/core/state/types.ts";
import { NOW } from "../../fakes/config.ts";

const state = (targets: Record<string, TargetState>): JobState => ({ version: 1, targets });
const read = (target: unknown): TargetState => {
  const result = decode(JSON.stringify({ v: 1, t: { x: target } }));
  if (!result.ok) throw new Error(result.error);
  return result.value.targets.x!;
};

describe("stored fields", () => {
  it("are dropped alone where they make no sense", () => {
    const forecast = [NOW, NOW + 60, 1, 2, 0.8, 1, "m".repeat(50)];
    expect(read({ f: forecast }).metrics.cpu?.lastForecast?.method).toHaveLength(40);
    for (const [i, bad] of [-1, -1, "1", null, {}, [], 5].entries())
      expect(read({ f: forecast.with(i, bad as never), g: NOW }).metrics.cpu).toEqual({
        ...BLANK_METRIC,
        lastGoodData: NOW,
      });
    expect(read({ l: [NOW, 3, 0] }).lastWritten).toEqual({ at: NOW, replicas: 3, overruled: 0 });
    expect(read({ l: [NOW, 3, 0, 1, 1] }).lastWritten).toEqual({
      at: NOW,
      replicas: 3,
      overruled: 0,
      foreign: true,
      floor: true,
    });
    for (const bad of [[-1, 3, 0], [NOW, -3, 0], [NOW, 3, 0.5], [NOW, 3], "x", {}])
      expect(read({ l: bad }).lastWritten).toBeNull();
    expect(read({ r: [0, 0, 5, 4, 6, 7] }).rollouts).toEqual([
      [0, 0],
      [6, 7],
    ]);
    expect(read({ r: [-1, 5, 6, 7] }).rollouts).toEqual([[6, 7]]);
    expect(read({ e: [NOW, 1, 2, 5, -1, 2, 5, 1, 2.5, 5, 3, 4] }).changes).toEqual([
      { at: NOW, from: 1, to: 2 },
      { at: NOW + 15, from: 3, to: 4 },
    ]);
    expect(read({ w: [NOW, 1, 0, 2, 1e12, 3, 5, 4] }).recommendations).toEqual([
      { at: NOW, replicas: 1 },
      { at: NOW, replicas: 2 },
    ]);
    expect(read({ s: { b: NOW, o: -1, q: NOW } }).standing).toEqual({ Blind: NOW });
    expect(read({ s: { o: -1 } })).not.toHaveProperty("standing");
    const n = { failed: [1, 2], blind: [1, 2, 3], overruled: [1], other: [1, 2] };
    expect(read({ n }).notified).toEqual({
      failed: { since: 1, told: 2, gone: null },
      blind: { since: 1, told: 2, gone: 3 },
    });
    expect(read({ n: { overruled: [1] } })).not.toHaveProperty("notified");
    expect(read({ x: { a: { g: 5 }, b: 5, c: {}, d: { i: [1, 2] } } }).metrics).toEqual({
      a: { ...BLANK_METRIC, lastGoodData: 5 },
      d: { ...BLANK_METRIC, incomplete: [[1, 2]] },
    });
  });
});

describe("a state as large as an annotation may be", () => {
  /** One target whose state is exactly so many bytes, with a forecast or without. */
  const sized = (bytes: number, forecast: LastForecast | null = null): JobState => {
    const of = (key: string) =>
      state({ [key]: { ...BLANK, metrics: { cpu: { ...BLANK_METRIC, lastForecast: forecast, lastGoodData: NOW } } } });
    return of("x".repeat(bytes - encode(of("")).length));
  };
  const forecast: LastForecast = { at: NOW, expires: NOW, max: 1, quantile: 1, level: 0.8, mean: 1, method: "auto" };
  const bytesOfForecast =
    encodeTarget({ ...BLANK, metrics: { cpu: { ...BLANK_METRIC, lastForecast: forecast } } }).length - 1;

  it("is stored whole, with a byte more without its forecast, and beyond that not at all", () => {
    expect(encode(sized(MAX_BYTES, forecast))).toHaveLength(MAX_BYTES);
    const over = sized(MAX_BYTES + 1, forecast);
    expect(encode(over)).toHaveLength(MAX_BYTES + 1 - bytesOfForecast);
    expect(encodeWithin(over).leftOut).toEqual([]);
    const much = sized(MAX_BYTES + 1);
    expect([encode(much), encodeWithin(much).leftOut]).toEqual(['{"v":1,"t":{}}', Object.keys(much.targets)]);
    expect(encode(sized(MAX_BYTES + bytesOfForecast, forecast))).toHaveLength(MAX_BYTES);
  });

  it("whose newest target is too large by itself is stored without any: what was seen before it is older", () => {
    const big = sized(MAX_BYTES + 1).targets;
    const two = state({ ...big, "shop/web": { ...BLANK, recommendations: [{ at: NOW - 60, replicas: 3 }] } });
    expect(encode(two)).toBe('{"v":1,"t":{}}');
    expect(encodeWithin(two).leftOut).toEqual(Object.keys(two.targets));
  });
});
