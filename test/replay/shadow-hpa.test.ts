/** The shadow HPA: it ends where a replay of the same minutes ends, by its memory and its tolerance; it is not known where the data are not. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { worldOf } from "../../job/cli/replay-command.ts";
import type { Settings } from "../../job/config/types.ts";
import { forecasterOf } from "../../job/core/forecast/method.ts";
import type { MetricRecord, TickRecord } from "../../job/core/policy/types.ts";
import type { Samples } from "../../job/core/series/types.ts";
import { replay } from "../../job/replay/replay.ts";
import { shadowHpa } from "../../job/replay/shadow-hpa.ts";
import { config, NOW } from "../fakes/config.ts";

const STEP = 15;
/** A pod should carry 0.45 and serves 0.5, of which an HPA at 70 % asks for 0.35. */
const target = config({ targetCpu: 0.45, podStart: 30, maxReplicas: 40 });
const cpu = { name: "cpu", unit: "cores", averageValue: 0.45, ofPods: true };

/** A record whose newest value is of now; NaN is a gap that was filled by the value before. */
function recordOf(...metrics: readonly (Partial<MetricRecord> & { readonly values: readonly number[] })[]): TickRecord {
  const records = metrics.map(({ values, ...more }) => {
    const line: number[] = [];
    for (const value of values) line.push(Number.isNaN(value) ? (line.at(-1) ?? 0) : value);
    const series = {
      start: NOW - (values.length - 1) * STEP,
      step: STEP,
      values: Float64Array.from(line),
      filled: Uint8Array.from(values, (value) => (Number.isNaN(value) ? 1 : 0)),
    };
    return { metric: cpu, quality: { verdict: "act" }, series, ...more };
  });
  return { now: NOW, metrics: records } as unknown as TickRecord;
}
const of = (values: readonly number[], more: Partial<MetricRecord> = {}) =>
  shadowHpa(target, recordOf({ values, ...more }));
const minutes = (n: number, value: number) => Array<number>(n * 4).fill(value);

describe("the shadow HPA", () => {
  it("wants the pods of its own target, not of ours", async () => {
    // 3.4 / 0.35 = 9.7
    expect(await of(minutes(30, 3.4))).toBe(10);
  });

  it("keeps what is within its tolerance", async () => {
    // ten pods of 0.35 carry 3.5; 8 % more is tolerated, 13 % more is not
    expect(await of([...minutes(20, 3.5), ...minutes(10, 3.5 * 1.08)])).toBe(10);
    expect(await of([...minutes(20, 3.5), ...minutes(10, 3.5 * 1.13)])).toBe(12);
  });

  it("remembers the most of five minutes, and no more", async () => {
    expect(await of([...minutes(26, 7), ...minutes(4, 1.75)])).toBe(20);
    // from 13 on the way down: 1.75 / 13 is 27 % of 0.5, and 13 x 27 / 70 are more than 5
    expect(await of([...minutes(24, 7), ...minutes(6, 1.75)])).toBe(6);
  });

  it("follows the newest value", async () => {
    // at most twice the pods at once
    expect(await of([...minutes(30, 1.75), 7])).toBe(10);
    expect(await of([...minutes(30, 1.75), 7, 7])).toBe(20);
  });

  it("knows nothing of what was more than half an hour ago", async () => {
    const lately = minutes(30, 1.75);
    expect(await of([...minutes(60, 10), ...lately])).toBe(await of(lately));
  });

  it("stays within the bounds of the target, and never goes to 0", async () => {
    expect(await of(minutes(30, 100))).toBe(40);
    expect(await shadowHpa({ ...target, minReplicas: 3 }, recordOf({ values: minutes(30, 0.1) }))).toBe(3);
    expect(await shadowHpa({ ...target, minReplicas: 0 }, recordOf({ values: minutes(30, 0) }))).toBe(1);
  });

  it("takes the metric that asks for the most", async () => {
    const queue = { name: "queue", unit: "", averageValue: 9, ofPods: false };
    const both = (size: number) =>
      shadowHpa(target, recordOf({ values: minutes(30, 1.75) }, { values: minutes(30, size), metric: queue }));
    // 7 of them for each pod
    expect([await both(14), await both(84)]).toEqual([5, 12]);
    expect(await shadowHpa(target, recordOf({ values: minutes(30, 84), metric: queue }))).toBe(12);
  });

  it("does nothing while nothing is measured", async () => {
    const gap = minutes(8, Number.NaN);
    expect(await of([...minutes(20, 3.5), ...gap, ...minutes(1, 3.5)])).toBe(10);
  });

  it.each<[string, readonly number[], Partial<MetricRecord>]>([
    ["the data are not usable", minutes(30, 1), { quality: { verdict: "hold" } as MetricRecord["quality"] }],
    ["there are none", minutes(30, 1), { series: null }],
    ["nothing of them was measured", minutes(30, Number.NaN), {}],
    ["they are of less than five minutes", minutes(4, 1), {}],
  ])("is not known where %s", async (_why, values, more) => {
    expect(await of(values, more)).toBeNull();
    expect(await shadowHpa(target, recordOf({ values: minutes(30, 1) }, { values, ...more }))).toBeNull();
  });

  it("is not known where its metrics have no time in common", async () => {
    const late = minutes(30, 1).map((value, i) => (i < 110 ? Number.NaN : value));
    const early = minutes(30, 1).map((value, i) => (i < 100 ? value : Number.NaN));
    expect(await shadowHpa(target, recordOf({ values: early }, { values: late }))).toBeNull();
  });

  const load = fc.oneof(fc.double({ min: 0, max: 20, noNaN: true }), fc.constant(Number.NaN));
  const loads = fc.array(load, { minLength: 30, maxLength: 120 });

  it("ends where `replay --policies hpa` ends with the target's settings", async () => {
    await fc.assert(
      fc.asyncProperty(loads, fc.integer({ min: 0, max: 120 }), async (values, podStart) => {
        const own = { ...target, podStart };
        const shadow = await shadowHpa(own, recordOf({ values }));
        // one value more, so that the replay still decides on the newest
        const known = values.flatMap((value, i) => (Number.isNaN(value) ? [] : [[STEP * i, value] as const]));
        const [time, value] = known.at(-1) ?? [0, 0];
        const line = [...known, [time + STEP, value] as const];
        const samples: Samples = {
          times: Float64Array.from(line, ([t]) => t),
          values: Float64Array.from(line, ([, v]) => v),
        };
        const world = worldOf({}, { target: own, settings: { prometheus: {} } as Settings });
        const setup = { target: own, forecasterOf };
        const { rows } = await replay(samples, ["hpa"], { ...world, warmup: 0 }, setup).catch(() => ({ rows: [] }));
        if (shadow !== null) expect(shadow).toBe(rows.at(-1)?.replicas);
        else expect(line.length * STEP <= 315 || time - known[0]![0] < 300).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("never rejects, stays within its bounds, and leaves the record as it is", async () => {
    const metric = fc.record({
      values: loads,
      ofPods: fc.boolean(),
      averageValue: fc.double({ min: 0.01, max: 9, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(metric, { minLength: 1, maxLength: 3 }), async (list) => {
        const metrics = list.map(({ values, ...more }, i) => ({ values, metric: { ...cpu, ...more, name: `m${i}` } }));
        const record = recordOf(...metrics);
        const before = structuredClone(record);
        const replicas = await shadowHpa(target, record);
        if (replicas !== null) expect(replicas).toSatisfy((n: number) => Number.isInteger(n) && n >= 1 && n <= 40);
        expect(record).toEqual(before);
      }),
      { numRuns: 60 },
    );
  });
});
