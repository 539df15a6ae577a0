/** The codec: round trips, goldens of every released version, garbage, and the size of an annotation. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode, encode, encodeTarget, encodeWithin, MAX_BYTES } from "../../../job/core/state/codec.ts";
import { BLANK, BLANK_METRIC } from "../../../job/core/state/memory.ts";
import type { JobState, TargetState } from "../../../job/core/state/types.ts";
import { NOW } from "../../fakes/config.ts";
import { anyMemory } from "../../fakes/state.ts";

const state = (targets: Record<string, TargetState>): JobState => ({ version: 1, targets });
const decoded = (text: string) => {
  const result = decode(text);
  if (!result.ok) throw new Error(result.error);
  return result.value;
};

describe("encode and decode", () => {
  it("give back what was stored, to the millisecond", () => {
    const key = fc.oneof(fc.constantFrom("shop/web", "__proto__", "größe/x"), fc.string());
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(key, anyMemory), { maxLength: 4, selector: ([name]) => name }), (list) => {
        const targets: Record<string, TargetState> = Object.fromEntries(list);
        const text = encode(state(targets));
        expect(decoded(text).targets).toEqual(targets);
        expect(encode(decoded(text))).toBe(text);
        expect(/^[\u0020-\u007e]*$/.test(text)).toBe(true);
      }),
    );
  });

  it("store equal memories as equal text", () => {
    fc.assert(
      fc.property(anyMemory, (memory) => {
        expect(encodeTarget(structuredClone(memory))).toBe(encodeTarget(memory));
      }),
    );
  });

  it("keep a usual target, 40 runs of one changing recommendation a minute, below 1 kB", () => {
    const recommendations = Array.from({ length: 40 }, (_, i) => ({ at: NOW + 60 * i, replicas: 10 + (i % 7) }));
    const changes = recommendations.slice(0, 10).map(({ at, replicas }) => ({ at, from: replicas, to: replicas + 1 }));
    expect(
      encodeTarget({ ...BLANK, recommendations, changes, metrics: { cpu: { ...BLANK_METRIC, lastGoodData: NOW } } })
        .length,
    ).toBeLessThan(1024);
  });

  it("stay within an annotation: forecasts go first, then the targets not seen for longest", () => {
    const memory = (i: number, runs: number): TargetState => ({
      ...BLANK,
      recommendations: Array.from({ length: runs }, (_, k) => ({ at: NOW + i + 60 * k, replicas: 100 + k })),
      metrics: {
        cpu: {
          ...BLANK_METRIC,
          lastForecast: {
            at: NOW,
            expires: NOW + 300,
            max: 1.23456,
            quantile: 1.34567,
            level: 0.9,
            mean: 1.01234,
            method: "auto",
          },
        },
      },
    });
    const many = (count: number, runs: number) =>
      state(Object.fromEntries(Array.from({ length: count }, (_, i) => [`shop/web-${i}`, memory(i, runs)])));
    const some = decoded(encode(many(1500, 10))).targets;
    expect(Object.keys(some)).toHaveLength(1500);
    expect(some["shop/web-0"]?.metrics).toEqual({});
    const text = encode(many(2000, 60));
    expect(text.length).toBeLessThanOrEqual(MAX_BYTES);
    const kept = Object.keys(decoded(text).targets);
    expect(kept.length).toBeGreaterThan(300);
    expect(kept).toContain("shop/web-1999");
    expect(kept).not.toContain("shop/web-0");
    expect(encodeWithin(many(2000, 60)).leftOut).toHaveLength(2000 - kept.length);
    expect(encodeWithin(many(1500, 10)).leftOut).toEqual([]);
  });
});

describe("older versions", () => {
  it("version 1 means for ever what it meant", () => {
    const text = readFileSync(new URL("../../../fixtures/golden/state-v1.json", import.meta.url), "utf8");
    expect(decoded(text).targets).toEqual({
      "shop/web": {
        recommendations: [
          { at: 1700000000, replicas: 5 },
          { at: 1700000060, replicas: 4 },
          { at: 1700000120.5, replicas: 3 },
        ],
        changes: [
          { at: 1699999900, from: 2, to: 5 },
          { at: 1700000060, from: 5, to: 4 },
        ],
        metrics: {
          cpu: {
            lastForecast: {
              at: 1700000120.5,
              expires: 1700000300,
              max: 1.25,
              quantile: 1.5,
              level: 0.8,
              mean: 1.1,
              method: "auto",
            },
            lastGoodData: 1700000120.5,
            missingSince: null,
            incomplete: [],
          },
        },
        rollouts: [[1699999000, 1699999200]],
        dropHoldUntil: 1700000400,
        service: null,
        lastWritten: { at: 1700000060, replicas: 4, overruled: 1 },
      },
      "shop/api": {
        ...BLANK,
        metrics: { cpu: { ...BLANK_METRIC, missingSince: 1700000000 } },
        lastWritten: { at: 1700000000, replicas: 7, overruled: 3, foreign: true },
      },
      "shop/idle": BLANK,
    });
  });
});

it("several metrics stand beside the CPU, whose place stays what it was", () => {
  const metrics = {
    cpu: { ...BLANK_METRIC, lastGoodData: NOW },
    requests: { ...BLANK_METRIC, lastGoodData: NOW - 60, missingSince: NOW },
  };
  const text = encode(state({ "shop/web": { ...BLANK, metrics } }));
  expect(JSON.parse(text)).toEqual({ v: 1, t: { "shop/web": { g: NOW, x: { requests: { g: NOW - 60, m: NOW } } } } });
  expect(decoded(text).targets["shop/web"]?.metrics).toEqual(metrics);
});

describe("garbage", () => {
  it.each([
    ["", "not JSON"],
    ["{", "not JSON"],
    ["[]", "not an object"],
    ["null", "not an object"],
    ["{}", "version none"],
    ['{"v":99,"t":{}}', "version 99"],
    ['{"v":"1"}', 'version "1"'],
  ])("%j is absent, and the warning says why", (text, why) => {
    const result = decode(text);
    expect(result.ok ? "" : result.error).toContain(why);
  });

  it("drops fields that make no sense, alone", () => {
    const text =
      '{"v":1,"t":{"a":{"w":[5,1,-3,2],"e":"no","f":[1,2,3],"g":-1,"m":1e999,"r":[9,3],"d":{},"l":[1,2.5,0,0]},"b":7,"c":{"w":[5,1,5,-2,5,3]}}}';
    expect(decoded(text).targets).toEqual({
      a: { ...BLANK, recommendations: [{ at: 5, replicas: 1 }] },
      c: {
        ...BLANK,
        recommendations: [
          { at: 5, replicas: 1 },
          { at: 15, replicas: 3 },
        ],
      },
    });
  });

  it("never throws, whatever the text", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void decode(text)));
    const mutated = fc.tuple(anyMemory, fc.nat(), fc.string({ maxLength: 3 })).map(([memory, at, text]) => {
      const good = encode(state({ "shop/web": memory }));
      const cut = at % good.length;
      return good.slice(0, cut) + text + good.slice(cut + text.length);
    });
    fc.assert(fc.property(mutated, (text) => void decode(text)));
  });

  it("gives memories that make sense, whatever JSON stands in the fields", () => {
    const fields = fc.record({
      w: fc.jsonValue(),
      e: fc.jsonValue(),
      f: fc.jsonValue(),
      g: fc.jsonValue(),
      r: fc.jsonValue(),
      l: fc.jsonValue(),
      x: fc.jsonValue(),
    });
    const numbers = fc.record({
      w: fc.array(fc.double()),
      e: fc.array(fc.double()),
      r: fc.array(fc.double()),
      l: fc.array(fc.double()),
    });
    fc.assert(
      fc.property(fc.oneof(fields, numbers), (target) => {
        const memory = decoded(JSON.stringify({ v: 1, t: { x: target } })).targets.x!;
        for (const { at, replicas } of memory.recommendations)
          expect(Number.isInteger(replicas) && replicas >= 0 && at >= 0).toBe(true);
        for (const [from, to] of memory.rollouts) expect(from <= to).toBe(true);
        expect([...memory.recommendations].sort((a, b) => a.at - b.at)).toEqual(memory.recommendations);
      }),
    );
  });
});
