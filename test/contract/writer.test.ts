/** Somebody resets the replicas at every sync: named in the answer, the log and the Event where the Role lets us see, counted where it does not. */
import { afterEach, describe, expect, test } from "vitest";
import { WRITER_ADVICE } from "../../job/core/policy/writer.ts";
import { BLANK } from "../../job/core/state/memory.ts";
import type { Scaler } from "../../job/ports.ts";
import { nameWriters } from "../../job/run/read.ts";
import { runOnce } from "../../job/run.ts";
import { behavior, config, NOW } from "../fakes/config.ts";
import { last } from "../fakes/forecaster.ts";
import { fakePorts, fakeWorld } from "../fakes/ports.ts";
import { type FakeOptions, fakeCluster } from "./api-server.ts";

const argo = { manager: "argocd-controller", operation: "Update", fieldsV1: { "f:spec": { "f:replicas": {} } } };

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** Runs a minute apart; before each, somebody sets 3 replicas. */
async function resets(options: FakeOptions, rounds: number, manager = argo.manager) {
  const cluster = await fakeCluster(options);
  ends.push(cluster.stop);
  cluster.objects.managedFields = [{ ...argo, manager }];
  const world = fakeWorld({ load: () => 2.2 });
  const outcomes = [];
  for (let i = 0; i < rounds; i++) {
    cluster.objects.replicas = 3;
    world.now = NOW + 60 * i;
    const ports = { ...fakePorts(world), scaler: cluster.ports.scaler, state: cluster.ports.state };
    const { targets, now } = await runOnce(ports, [config()], { forecaster: last });
    await cluster.ports.events?.write(config(), targets[0]!, now);
    outcomes.push(targets[0]!);
  }
  return {
    outcomes,
    calls: cluster.calls(),
    logs: world.logs,
    events: Object.values(cluster.objects.events),
  };
}

describe("replicas that are reset at every sync", () => {
  test("allowed to look: by name, everywhere, and in the end what to do", async () => {
    const { outcomes, logs, events } = await resets(
      { inspect: true, settings: { detectScalers: true, events: true } },
      4,
    );
    expect(outcomes.map((outcome) => outcome.action)).toEqual(["scaled", "scaled", "scaled", "held"]);
    expect(outcomes[0]!.message).not.toContain("argocd");
    expect(outcomes[1]!.message).toMatch(/; argocd-controller set 3 replicas after our last change$/);
    expect(outcomes[2]!.message).toMatch(/, the 2nd time in a row$/);
    expect(outcomes[3]).toMatchObject({ reason: "Overruled", message: expect.stringContaining(WRITER_ADVICE) });
    expect(outcomes[1]!.trail).toContainEqual(
      expect.objectContaining({ stage: "writer", reason: "ChangedByOther", from: 3, to: 3 }),
    );
    expect(events.map(({ message }) => message.includes("argocd-controller"))).toEqual([false, true, true, true]);
    expect(events[3]).toMatchObject({
      reason: "Overruled",
      type: "Warning",
      message: expect.stringMatching(/^3 -> 3/),
    });
    expect(events[3]!.message).toContain(WRITER_ADVICE);
    // said once for the second time and once for the third: a person who scales once is not told off
    const warnings = logs.filter((line) => line.startsWith("warn"));
    expect(warnings).toHaveLength(2);
    for (const line of warnings) expect(line).toMatch(/^warn: shop\/web: argocd-controller set 3 .*ignoreDifferences/);
  });

  test("overruled for half an hour: an Event when it begins, counted up when the next try is undone too", async () => {
    // tries at minutes 0, 1, 2; overruled from 3 on; the pause is over at 33, and at 34 that try is undone
    const { outcomes, events } = await resets({ inspect: true, settings: { events: true } }, 36);
    const stopped = outcomes.flatMap(({ reason }, minute) => (reason === "Overruled" ? [minute] : []));
    expect(stopped).toEqual([...Array.from({ length: 30 }, (_, i) => 3 + i), 34, 35]);
    expect(events.filter(({ reason }) => reason === "Overruled")).toMatchObject([{ count: 2 }]);
    expect(events).toHaveLength(3 + 1 + 1);
  });

  test("with the plain Role, which shows no managedFields: by name as well, by asking for a change that is not made", async () => {
    const { outcomes, calls } = await resets({}, 4);
    expect(outcomes[1]!.message).toMatch(/; argocd-controller set 3 replicas after our last change$/);
    expect(outcomes[3]).toMatchObject({
      reason: "Overruled",
      message: expect.stringMatching(/^argocd-controller undid our last 3 changes/),
    });
    // 4 in the first run, one more from then on; the last writes no scale
    expect(calls).toHaveLength(4 + 5 + 5 + 4);
  });

  test("where even that is refused: counted", async () => {
    const forbidden = { status: 403, body: '{"reason":"Forbidden","message":"no"}' };
    const before: FakeOptions["before"] = (_call, _objects, _number, url) =>
      url.includes("dryRun") ? forbidden : undefined;
    const { outcomes } = await resets({ before }, 4);
    expect(outcomes[1]!.message).toMatch(/; another writer set 3 replicas after our last change$/);
    expect(outcomes[3]).toMatchObject({ reason: "Overruled", message: expect.stringMatching(/^another writer undid/) });
  });

  test("the API server's placeholder for a manager that it does not know is no name", async () => {
    const { outcomes } = await resets({}, 2, "before-first-apply");
    expect(outcomes[1]!.message).toMatch(/; another writer set 3 replicas after our last change$/);
  });

  test("a change that stays is asked about once, by the run that finds it", async () => {
    let asked = 0;
    const before: FakeOptions["before"] = (_call, _objects, _number, url) => {
      if (url.includes("dryRun")) asked += 1;
      return undefined;
    };
    const cluster = await fakeCluster({ before });
    ends.push(cluster.stop);
    cluster.objects.managedFields = [argo];
    const world = fakeWorld({ load: () => 2.2 });
    const target = config({ behavior: behavior({}, { selectPolicy: "Disabled" }) });
    const seen: number[] = [];
    for (let i = 0; i < 4; i++) {
      if (i === 1) cluster.objects.replicas = 8;
      world.now = NOW + 60 * i;
      const ports = { ...fakePorts(world), scaler: cluster.ports.scaler, state: cluster.ports.state };
      await runOnce(ports, [target], { forecaster: last });
      seen.push(asked);
    }
    expect(cluster.objects.replicas).toBe(8);
    expect(seen).toEqual([0, 1, 1, 1]);
  });

  test("of a thousand targets that somebody changed, a few are asked about at a time", async () => {
    let [inFlight, most, asked] = [0, 0, 0];
    const scaler: Scaler = {
      read: async () => ({ replicas: 3, conditions: {} }),
      scale: async () => "done",
      otherWriter: async () => {
        most = Math.max(most, ++inFlight);
        asked++;
        await new Promise((resolve) => setImmediate(resolve));
        inFlight--;
        return "argocd-controller";
      },
    };
    const targets = Array.from({ length: 1000 }, (_, i) => config({ name: `web-${i}` }));
    const scales = targets.map(() => ({ replicas: 3, conditions: {} }));
    const lastWritten = { at: NOW - 60, replicas: 5, overruled: 0 };
    const memory = targets.map(({ namespace, name }) => [`${namespace}/${name}`, { ...BLANK, lastWritten }] as const);
    const state = { state: { version: 1 as const, targets: Object.fromEntries(memory) }, version: "1" };
    const named = await nameWriters({ ...fakePorts(fakeWorld()), scaler }, targets, { scales, state });
    expect(
      named.every((scale) => !(scale instanceof Error) && scale.conditions.otherWriter === "argocd-controller"),
    ).toBe(true);
    expect(asked).toBe(1000);
    expect(most).toBeLessThanOrEqual(16);
  });

  test("a dry run asks nothing that is a write", async () => {
    const cluster = await fakeCluster({});
    ends.push(cluster.stop);
    const world = fakeWorld({ load: () => 2.2 });
    for (let i = 0; i < 2; i++) {
      cluster.objects.replicas = 3;
      world.now = NOW + 60 * i;
      const ports = { ...fakePorts(world), scaler: cluster.ports.scaler, state: cluster.ports.state };
      await runOnce(ports, [config()], { forecaster: last, dryRun: i === 1 });
    }
    expect(cluster.calls().slice(4)).toEqual(["GET scale", "GET state"]);
  });
});
