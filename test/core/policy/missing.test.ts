/** Pods that the sum lacks: which are missed, which are known to start or to have gone, and what is not learned. */
import { describe, expect, it } from "vitest";
import { missingPods, type PodShortfall } from "../../../job/core/policy/missing.ts";
import type { TickInput } from "../../../job/core/policy/observe.ts";
import { BLANK, BLANK_METRIC } from "../../../job/core/state/memory.ts";
import type { TargetState } from "../../../job/core/state/types.ts";
import { config, NOW } from "../../fakes/config.ts";
import { pairs, samplesOf } from "../../fakes/series.ts";

/** Counts of the last minutes, newest last, 15 s apart. */
const counts = (...list: readonly number[]) => samplesOf((i) => list[i]!, { end: NOW - 5, points: list.length });

function input(pods: ReturnType<typeof counts> | null, more: Partial<TickInput> = {}): TickInput {
  const samples = samplesOf(() => 1, { end: NOW - 5 });
  const history = { samples, partial: false, seriesCount: 1, ...(pods && { pods }) };
  return { now: NOW, histories: [history], current: 10, conditions: {}, memory: undefined, config: config(), ...more };
}

const judged = (of: TickInput, memory: Partial<TargetState> = {}, returned?: number): PodShortfall =>
  missingPods(of, of.histories[0]?.pods, { ...BLANK, ...memory }, "cpu", returned);
const changed = (ago: number, from: number, to: number) => ({ changes: [{ at: NOW - ago, from, to }] });

describe("missingPods", () => {
  it.each<[string, TickInput, Partial<TargetState>, number]>([
    ["nobody counted", input(null), {}, 0],
    ["a count without samples", input(pairs([])), {}, 0],
    ["all measured", input(counts(10, 10, 10)), {}, 0],
    ["half of them lost", input(counts(10, 5, 5)), {}, 5],
    ["lost at the newest point", input(counts(10, 10, 6)), {}, 4],
    ["just come back", input(counts(3, 3, 10)), {}, 7],
    ["pods that were just removed still burn", input(counts(12, 12, 12)), changed(60, 12, 10), 0],
    ["pods that start, by readyReplicas", input(counts(5, 5), { conditions: { readyReplicas: 5 } }), {}, 0],
    ["pods that start, as far as nobody knows", input(counts(5, 5)), changed(60, 5, 10), 5],
    ["the floor of an HPA: the pods that exist count", input(counts(6, 6), { current: 2, pods: 8 }), {}, 2],
  ])("%s", (_, of, memory, pods) => {
    expect(judged(of, memory).pods).toBe(pods);
  });

  it("does not learn what lacked pods, nor the fading around it", () => {
    const incomplete = [NOW - 5 - 30 - 60, NOW];
    expect(judged(input(counts(10, 4, 4, 10))).incomplete).toEqual(incomplete);
    expect(judged(input(counts(10, 10, 10, 10))).incomplete).toBeNull();
  });

  it("learns a sum without pods that still start, or that somebody else has just asked for", () => {
    const young = input(counts(5, 5, 5));
    expect(judged(young, changed(60, 5, 10)).incomplete).toBeNull();
    expect(judged(young, changed(200, 5, 10)).incomplete).not.toBeNull();
    const lastWritten = { at: NOW - 30, replicas: 10, overruled: 1, foreign: true };
    expect(judged(young, { lastWritten }).incomplete).toBeNull();
    expect(judged(young, { lastWritten: { ...lastWritten, at: NOW - 200 } }).incomplete).not.toBeNull();
    expect(judged({ ...young, config: config({ actuator: "hpa" }) }).incomplete).toBeNull();
  });

  it("does not learn what came since an outage, where nobody counted", () => {
    expect(judged(input(null), {}, NOW - 200).incomplete).toEqual([NOW - 200, NOW]);
    expect(judged(input(counts(10, 10)), {}, NOW - 200).incomplete).toBeNull();
  });

  it("looks no further back than the last run did", () => {
    const old = input(counts(4, 4, ...new Array<number>(18).fill(10)));
    expect(judged(old).incomplete).not.toBeNull();
    expect(judged(old, { metrics: { cpu: { ...BLANK_METRIC, lastGoodData: NOW - 60 } } }).incomplete).toBeNull();
  });
});
