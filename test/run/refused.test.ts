/** A target whose settings are wrong: it fails by name, nothing is asked or written for it, its memory stays; and targets that are found anew in each run. */
import { describe, expect, it } from "vitest";
import type { TargetOrShare } from "../../job/run/shares.ts";
import { runFor, runOnce } from "../../job/run.ts";
import { config } from "../fakes/config.ts";
import { last } from "../fakes/forecaster.ts";
import { fakePorts, fakeWorld, stateOf } from "../fakes/ports.ts";

const options = { forecaster: last };
const refused = Object.assign(new Error("prophet-autoscaler/mode must be one of"), { name: "InvalidSettings" });
const web: TargetOrShare = config({ name: "web" });
const bad: TargetOrShare = config({ name: "bad" });

describe("a refused target", () => {
  it("fails by name, and the others are decided and carried out", async () => {
    const world = fakeWorld({ load: () => 3, replicas: { web: 2, bad: 2 } });
    const run = await runOnce(fakePorts(world), [{ ...bad, refused }, web], options);
    expect(run.exitCode).toBe(1);
    expect(run.targets).toMatchObject([
      { name: "bad", action: "failed", reason: "InvalidSettings", failed: "settings", from: null, to: null },
      { name: "web", action: "scaled" },
    ]);
    expect(run.targets[0]!.message).toBe("prophet-autoscaler/mode must be one of; the replicas stay as they are");
    expect(world.replicas.bad).toBe(2);
  });

  it("is not asked about, neither a metric source nor the cluster", async () => {
    const world = fakeWorld({ replicas: { bad: 2 } });
    const ports = fakePorts(world);
    const asked: string[] = [];
    const watched = {
      ...ports,
      history: {
        ...ports.history,
        read: async (...given: Parameters<typeof ports.history.read>) => {
          asked.push(...given[0].map(({ target }) => target.name));
          return ports.history.read(...given);
        },
      },
      scaler: { ...ports.scaler, read: async () => Promise.reject(new Error("must not be read")) },
    };
    const run = await runOnce(watched, [{ ...bad, refused }], options);
    expect(asked).toEqual([]);
    expect(run.targets[0]).toMatchObject({ reason: "InvalidSettings" });
  });

  it("keeps its memory, and so does a target that was not found for once", async () => {
    const world = fakeWorld({ replicas: { web: 2, bad: 2 } });
    const ports = fakePorts(world);
    await runOnce(ports, [bad, web], options);
    const before = stateOf(world).targets["shop/bad"];
    expect(before).toBeDefined();
    world.now += 60;
    await runOnce(ports, [{ ...bad, refused }, web], options);
    expect(stateOf(world).targets["shop/bad"]).toEqual(before);
    world.now += 60;
    await runOnce(ports, [web], options);
    expect(stateOf(world).targets["shop/bad"]).toEqual(before);
    expect(stateOf(world).targets["shop/web"]).not.toEqual(before);
  });
});

it("targets that are found are found anew in each run of a process, at its pace, within its time for reading", async () => {
  const world = fakeWorld({ replicas: { web: 2, bad: 2 } });
  const found = [[web], [web, bad], []];
  const runs: string[][] = [];
  const signals: unknown[] = [];
  await runFor(
    fakePorts(world),
    async (reading) => {
      signals.push(reading);
      return found.shift() ?? [];
    },
    {
      ...options,
      every: 15,
      for: 40,
      after: async (run) => void runs.push(run.targets.map(({ name }) => name)),
    },
  );
  expect(runs).toEqual([["web"], ["web", "bad"], []]);
  expect(signals.every((signal) => signal instanceof AbortSignal)).toBe(true);
});
