/** One run over fake ports: order of claim and act, failures, conflicts, several runs in one process. */
import { describe, expect, it } from "vitest";
import { encode } from "../job/core/state/codec.ts";
import { type RunResult, runFor, runOnce } from "../job/run.ts";
import { behavior, config, NOW } from "./fakes/config.ts";
import { last } from "./fakes/forecaster.ts";
import { type FakeWorld, fakePorts, fakeWorld, stateOf } from "./fakes/ports.ts";

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
    // The recommendation of 5 at minute 0 leaves the window of 300 s with minute 5.
    expect(seen).toEqual([5, 5, 5, 5, 1, 1, 1]);
  });

  it("scales in at once when the window is no longer than the interval", async () => {
    const target = config({ behavior: behavior({}, { stabilizationWindowSeconds: 60 }) });
    const world = fakeWorld({ load: (_, time) => (time > NOW ? 0.4 : 2.2) });
    const seen: number[] = [];
    for (const seconds of [0, 60, 120]) {
      world.now = NOW + seconds;
      await run(world, [target]);
      seen.push(world.replicas.web!);
    }
    expect(seen).toEqual([5, 1, 1]);
  });

  it("writes nothing in a dry run", async () => {
    const world = fakeWorld({ load: () => 2.2 });
    const result = await run(world, [config()], { dryRun: true });
    expect(result).toMatchObject({
      dryRun: true,
      targets: [{ namespace: "shop", action: "wouldScale", from: 2, to: 5 }],
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

  it("acts on the fallback when metrics are missing for long, and that is no failure", async () => {
    const target = config({ fallback: { after: 120, replicas: 6 } });
    const world = fakeWorld({ history: () => Object.assign(new Error("503"), { name: "HistoryError" }) });
    const actions: string[] = [];
    for (const seconds of [0, 60, 120, 180]) {
      world.now = NOW + seconds;
      const { targets } = await run(world, [target]);
      actions.push(`${targets[0]!.action} ${targets[0]!.reason} ${world.replicas.web}`);
    }
    expect(actions).toEqual([
      "failed HistoryError 2",
      "failed HistoryError 2",
      "scaled FallbackReplicas 6",
      "failed HistoryError 6",
    ]);
  });

  it("holds on an empty answer", async () => {
    const empty = {
      samples: { times: new Float64Array(0), values: new Float64Array(0) },
      partial: false,
      seriesCount: 0,
      source: "q",
    };
    const result = await run(fakeWorld({ history: () => empty }));
    expect(result).toMatchObject({ exitCode: 0, targets: [{ action: "held", reason: "NoData", from: 2, to: 2 }] });
  });

  it("moves the floor of an HPA instead of the replicas", async () => {
    const world = fakeWorld({
      load: () => 2.2,
      replicas: { web: 4 },
      floor: { web: 2 },
      conditions: { otherScaler: "HorizontalPodAutoscaler/web" },
    });
    const result = await run(world, [config({ actuator: "hpa", hpaName: "web" })]);
    expect(result.targets[0]).toMatchObject({ action: "scaled", from: 2, to: 5 });
    expect([world.floor?.web, world.replicas.web]).toEqual([5, 4]);
  });

  it("names the floor of an HPA wherever it is that which is set", async () => {
    const target = config({ actuator: "hpa", hpaName: "web" });
    const floor = /minReplicas of HorizontalPodAutoscaler\/web/;
    const broken = (work: (world: FakeWorld) => void) => {
      const world = fakeWorld({ load: () => 2.2, replicas: { web: 4 }, floor: { web: 2 } });
      world.onCall = (call) => {
        if (call.startsWith("scale")) work(world);
      };
      return run(world, [target]);
    };
    const refused = await broken(() => {
      throw new Error("422 no");
    });
    const overtaken = await broken((world) => {
      world.floor!.web = 3;
    });
    const unknown = await broken(() => {
      throw Object.assign(new Error("reset"), { uncertain: true });
    });
    const told = [refused, overtaken, unknown].map(({ targets }) => targets[0]!);
    expect(told.map(({ action, reason }) => `${action} ${reason}`)).toEqual([
      "failed Error",
      "held ScaleConflict",
      "failed Error",
    ]);
    for (const { message, object, sets } of told) {
      expect(message).toMatch(floor);
      expect(message).not.toContain("the replicas");
      expect([object, sets]).toEqual(["HorizontalPodAutoscaler/web", "minReplicas"]);
    }
  });

  it("uses the source's time, warns of a clock that is far off, and survives a broken reporter", async () => {
    const world = fakeWorld();
    const ports = fakePorts(world);
    const off = { ...ports, clock: { ...ports.clock, now: () => NOW - 60 } };
    expect((await runOnce(off, [config()], options)).now).toBe(NOW);
    expect(world.logs.join()).toContain("60.0 s away");
    const broken = {
      ...ports.reporter,
      tick: () => {
        throw new Error("disk full");
      },
    };
    expect((await runOnce({ ...ports, reporter: broken }, [config()], options)).exitCode).toBe(0);
  });

  it("passes a warning about unusable state on and starts without memory", async () => {
    const world = fakeWorld({ load: () => 0.4, replicas: { web: 8 } });
    const ports = fakePorts(world);
    const state = {
      ...ports.state,
      read: async () => ({ ...(await ports.state.read()), warning: "state is not JSON" }),
    };
    const result = await runOnce({ ...ports, state }, [config()], options);
    expect(result.targets[0]).toMatchObject({ action: "held", from: 8, reason: "ScaleDownStabilized" });
    expect(world.logs).toContain("warn: state is not JSON");
    expect(stateOf(world).targets["shop/web"]?.recommendations).toHaveLength(2);
  });
});

describe("runFor", () => {
  it("runs at every slot that fits, each with the shorter interval", async () => {
    const world = fakeWorld({ load: () => 2.2 });
    const { runs, exitCode } = await runFor(fakePorts(world), [config()], { ...options, every: 15, for: 50 });
    expect(runs.map((r) => r.now - NOW)).toEqual([0, 15, 30, 45].map((s) => expect.closeTo(s, 0)));
    expect(exitCode).toBe(0);
    expect(runs.map((r) => r.targets[0]?.action)).toEqual(["scaled", "unchanged", "unchanged", "unchanged"]);
  });

  it("tells of each run when it is done, so that a change in the first is announced although the last changed nothing", async () => {
    const seen: string[] = [];
    const after = async ({ targets, now }: RunResult) => {
      seen.push(`${Math.round(now - NOW)} ${targets[0]!.action}`);
    };
    const world = fakeWorld({ load: () => 2.2 });
    await runFor(fakePorts(world), [config()], { ...options, every: 15, for: 32, after });
    expect(seen).toEqual(["0 scaled", "15 unchanged", "30 unchanged"]);
  });

  it("is as safe in each run as a process of its own: one that loses its claim acts on nothing, the next goes on", async () => {
    const world = fakeWorld({ load: () => 2.2 });
    let claims = 0;
    world.onCall = (call) => {
      // a rival decides between our reading and our claim, in the second run only; it claims what it read, so its replicas stand
      if (call !== "claim" || ++claims !== 2) return;
      const rival = { ...stateOf(world).targets["shop/web"]!, recommendations: [{ at: world.now, replicas: 9 }] };
      world.state = { text: encode({ version: 1, targets: { "shop/web": rival } }), version: world.state.version + 1 };
    };
    const { runs } = await runFor(fakePorts(world), [config()], { ...options, every: 15, for: 32 });
    expect(runs.map((r) => r.targets[0]!.reason)).toEqual(["ForecastQuantile", "StateConflict", "DesiredWithinRange"]);
    expect(world.calls.filter((call) => call.startsWith("scale"))).toEqual(["scale web 2 5"]);
  });

  it("skips slots that a slow run has swallowed, and starts none that would not end in time", async () => {
    const world = fakeWorld();
    const started: number[] = [];
    world.onCall = (call) => {
      if (call !== "now") return;
      started.push(Math.round(world.milliseconds / 1000));
      world.milliseconds += 20_000;
    };
    await runFor(fakePorts(world), [config()], { ...options, every: 15, for: 51 });
    expect(started).toEqual([0, 30]);
  });

  it("runs once when there is time for nothing more", async () => {
    const { runs } = await runFor(fakePorts(fakeWorld()), [config()], { ...options, every: 15, for: 0 });
    expect(runs).toHaveLength(1);
  });
});
