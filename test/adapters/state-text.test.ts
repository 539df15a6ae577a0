/** The stored text of a state: readable while short, at most 100 bytes a target above, bounded in both directions, garbage no more than no memory. */
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leftOut, readState, stateText } from "../../job/adapters/state-text.ts";
import { encode } from "../../job/core/state/codec.ts";
import { BLANK } from "../../job/core/state/memory.ts";
import type { JobState, TargetState } from "../../job/core/state/types.ts";
import { NOW } from "../fakes/config.ts";
import { anyMemory } from "../fakes/state.ts";

const state = (targets: Record<string, TargetState>): JobState => ({ version: 1, targets });

/** A target as a run every minute leaves it, each with numbers of its own; slices of 200 were decided at other times. */
function usual(i: number): TargetState {
  const at = NOW + 0.001 * Math.floor(i / 200) * 317;
  const noise = (k: number) => Number((Math.imul((i * 8 + k) ^ ((i * 8 + k) >>> 7), 0x9e3779b1) >>> 0) / 2 ** 32);
  const six = (value: number) => Number(value.toPrecision(6));
  const max = six(1 + noise(1));
  const lastForecast = {
    at,
    expires: at + 150,
    max,
    quantile: six(max + noise(2)),
    level: 0.9,
    mean: six(noise(3)),
    method: "auto",
  };
  return {
    ...BLANK,
    recommendations: [
      { at: at - 60 * (1 + (i % 5)), replicas: 2 + (i % 9) },
      { at, replicas: 2 + (i % 7) },
    ],
    changes: i % 20 === 0 ? [{ at: at - 120, from: 3, to: 2 + (i % 9) }] : [],
    metrics: { cpu: { lastForecast, lastGoodData: at, missingSince: null, incomplete: [] } },
    lastWritten: i % 3 === 0 ? { at: at - 60 * (i % 97), replicas: 2 + (i % 9), overruled: 0 } : null,
  };
}

function many(count: number): JobState {
  return state(
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`team-${i % 23}/service-${i}`, usual(i)] as const)),
  );
}

describe("the stored text", () => {
  it("gives back every state, whatever its size", () => {
    fc.assert(
      fc.property(anyMemory, fc.integer({ min: 0, max: 400 }), (memory, count) => {
        const all = state(Object.fromEntries(Array.from({ length: count }, (_, i) => [`shop/web-${i}`, memory])));
        const { text, leftOut: lost } = stateText(all);
        expect(text.length).toBeLessThanOrEqual(240 * 1024);
        if (lost.length === 0 && count < 100) expect(readState(text)).toEqual({ state: all });
        expect(Object.keys(readState(text).state.targets)).toHaveLength(count - lost.length);
      }),
      { numRuns: 30 },
    );
  });

  it("is the JSON that it always was for some hundred targets, and reads that of any size", () => {
    expect(stateText(many(100)).text).toBe(encode(many(100)));
    expect(readState(encode(many(900))).state).toEqual(many(900));
  });

  it("takes at most 100 bytes a target from a thousand on, forecasts included", () => {
    for (const count of [1000, 2000, 3000]) {
      const { text, leftOut: lost } = stateText(many(count));
      expect(lost).toEqual([]);
      expect(readState(text).state).toEqual(many(count));
    }
  });

  it("of more than fits leaves out what is new before what is stored, and what is left fits in any order", () => {
    const all = many(20_000);
    const stored = state(Object.fromEntries(Object.entries(all.targets).slice(17_000)));
    const lost = leftOut(all, stored);
    expect(lost.length).toBeGreaterThan(100);
    for (const key of lost) expect(stored.targets).not.toHaveProperty([key]);
    const out = new Set(lost);
    const rest = Object.entries(all.targets).filter(([key]) => !out.has(key));
    expect(stateText(state(Object.fromEntries(rest.reverse()))).leftOut).toEqual([]);
  });

  it.each([
    ["cut off", (text: string) => text.slice(0, 500)],
    ["no base64", () => "deflate1:%%%"],
    ["a bomb of 60 MB in 60 kB", () => `deflate1:${deflateRawSync(Buffer.alloc(60_000_000, "[")).toString("base64")}`],
  ])("that is %s is no memory, and a warning", (_what, damage) => {
    const { state: read, warning } = readState(damage(stateText(many(1000)).text));
    expect(read.targets).toEqual({});
    expect(warning).toMatch(/damaged|not JSON/);
  });
});
