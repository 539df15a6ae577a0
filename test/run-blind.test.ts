/** Blind is not healthy: whatever holds a decision back, what is wrong with the data is told, and lasts to be a failure. */
import { describe, expect, it } from "vitest";
import { HistoryError } from "../job/adapters/errors.ts";
import type { TargetConfig } from "../job/core/target.ts";
import type { HistoryReading, ScaleReading } from "../job/ports.ts";
import { runOnce } from "../job/run.ts";
import { config, NOW } from "./fakes/config.ts";
import { last } from "./fakes/forecaster.ts";
import { type FakeWorld, fakePorts, fakeWorld, reading, stateOf } from "./fakes/ports.ts";

const none: HistoryReading = {
  samples: { times: new Float64Array(0), values: new Float64Array(0) },
  partial: false,
  seriesCount: 0,
  source: "q",
};
const run = (world: FakeWorld, target = config(), options = {}) =>
  runOnce(fakePorts(world), [target], { forecaster: last, ...options });

/** Runs at these minutes; of each what came of it. */
async function runsAt(minutes: readonly number[], world: FakeWorld, target?: TargetConfig) {
  const results = [];
  for (const minute of minutes) {
    world.now = NOW + 60 * minute;
    results.push(await run(world, target));
  }
  return results;
}

/** What can be wrong with the data so that nothing may be computed from them, and the word that must be told. */
const WRONG: readonly (readonly [string, (now: number) => HistoryReading | Error, RegExp])[] = [
  ["no answer", () => new HistoryError("POST query", 503, "no healthy upstream"), /no healthy upstream/],
  ["a wrong query", () => new HistoryError("POST query", 400, "parse error"), /parse error/],
  ["no sample", () => none, /holds no sample/],
  ["stale samples", (now) => reading(() => 1, now - 600), /sample is 60\d s old/],
  ["several series", (now) => ({ ...reading(() => 1, now), seriesCount: 2 }), /2 series/],
  ["no number", (now) => reading(() => Number.NaN, now), /not a finite number/],
  ["a negative", (now) => reading(() => -1, now), /negative/],
  ["more than can be", (now) => reading(() => 1e6, now), /more than the pods can use|cores measured/],
];

/** What holds a decision back. */
const GATES: readonly (readonly [string, Partial<TargetConfig>, ScaleReading["conditions"]])[] = [
  ["nothing", {}, {}],
  ["ForecastOnly", { mode: "ForecastOnly" }, {}],
  ["a pause", {}, { paused: true }],
  ["another scaler", {}, { otherScaler: "HorizontalPodAutoscaler/web" }],
];

describe.each(GATES)("held back by %s", (_gate, settings, conditions) => {
  it.each(WRONG)("%s: the data are told, and after blindAfter the run fails", async (_wrong, history, word) => {
    const world = fakeWorld({ conditions });
    world.history = () => history(world.now);
    const results = await runsAt([0, 5, 10, 11], world, config({ ...settings, podCpuLimit: 1 }));
    const outcomes = results.map(({ targets }) => targets[0]!);
    for (const { message, action } of outcomes) {
      expect(message).toMatch(word);
      expect(["held", "failed"]).toContain(action);
    }
    const failed = outcomes[0]!.action === "failed" ? 1 : 0;
    expect(results.map(({ exitCode }) => exitCode)).toEqual([failed, failed, failed, 1]);
    expect(outcomes.map(({ blindSince }) => blindSince)).toEqual([undefined, undefined, undefined, NOW]);
    expect(outcomes[3]!.message).toContain("blind since 2023-11-14T22:13:20.000Z, longer than blindAfter (600 s)");
    expect(world.replicas.web).toBe(2);
  });

  it("incomplete data are told too", async () => {
    const world = fakeWorld({ conditions });
    world.history = () => ({ ...reading(() => 0.1, world.now), partial: true });
    const { exitCode, targets } = await run(world, config(settings));
    expect(exitCode).toBe(0);
    expect(targets[0]!.message).toMatch(/partial answer/);
  });
});

it.each<readonly [string, number, string]>([
  ["no number", Number.NaN, "NotFinite"],
  ["a negative", -1, "NegativeData"],
  ["more than can be", 1e6, "AboveCapacity"],
])("%s for three minutes is called by its name, not stale", async (_, value, reason) => {
  const world = fakeWorld();
  world.history = () => reading((time) => (time > world.now - 180 ? value : 1), world.now);
  const { targets } = await run(world, config({ podCpuLimit: 1 }));
  expect(targets[0]).toMatchObject({ action: "held", reason });
});

describe("blind", () => {
  it("is over with the first usable data, and begins and ends once", async () => {
    const world = fakeWorld();
    world.history = () => (world.now < NOW + 900 ? none : reading(() => 1, world.now));
    const results = await runsAt([0, 9, 11, 12, 14, 15, 16], world);
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0, 1, 1, 1, 0, 0]);
    expect(results.map(({ targets }) => targets[0]!.standing)).toEqual([
      undefined,
      undefined,
      { began: ["Blind"], ended: [] },
      undefined,
      undefined,
      { began: [], ended: ["Blind"] },
      undefined,
    ]);
    expect(stateOf(world).targets["shop/web"]!.standing).toBeUndefined();
  });

  it("is told although the fallback acts, and is no matter of one metric of several", async () => {
    const fallback = config({ fallback: { after: 60, replicas: 6 } });
    const world = fakeWorld({ history: () => none });
    const acted = await runsAt([0, 2, 11], world, fallback);
    expect(acted.map(({ targets }) => targets[0]!.action)).toEqual(["held", "scaled", "held"]);
    expect(acted.at(-1)!.exitCode).toBe(1);
    const two = config({ metrics: [{ name: "queue", query: "q", averageValue: 1 }] });
    const half = fakeWorld({});
    half.history = (key) => (key === "web/queue" ? none : reading(() => 1, half.now));
    expect((await runsAt([0, 20], half, two)).map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    half.history = () => none;
    expect((await runsAt([30, 50], half, two)).map(({ exitCode }) => exitCode)).toEqual([0, 1]);
  });

  it("is a failure where a gate holds the fallback back: nothing acted", async () => {
    const target = config({ mode: "ForecastOnly", fallback: { after: 60, replicas: 6 } });
    const world = fakeWorld({ history: () => new HistoryError("POST query", 503, "no healthy upstream") });
    const results = await runsAt([0, 2], world, target);
    expect(results.map(({ exitCode, targets }) => [exitCode, targets[0]!.action])).toEqual(
      Array(2).fill([1, "failed"]),
    );
    expect(results[1]!.targets[0]!.message).toMatch(/no healthy upstream.*mode is ForecastOnly/);
    expect(world.replicas.web).toBe(2);
  });

  it("is no word for a workload without pods, nor for mode Off", async () => {
    const off = await runsAt([0, 20], fakeWorld({ history: () => none }), config({ mode: "Off" }));
    expect(off.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    const empty = fakeWorld({ history: () => none, replicas: { web: 0 } });
    expect((await runsAt([0, 20], empty)).map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    // nor is the time without pods counted when they are back
    empty.replicas.web = 2;
    expect((await runsAt([21], empty)).map(({ exitCode }) => exitCode)).toEqual([0]);
  });

  it("is remembered in a dry run too, which writes nothing", async () => {
    const world = fakeWorld({ history: () => none });
    await runsAt([0], world);
    world.now = NOW + 660;
    const { exitCode, targets } = await run(world, config(), { dryRun: true });
    expect([exitCode, targets[0]!.blindSince, targets[0]!.standing]).toEqual([1, NOW, undefined]);
  });
});

describe("what stands", () => {
  it("stays while it cannot be seen, and is told once at its begin and once at its end", async () => {
    const world = fakeWorld();
    const seen: readonly ScaleReading["conditions"][] = [
      { paused: false, otherScaler: null },
      { paused: true, otherScaler: null },
      { paused: true, otherScaler: "HorizontalPodAutoscaler/web" },
      {},
      { paused: false, otherScaler: "HorizontalPodAutoscaler/web" },
      { paused: false, otherScaler: null },
    ];
    const told = [];
    for (const [i, conditions] of seen.entries()) {
      world.conditions = conditions;
      told.push((await runsAt([i], world))[0]!.targets[0]!.standing);
    }
    expect(told).toEqual([
      undefined,
      { began: ["Paused"], ended: [] },
      { began: ["OtherScaler"], ended: [] },
      undefined,
      { began: [], ended: ["Paused"] },
      { began: [], ended: ["OtherScaler"] },
    ]);
  });

  it("is told by the run that wrote it down, and by no other", async () => {
    const world = fakeWorld({ conditions: { paused: true } });
    world.onCall = (call) => {
      if (call === "claim") world.state = { text: "garbage", version: world.state.version + 1 };
    };
    expect((await run(world)).targets[0]).toMatchObject({ reason: "StateConflict" });
    expect((await run(world)).targets[0]!.standing).toBeUndefined();
    world.onCall = () => {};
    expect((await run(world)).targets[0]!.standing).toEqual({ began: ["Paused"], ended: [] });
  });
});
