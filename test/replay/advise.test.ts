/** An advice is chosen on the earlier half alone, judged on the later one, and shares forecasts without changing them. */
import { describe, expect, it } from "vitest";
import { resolveTarget } from "../../job/config/target-settings.ts";
import { forecasterOf } from "../../job/core/forecast/method.ts";
import type { Samples } from "../../job/core/series/types.ts";
import {
  cheapestWithin,
  frontOf,
  playTrials,
  type Trial,
  type TrialSetup,
  type Tried,
} from "../../job/replay/advise.ts";
import { REPLAY_DEFAULTS, replay } from "../../job/replay/replay.ts";

const target = resolveTarget({ scaleTargetRef: { name: "web" }, targetCpu: 0.45 });
const options = { ...REPLAY_DEFAULTS, warmup: 1800 };
const at = (quantile: number): Trial => {
  return { label: String(quantile), target: { ...target, quantile, scaleDownQuantile: quantile }, options };
};
const hpa: Trial = { label: "hpa", target: null, options };
const HOURS = 4;
const wave = (later: number): Samples => {
  const n = (HOURS * 3600) / 15;
  const half = (n - 120) / 2 + 120;
  const value = (i: number) => (3 + 2 * Math.sin(i / 12) + Math.sin(i * i)) * (i < half + 1 ? 1 : later);
  return {
    times: Float64Array.from({ length: n }, (_, i) => 1_700_000_000 + 15 * i),
    values: Float64Array.from({ length: n }, (_, i) => value(i)),
  };
};
const setup = (trials: readonly Trial[], samples = wave(1)): TrialSetup => {
  return { samples, others: [], trials, levels: [0.5, 0.7, 0.9], forecasterOf, watch: () => true };
};

describe("an advice", () => {
  it("has the scores of the replay: its halves add up to the whole, with forecasts shared", async () => {
    const { tried, chosenOn, judgedOn } = await playTrials(setup([at(0.5), at(0.9), hpa]));
    expect(chosenOn.to).toBe(judgedOn.from);
    expect(judgedOn.to - judgedOn.from).toBeCloseTo(chosenOn.to - chosenOn.from, -2);
    for (const one of tried) {
      const own = { target: one.target ?? target, forecasterOf };
      const { policies } = await replay(wave(1), [one.target === null ? "hpa" : "auto"], options, own);
      const [whole] = Object.values(policies);
      expect(one.chosenOn.cost + one.judgedOn.cost).toBeCloseTo(whole!.podHours, 9);
      expect((one.chosenOn.under + one.judgedOn.under) / 2).toBeCloseTo(whole!.under, 2);
      expect(one.days).toEqual([one.judgedOn]);
    }
  });

  it("is the same whatever the later half brings; its judgement is not", async () => {
    const trials = [at(0.5), at(0.7), at(0.9)];
    const [calm, wild] = await Promise.all([1, 1.7].map((later) => playTrials(setup(trials, wave(later)))));
    expect(wild!.tried.map(({ chosenOn }) => chosenOn)).toEqual(calm!.tried.map(({ chosenOn }) => chosenOn));
    const slo = calm!.tried[1]!.chosenOn.under;
    expect(cheapestWithin(wild!.tried, slo)?.label).toBe(cheapestWithin(calm!.tried, slo)?.label);
    expect(wild!.tried[0]!.judgedOn).not.toEqual(calm!.tried[0]!.judgedOn);
  });

  it("gives what was played when it is ended early", async () => {
    let looks = 0;
    const { tried, ended } = await playTrials({
      ...setup([hpa, at(0.5)]),
      watch: (done, total) => done < total / 2 && ++looks > 0,
    });
    expect([tried.length, ended]).toEqual([1, false]);
  });

  it("has a front that nothing beats, and the cheapest within an objective is on it", () => {
    const tried = (cost: number, under: number) =>
      ({ label: `${cost}`, chosenOn: { cost, under, unserved: 0, actions: 0 } }) as Tried;
    const all = [tried(3, 0.1), tried(1, 0.3), tried(2, 0.3), tried(4, 0.1), tried(5, 0)];
    expect(frontOf(all).map(({ label }) => label)).toEqual(["1", "3", "5"]);
    expect(cheapestWithin(all, 0.1)?.label).toBe("3");
    expect(cheapestWithin(all, 0.05)?.label).toBe("5");
    expect(cheapestWithin(all.slice(0, 4), 0.05)).toBe(null);
  });
});
