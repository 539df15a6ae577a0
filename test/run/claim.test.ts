/** The claim and what is taken back of it: what others wrote stays, what was there before comes back, what does not fit is named. */
import { describe, expect, it } from "vitest";
import { encode } from "../../job/core/state/codec.ts";
import { BLANK } from "../../job/core/state/memory.ts";
import type { TargetState } from "../../job/core/state/types.ts";
import type { Ports } from "../../job/ports.ts";
import { runOnce } from "../../job/run.ts";
import { config, NOW } from "../fakes/config.ts";
import { last } from "../fakes/forecaster.ts";
import { type FakeWorld, fakePorts, fakeWorld, stateOf } from "../fakes/ports.ts";

const busy = (more: Partial<FakeWorld> = {}) => fakeWorld({ load: () => 2.2, ...more });
const run = (world: FakeWorld, targets = [config()], ports: Ports = fakePorts(world)) =>
  runOnce(ports, targets, { forecaster: last });
const seenAt = (at: number, replicas = 2): TargetState => ({ ...BLANK, recommendations: [{ at, replicas }] });
const remembering = (targets: Record<string, TargetState>) => ({ text: encode({ version: 1, targets }), version: 1 });

/** A world in which every scale of `web` is refused, after `work`. */
function refusing(work: (world: FakeWorld) => void, more: Partial<FakeWorld> = {}): FakeWorld {
  const world = busy(more);
  world.onCall = (call) => {
    if (!call.startsWith("scale web")) return;
    work(world);
    throw new Error("403");
  };
  return world;
}

describe("the claim", () => {
  it("is made for the targets that were decided although another could not be", async () => {
    const world = busy();
    const { targets } = await run(world, [config({ name: "gone" }), config()]);
    expect(targets.map(({ action, reason }) => `${action} ${reason}`)).toEqual([
      "failed ScaleError",
      "scaled ForecastQuantile",
    ]);
    expect(Object.keys(stateOf(world).targets)).toEqual(["shop/web"]);
    expect(stateOf(world).targets["shop/web"]?.changes).toEqual([{ at: NOW, from: 2, to: 5 }]);
  });

  it("is not made where nothing was decided", async () => {
    const world = busy();
    await run(world, [config({ name: "gone" })]);
    expect(world.calls).not.toContain("claim");
  });

  it.each([
    [86_400, []],
    [86_399, ["shop/old"]],
  ])("keeps the memory of others that is %d s older than the newest of them: %j", async (older, kept) => {
    const world = busy({ state: remembering({ "shop/old": seenAt(NOW - older), "shop/new": seenAt(NOW) }) });
    await run(world);
    expect(Object.keys(stateOf(world).targets).sort()).toEqual(["shop/new", ...kept, "shop/web"]);
  });
});

describe("a claim that was not carried out", () => {
  it("leaves the target's memory as it was before", async () => {
    const before = seenAt(NOW - 60);
    const world = refusing(() => {}, { state: remembering({ "shop/web": before }) });
    await run(world);
    expect(stateOf(world).targets["shop/web"]).toEqual(before);
  });

  it("leaves no memory where there was none", async () => {
    const world = refusing(() => {});
    await run(world);
    expect(stateOf(world).targets).toEqual({});
  });

  it("leaves what another run has written of the target since", async () => {
    const theirs = seenAt(NOW + 1, 9);
    const world = refusing((w) => {
      w.state = { ...remembering({ "shop/web": theirs }), version: w.state.version + 1 };
    });
    await run(world);
    expect(stateOf(world).targets["shop/web"]).toEqual(theirs);
  });

  it("is taken back over the version that the claim left, without another reading, where the store knows it", async () => {
    const world = refusing(() => {});
    const ports = fakePorts(world);
    const state = { ...ports.state, written: () => String(world.state.version) };
    await run(world, [config()], { ...ports, state });
    expect(world.calls.filter((call) => /state|claim/.test(call))).toEqual(["state", "claim", "claim"]);
    expect(stateOf(world).targets).toEqual({});
  });

  it("stays where the state cannot be read again: one undone change too many is harmless", async () => {
    const world = busy();
    world.onCall = (call) => {
      if (call.startsWith("scale web") || (call === "state" && world.calls.includes("claim"))) throw new Error("503");
    };
    const { targets } = await run(world);
    expect(targets[0]).toMatchObject({ action: "failed", from: 2, to: 2 });
    expect(stateOf(world).targets["shop/web"]?.changes).toEqual([{ at: NOW, from: 2, to: 5 }]);
  });
});

describe("memory that does not fit", () => {
  /** Another job's targets fill the state, and were seen after ours: its clock is ahead of ours. */
  const changes = Array.from({ length: 200 }, (_, i) => ({ at: NOW - 1790 + 8 * i, from: 1000 + i, to: 1001 + i }));
  const full = Object.fromEntries(
    Array.from({ length: 120 }, (_, i) => [`other/w${i}`, { ...seenAt(NOW + 10), changes }]),
  );

  it.each([1, 3, 4])("of %d targets: each fails by name, and none is scaled", async (count) => {
    const targets = Array.from({ length: count }, (_, i) => config({ name: `w${i}` }));
    const replicas = Object.fromEntries(targets.map(({ name }) => [name, 2]));
    const world = busy({ replicas, state: remembering({}) });
    const ports = fakePorts(world);
    const state = { ...ports.state, read: async () => ({ state: { version: 1, targets: full }, version: "1" }) };
    const result = await run(world, targets, { ...ports, state });
    expect(result.exitCode).toBe(1);
    for (const outcome of result.targets) expect(outcome).toMatchObject({ action: "failed", reason: "StateFull" });
    expect(world.replicas).toEqual(replicas);
  });

  it("of one target alone: that one fails by name, the others are claimed and scaled", async () => {
    const targets = [0, 1, 2].map((i) => config({ name: `w${i}` }));
    const world = busy({ replicas: { w0: 2, w1: 2, w2: 2 } });
    const ports = fakePorts(world);
    const result = await run(world, targets, { ...ports, state: { ...ports.state, leftOut: () => ["shop/w1"] } });
    expect(result.targets.map(({ action, reason }) => `${action} ${reason}`)).toEqual([
      "scaled ForecastQuantile",
      "failed StateFull",
      "scaled ForecastQuantile",
    ]);
    expect(result.targets[1]!.message).toContain("that of 1 of 3 targets");
    expect(Object.keys(stateOf(world).targets)).toEqual(["shop/w0", "shop/w2"]);
    expect(world.replicas).toEqual({ w0: 5, w1: 2, w2: 5 });
  });
});
