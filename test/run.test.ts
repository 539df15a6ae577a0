/** One run over fake ports: order of claim and act, failures, conflicts, several runs in one process. */
import { describe, expect, it } from "vitest";
import { runOnce } from "../job/run.ts";
import { config, NOW } from "./fakes/config.ts";
import { last } from "./fakes/forecaster.ts";
import { type FakeWorld, fakePorts, fakeWorld } from "./fakes/ports.ts";

const options = { forecaster: last };
const run = (world: FakeWorld, targets = [config()], extra = {}) =>
  runOnce(fakePorts(world), targets, { ...options, ...extra });

describe("runOnce", () => {
  it("scales out to the demand, claiming before acting", async () => {
    const world = fakeWorld({ load: () => 2.2 });
    const result = await run(world);
    expect(result).toMatchObject({
      exitCode: 0,
      now: NOW,
      targets: [{ name: "web", action: "scaled", from: 2, to: 5, reason: "ForecastQuantile" }],
    });
    expect(world.replicas.web).toBe(5);
    expect(world.calls.indexOf("claim")).toBeLessThan(world.calls.indexOf("scale web 2 5"));
    expect(Object.keys(result.timings).sort()).toEqual(["act", "decide", "history", "scale", "state"]);
  });

  it("changes nothing when it is run again at once", async () => {
    const world = fakeWorld({ load: () => 2.2 });
    await run(world);
    const second = await run(world);
    expect(second.targets[0]).toMatchObject({ action: "unchanged", from: 5, to: 5, reason: "DesiredWithinRange" });
  });

  it("scales in only when the window agrees", async () => {
    const world = fakeWorld({ load: () => 2.2 });
    await run(world);
    world.load = (_, time) => (time > NOW ? 0.4 : 2.2);
    const seen: number[] = [];
    for (let minute = 1; minute <= 7; minute++) {
      world.now = NOW + 60 * minute;
      await run(world);
      seen.push(world.replicas.web!);
    }
    // The wish of 5 at minute 0 leaves the window of 300 s with minute 5.
    expect(seen).toEqual([5, 5, 5, 5, 1, 1, 1]);
  });

  it("writes nothing in a dry run", async () => {
    const world = fakeWorld({ load: () => 2.2 });
    const result = await run(world, [config()], { dryRun: true });
    expect(result.targets[0]).toMatchObject({
      action: "scaled",
      from: 2,
      to: 5,
      message: expect.stringContaining("dry run"),
    });
    expect(world.replicas.web).toBe(2);
    expect(world.calls.filter((call) => /claim|scale/.test(call))).toEqual([]);
  });

  it("leaves the replicas when the source cannot be asked, and says what was tried", async () => {
    const world = fakeWorld({
      onCall: (call) => {
        if (call === "now")
          throw Object.assign(new Error("POST query: no answer", { cause: new Error("ECONNREFUSED") }), {
            name: "HistoryError",
          });
      },
    });
    const result = await run(world);
    expect(result.exitCode).toBe(1);
    expect(result.targets[0]).toMatchObject({ action: "failed", from: 2, to: 2, reason: "HistoryError" });
    expect(result.targets[0]!.message).toContain("POST query: no answer: ECONNREFUSED");
    expect(world.replicas.web).toBe(2);
  });

  it("does not let one target stop the others", async () => {
    const world = fakeWorld({ replicas: { web: 2 }, load: () => 2.2 });
    const result = await run(world, [config({ name: "gone" }), config()]);
    expect(result.targets.map((t) => t.action)).toEqual(["failed", "scaled"]);
    expect(result.exitCode).toBe(1);
  });
});
