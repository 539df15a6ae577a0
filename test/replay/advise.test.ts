/** An advice is chosen on the earlier half alone, judged on the later one, and shares forecasts and threads without a change of its figures. */
import { describe, expect, it } from "vitest";
import { resolveTarget } from "../../job/config/target-settings.ts";
import { forecasterOf } from "../../job/core/forecast/method.ts";
import type { Samples } from "../../job/core/series/types.ts";
import {
  cheapestWithin,
  compare,
  demandOf,
  frontOf,
  inTurn,
  playTrials,
  type ScoredTrial,
  type TrialSetup,
} from "../../job/replay/advise.ts";
import { replay } from "../../job/replay/replay.ts";
import { inThreads } from "../../job/replay/trial-workers.ts";
import type { Trial } from "../../job/replay/trials.ts";
import { REPLAY_DEFAULTS } from "../../job/replay/world.ts";

const target = resolveTarget({ scaleTargetRef: { name: "web" }, targetCpu: 0.45 });
const options = { ...REPLAY_DEFAULTS, warmup: 1800 };
const at = (quantile: number): Trial => {
  return {
    label: String(quantile),
    decider: { by: "ours", target: { ...target, quantile, scaleDownQuantile: quantile } },
    options,
  };
};
const hpa: Trial = { label: "hpa", decider: { by: "hpa", external: false }, options };
const START = 1_700_000_000;
const STEPS = 4 * 240;
/** The first step of the later half. */
const HALF = (STEPS - 120) / 2 + 120;
const wave = (later: number, n = STEPS): Samples => {
  const value = (i: number) => (3 + 2 * Math.sin(i / 12) + Math.sin(i * i)) * (i < HALF ? 1 : later);
  return {
    times: Float64Array.from({ length: n }, (_, i) => START + 15 * i),
    values: Float64Array.from({ length: n }, (_, i) => value(i)),
  };
};
const setup = (trials: readonly Trial[], samples = wave(1)): TrialSetup => {
  return { samples, others: [], trials, world: trials[0]?.options ?? options };
};
const go = () => true;
const here = inTurn(forecasterOf);

/** It plays hours, and threads load their code. */
const TIME = { timeout: 180_000 };

describe("an advice", TIME, () => {
  it("has the scores of a replay of each half, with forecasts shared", async () => {
    const { tried, chosenOn, judgedOn } = await playTrials(setup([at(0.5), at(0.9), hpa]), here, go);
    expect(chosenOn).toEqual({ from: START + 1800, to: START + 15 * HALF });
    expect(judgedOn).toEqual({ from: chosenOn.to, to: START + 15 * STEPS });
    for (const { decider, ...one } of tried) {
      const own = { target: decider.by === "ours" ? decider.target : target, forecasterOf };
      const name = decider.by === "ours" ? "auto" : "hpa";
      const halves = [
        [one.chosenOn, await replay(wave(1, HALF), [name], options, own)],
        [one.judgedOn, await replay(wave(1), [name], { ...options, warmup: 15 * HALF }, own)],
      ] as const;
      for (const [score, { policies }] of halves) {
        const { podHours, under, unserved } = policies[name]!;
        expect(score.cost).toBeCloseTo(podHours, 9);
        expect(score.under).toBeCloseTo(under, 9);
        expect(score.unserved).toBeCloseTo(unserved, 9);
      }
      expect(one.days).toEqual([one.judgedOn]);
    }
  });

  it("is the same in threads, which say how far they are", async () => {
    const trials = [at(0.5), hpa];
    const seen: (readonly [number, number])[] = [];
    const watch = (done: number, total: number) => seen.push([done, total]) > 0;
    const none = () => Promise.reject(new Error("not here"));
    const apart = await playTrials(setup(trials), inThreads(2, none), watch);
    expect(apart).toEqual(await playTrials(setup(trials), here, go));
    expect(seen.every(([done, total]) => done <= total && total === STEPS - 120)).toBe(true);
  });

  it("rejects with the problem of a thread", async () => {
    const none = () => Promise.reject(new Error("not here"));
    const wrong = { ...hpa, decider: { by: "recorded", replicas: undefined } } as unknown as Trial;
    await expect(playTrials(setup([wrong]), inThreads(2, none), go)).rejects.toThrow(/Cannot destructure/);
  });

  it("ends its threads early, with what was played; and plays here what cannot be handed to one", async () => {
    const none = () => Promise.reject(new Error("not here"));
    const { ended, judgedOn } = await playTrials(setup([at(0.5), at(0.9)]), inThreads(2, none), () => false);
    expect([ended, judgedOn.to < START + 15 * STEPS]).toEqual([false, true]);
    const one = at(0.5);
    const function_ = { ...one, decider: { ...one.decider, target: { ...target, own: () => 1 } } } as unknown as Trial;
    await expect(playTrials(setup([function_]), inThreads(2, none), go)).rejects.toThrow("not here");
  });

  it("is the same whatever the later half brings; its judgement is not", async () => {
    const trials = [at(0.5), at(0.7), at(0.9)];
    const play = (later: number) => playTrials(setup(trials, wave(later)), here, go);
    const [calm, wild] = [await play(1), await play(1.7)];
    expect(wild.tried.map(({ chosenOn }) => chosenOn)).toEqual(calm.tried.map(({ chosenOn }) => chosenOn));
    const slo = calm.tried[1]!.chosenOn.under;
    expect(cheapestWithin(wild.tried, slo)?.label).toBe(cheapestWithin(calm.tried, slo)?.label);
    expect(wild.tried[0]!.judgedOn).not.toEqual(calm.tried[0]!.judgedOn);
  });

  it("sets what really ran, from when it was recorded on", async () => {
    const replicas = { times: Float64Array.of(START, START + 15 * HALF), values: Float64Array.of(4, 9) };
    const real: Trial = { label: "real", decider: { by: "recorded", replicas }, options };
    const { tried } = await playTrials(setup([real]), here, go);
    const hours = ((STEPS - HALF) * 15) / 3600;
    expect(tried[0]!.chosenOn.cost).toBeCloseTo(4 * hours, 9);
    expect(tried[0]!.judgedOn.cost).toBeCloseTo(9 * hours, 9);
  });

  it("compares worlds over the same time on both sides of the split, each in a world of its own", async () => {
    const slow = (quantile: number): Trial => ({ ...at(quantile), options: { ...options, startup: 300 } });
    const { chosenOn, judgedOn, worlds, ended } = await compare(setup([]), [[at(0.5), at(0.9)], [slow(0.5)]], here, go);
    expect([chosenOn.from, chosenOn.to, judgedOn.to, ended]).toEqual([
      START + 1800,
      START + 15 * HALF,
      START + 15 * STEPS,
      true,
    ]);
    expect(worlds[1]![0]!.judgedOn.cost).toBeGreaterThan(worlds[0]![0]!.judgedOn.cost);
    // no history is longer than two days here: these are the halves
    const { tried } = await playTrials(setup([at(0.5), at(0.9)]), here, go);
    expect(worlds[0]).toEqual(tried);
    expect(tried[0]!.days[0]).toEqual(worlds[0]![0]!.judgedOn);
  });

  it("lets a pod serve the same of every metric, whatever targetCpu is tried", () => {
    const tried: Trial = { ...at(0.5), options: { ...options, targetCpu: 0.3 } };
    const others = [{ metric: { name: "queue", averageValue: 9 }, samples: wave(1) }];
    const { others: found } = demandOf({ ...setup([tried]), world: options, others });
    expect(found![0]!.capacity).toBeCloseTo((9 * options.request) / options.targetCpu, 9);
  });

  it("gives what was played when it is ended early", async () => {
    const { tried, ended, chosenOn } = await playTrials(setup([hpa, at(0.5)]), here, (done) => done < 100);
    expect([tried.length, ended, chosenOn.to]).toEqual([2, false, START + 1800 + 1500]);
    expect(tried[0]!.chosenOn.cost).toBeGreaterThan(0);
  });

  it("says that nothing is left of a series that the warm-up takes whole", async () => {
    const warmedUp = (warmup: number) => playTrials(setup([{ ...hpa, options: { ...options, warmup } }]), here, go);
    const least = 15 * (STEPS - 2);
    await expect(warmedUp(15 * STEPS)).rejects.toThrow(`nothing is left to replay; choose a --warmup below ${least}`);
    expect((await warmedUp(least - 1)).tried).toHaveLength(1);
  });

  it.each([2, 3])("advises no other warm-up where the series has %d steps only", (count) => {
    const times = Float64Array.from({ length: count }, (_, i) => START + 15 * i);
    const samples = { times, values: new Float64Array(count).fill(1) };
    const short = playTrials({ ...setup([{ ...hpa, options }]), samples }, here, go);
    return expect(short).rejects.toThrow(`the series has ${count} steps of 15 s: it is too short to replay`);
  });

  it("has a front that nothing beats, and the cheapest within an objective is on it", () => {
    const tried = (cost: number, under: number) =>
      ({ label: `${cost}`, chosenOn: { cost, under, unserved: 0, actions: 0 } }) as ScoredTrial;
    const all = [tried(3, 0.1), tried(1, 0.3), tried(2, 0.3), tried(4, 0.1), tried(5, 0)];
    expect(frontOf(all).map(({ label }) => label)).toEqual(["1", "3", "5"]);
    expect(cheapestWithin(all, 0.1)?.label).toBe("3");
    expect(cheapestWithin(all, 0.05)?.label).toBe("5");
    expect(cheapestWithin(all.slice(0, 4), 0.05)).toBe(null);
  });
});
