/** Notifying after real runs over ports in memory: once, remembered before it is sent, and never a part of what is done. */
import { expect, test } from "vitest";
import { encode } from "../../job/core/state/codec.ts";
import { BLANK } from "../../job/core/state/memory.ts";
import type { Notification, Notifier } from "../../job/ports.ts";
import { keyOf } from "../../job/run/memory.ts";
import { notify } from "../../job/run/notify.ts";
import { runOnce } from "../../job/run.ts";
import { config, NOW } from "../fakes/config.ts";
import { last } from "../fakes/forecaster.ts";
import { type FakeWorld, fakePorts, fakeWorld, reading, stateOf } from "../fakes/ports.ts";

const lost = new Error("no answer");

/** A world, and a notifier that keeps what it gets unless `broken`. */
function setUp(overrides: Partial<FakeWorld> = {}) {
  const world = fakeWorld({ load: () => 2.2, replicas: { web: 5 }, now: NOW - (NOW % 3600) + 600, ...overrides });
  const heard: string[] = [];
  const wire = { broken: false, sent: 0 };
  const notifier: Notifier = {
    send: async (sent: readonly Notification[]) => {
      wire.sent += 1;
      if (wire.broken) throw new Error("webhook h: 503");
      heard.push(...sent.map(({ outcome, what, phase }) => `${outcome.name} ${what} ${phase}`));
    },
  };
  const minute = async (targets = [config()]) => {
    world.now += 60;
    world.calls = [];
    const ports = fakePorts(world);
    const run = await runOnce(ports, targets, { forecaster: last });
    const calls = world.calls.length;
    await notify(ports, notifier, targets, run);
    return { run, calls: world.calls.slice(calls) };
  };
  return { world, heard, wire, minute };
}

test("a change is told once, and costs no call to the API server", async () => {
  const { heard, minute } = setUp({ replicas: { web: 3 } });
  const { calls } = await minute();
  expect(calls).toEqual([]);
  await minute();
  expect(heard).toEqual(["web scaled began"]);
});

test("a quiet run tells nothing and asks nothing", async () => {
  const { wire, minute } = setUp();
  const { run, calls } = await minute();
  expect({ action: run.targets[0]!.action, calls, sent: wire.sent }).toEqual({
    action: "unchanged",
    calls: [],
    sent: 0,
  });
});

test("a failure is told when it begins and when it has been over for ten minutes; the minutes between write nothing", async () => {
  const { world, heard, minute } = setUp();
  await minute();
  world.history = () => lost;
  expect((await minute()).calls).toEqual(["state", "claim"]);
  for (let i = 0; i < 20; i++) expect((await minute()).calls).toEqual([]);
  expect(heard).toEqual(["web failed began"]);
  delete world.history;
  expect((await minute()).calls).toEqual(["state", "claim"]);
  for (let i = 0; i < 11; i++) await minute();
  expect(heard).toEqual(["web failed began", "web failed ended"]);
  expect(stateOf(world).targets[keyOf(config())]).not.toHaveProperty("notified");
});

test("a source that answers without fresh data is told of as soon as the target counts as blind", async () => {
  const { world, heard, minute } = setUp();
  await minute();
  const stale = reading(() => 2.2, world.now - 200);
  world.history = () => stale;
  for (let i = 0; i < 30; i++) {
    const { run } = await minute();
    expect(run.exitCode).toBe(heard.length);
  }
  expect(heard).toEqual(["web blind began"]);
});

test("a target that was never there is told of once, though nothing else is remembered of it; its neighbour goes on", async () => {
  const { world, heard, minute } = setUp();
  const scaleTargetRef = { apiVersion: "apps/v1", kind: "StatefulSet", name: "set" };
  const targets = [config(), config({ name: "gone" }), config({ name: "set", scaleTargetRef })];
  // another job's memory in the same store, by which old ones are forgotten
  const recommendations = [{ at: world.now, replicas: 2 }];
  world.state.text = encode({ version: 1, targets: { "data/db": { ...BLANK, recommendations } } });
  for (let i = 0; i < 30; i++) await minute(targets);
  expect(heard).toEqual(["gone failed began", "set failed began"]);
});

test("what nobody got is told by the next run, with the memory and the outcome as without it", async () => {
  const { world, heard, wire, minute } = setUp();
  await minute();
  world.history = () => lost;
  wire.broken = true;
  const { run } = await minute();
  expect(run.targets[0]!.action).toBe("failed");
  expect(world.logs).toContain("warn: webhook h: 503; what was done is unchanged");
  expect(stateOf(world).targets[keyOf(config())]).not.toHaveProperty("notified");
  wire.broken = false;
  await minute();
  expect(heard).toEqual(["web failed began"]);
});

test.each<[string, string]>([
  ["be read", "state"],
  ["be written", "claim"],
])("where the state cannot %s, a failure is told once an hour", async (_name, call) => {
  const { world, heard, minute } = setUp();
  await minute();
  world.onCall = (name) => {
    if (name === call) throw new Error("403");
  };
  for (let i = 0; i < 150; i++) {
    const { run } = await minute();
    expect(run.exitCode).toBe(1);
  }
  expect(heard).toEqual(["web failed began", "web failed began"]);
});

test("a claim that another run was faster with is tried once more, over what that run left", async () => {
  const { world, heard, minute } = setUp();
  await minute();
  world.history = () => lost;
  let claims = 0;
  world.onCall = (name) => {
    // the second claim of the run is the notifier's first
    if (name === "claim" && ++claims === 2) world.state = { ...world.state, version: world.state.version + 1 };
  };
  const { calls } = await minute();
  expect(calls).toEqual(["state", "claim", "state", "claim"]);
  world.onCall = () => {};
  await minute();
  expect(heard).toEqual(["web failed began"]);
});

test("one that is lost twice is left to the next run", async () => {
  const { world, wire, minute } = setUp();
  await minute();
  world.history = () => lost;
  let claims = 0;
  world.onCall = (name) => {
    if (name === "claim" && ++claims > 1) world.state = { ...world.state, version: world.state.version + 1 };
  };
  const { calls } = await minute();
  expect(calls).toEqual(["state", "claim", "state", "claim"]);
  expect(world.logs).toContain("debug: cannot remember what people were notified of: other runs wrote the state first");
  expect(wire.sent).toBe(0);
});
