/** Who is overtaken: lost claims, changed replicas, refused writes, overlapping runs. */
import { describe, expect, it } from "vitest";
import { encode, encodeTarget } from "../job/core/state/codec.ts";
import { BLANK } from "../job/core/state/memory.ts";
import { runOnce } from "../job/run.ts";
import { behavior, config, NOW } from "./fakes/config.ts";
import { last } from "./fakes/forecaster.ts";
import { type FakeWorld, fakePorts, fakeWorld, stateOf } from "./fakes/ports.ts";

const run = (world: FakeWorld, targets = [config()]) => runOnce(fakePorts(world), targets, { forecaster: last });
const busy = (more: Partial<FakeWorld> = {}) => fakeWorld({ load: () => 2.2, ...more });
const memoryOf = (world: FakeWorld, name = "web") => stateOf(world).targets[`shop/${name}`];

/** Does something at the first `times` calls of this name. */
function at(call: string, times: number, work: (world: FakeWorld) => void): FakeWorld {
  let left = times;
  const world = busy();
  world.onCall = (name) => {
    if (name.startsWith(call) && left-- > 0) work(world);
  };
  return world;
}

describe("a lost claim", () => {
  const overtake = (world: FakeWorld) => {
    world.state.version++;
  };

  it("to a run with other targets is made again, for the same decision", async () => {
    const world = at("claim", 1, overtake);
    const result = await run(world);
    expect(result.targets[0]).toMatchObject({ action: "scaled", to: 5 });
    expect(world.calls.filter((call) => call === "read web")).toHaveLength(1);
  });

  it("to a run of the same target is left to the next run, and that run's memory stays", async () => {
    const theirs = { ...BLANK, recommendations: [{ at: NOW, replicas: 9 }] };
    const world = at("claim", 1, (w) => {
      const targets = { "shop/web": theirs };
      w.state = { text: encode({ version: 1, targets }), version: w.state.version + 1 };
    });
    const result = await run(world);
    expect(result).toMatchObject({
      exitCode: 0,
      targets: [{ action: "held", from: 2, to: 2, reason: "StateConflict" }],
    });
    expect(world.replicas.web).toBe(2);
    expect(memoryOf(world)).toEqual(theirs);
  });

  it("is left to the next run the second time", async () => {
    const world = at("claim", 2, overtake);
    expect((await run(world)).targets[0]).toMatchObject({ action: "held", reason: "StateConflict" });
    expect(world.calls.filter((call) => call.startsWith("scale"))).toEqual([]);
  });
});

describe("two jobs on one store", () => {
  it("that start in the same second all decide, every minute", async () => {
    const world = busy({ replicas: { web: 2, api: 2 }, load: (_, time) => 1 + ((time / 60) % 5) });
    for (let minute = 0; minute < 10; minute++) {
      world.now = NOW + 60 * minute;
      const both = await Promise.all([run(world), run(world, [config({ name: "api" })])]);
      expect(both.map(({ targets }) => targets[0]?.reason)).not.toContain("StateConflict");
    }
    expect(Object.keys(stateOf(world).targets).sort()).toEqual(["shop/api", "shop/web"]);
  });
});

describe("changed replicas", () => {
  it("are left to the next run, which decides upon them", async () => {
    const world = at("scale web", 1, (w) => {
      w.replicas.web = 3;
    });
    const first = await run(world);
    expect(first).toMatchObject({ exitCode: 0, targets: [{ action: "held", from: 2, reason: "ScaleConflict" }] });
    expect(world.replicas.web).toBe(3);
    expect(memoryOf(world)).toBeUndefined();
    world.now += 60;
    expect((await run(world)).targets[0]).toMatchObject({ action: "scaled", from: 3, to: 5 });
    expect(memoryOf(world)?.changes).toEqual([{ at: NOW + 60, from: 3, to: 5 }]);
  });

  it("never count as our write undone, however often they change in between", async () => {
    const world = at("scale web", 99, (w) => {
      w.replicas.web = (w.replicas.web ?? 0) === 3 ? 2 : 3;
    });
    for (let minute = 0; minute < 6; minute++) {
      world.now = NOW + 60 * minute;
      expect((await run(world)).targets[0]?.reason).toBe("ScaleConflict");
    }
  });
});

describe("a refused write", () => {
  it("fails that target, says why, and takes the act out of the memory again", async () => {
    const world = at("scale api", 9, () => {
      throw Object.assign(new Error("PATCH api/scale: 403 forbidden"), { name: "ScaleError" });
    });
    world.replicas = { web: 2, api: 2 };
    const result = await run(world, [config({ name: "api" }), config()]);
    expect(result.exitCode).toBe(1);
    expect(result.targets).toMatchObject([
      { name: "api", action: "failed", from: 2, to: 2, reason: "ScaleError", message: expect.stringContaining("403") },
      { name: "web", action: "scaled", to: 5 },
    ]);
    expect(memoryOf(world, "api")?.changes ?? []).toEqual([]);
    expect(memoryOf(world)?.changes).toHaveLength(1);
  });

  it("does not look like another writer, however often it happens", async () => {
    const world = at("scale", 99, () => {
      throw new Error("403");
    });
    for (let i = 0; i < 6; i++) {
      world.now = NOW + 60 * i;
      expect((await run(world)).targets[0]?.action).toBe("failed");
    }
  });
});

describe("the store", () => {
  it.each(["state", "claim"])("that fails at %s stops every write", async (call) => {
    const world = at(call, 9, () => {
      throw Object.assign(new Error("GET configmap: 503"), { name: "StateError" });
    });
    const result = await run(world);
    expect(result).toMatchObject({ exitCode: 1, targets: [{ action: "failed", reason: "StateError" }] });
    expect(world.replicas.web).toBe(2);
  });

  it.each([172_800, 3e8])("keeps the memory of another job when its own clock is %d s ahead", async (ahead) => {
    const world = busy({ replicas: { web: 2, api: 2 } });
    for (let minute = 0; minute < 5; minute++) {
      world.now = NOW + 60 * minute;
      await run(world, [config({ name: "api" })]);
      world.now = NOW + 60 * minute + ahead;
      await run(world);
    }
    const { targets } = stateOf(world);
    expect(Object.keys(targets).sort()).toEqual(["shop/api", "shop/web"]);
    expect(targets["shop/api"]!.recommendations.length).toBeGreaterThan(0);
  });

  it("keeps what it knows of other targets, until it is a day older than the newest of them", async () => {
    const world = busy({ replicas: { web: 2, api: 2, db: 2 } });
    const known = () => Object.keys(stateOf(world).targets).sort();
    await run(world, [config({ name: "api" })]);
    world.now += 90_000;
    await run(world);
    expect(known()).toEqual(["shop/api", "shop/web"]);
    await run(world, [config({ name: "db" })]);
    await run(world);
    expect(known()).toEqual(["shop/db", "shop/web"]);
  });
});

describe("targets that do not fit one state", () => {
  const targets = (count: number) =>
    Array.from({ length: count }, (_, i) => {
      const policies = [{ type: "Pods", value: 100, periodSeconds: 1800 }] as const;
      return config({ name: `w${i}`, behavior: behavior({ policies }) });
    });
  /** 200 changes a target, some 2 kB. */
  const changes = Array.from({ length: 200 }, (_, i) => ({ at: NOW - 1790 + 8 * i, from: 1000 + i, to: 1001 + i }));
  const crowded = (count: number) => {
    const all = targets(count);
    const memory = encodeTarget({ ...BLANK, changes, recommendations: [{ at: NOW - 60, replicas: 2 }] });
    const text = `{"v":1,"t":{${all.map(({ name }) => `"shop/${name}":${memory}`).join()}}}`;
    const replicas = Object.fromEntries(all.map(({ name }) => [name, 2]));
    return [busy({ replicas, state: { text, version: 1 } }), all] as const;
  };

  it("fail by name, and all others go on, run by run", async () => {
    const [world, all] = crowded(120);
    const names: string[][] = [];
    for (let i = 0; i < 3; i++) {
      world.now += 1;
      const { targets, exitCode } = await run(world, all);
      const failed = targets.filter(({ action }) => action === "failed");
      const kept = Object.keys(stateOf(world).targets);
      expect(failed.length).toBe(120 - kept.length);
      expect(failed.length).toBeGreaterThan(10);
      for (const { namespace, name, reason, failed: what, from, to, message } of failed) {
        expect({ reason, what }).toEqual({ reason: "StateFull", what: "state" });
        expect(message).toContain(`${failed.length} of 120 targets does not: raise state.configMap.count`);
        expect(from).toBe(to);
        expect(kept).not.toContain(`${namespace}/${name}`);
        expect(world.replicas[name]).toBe(2);
      }
      expect(exitCode).toBe(1);
      names.push(failed.map(({ name }) => name));
    }
    // who fits goes on fitting; a place that becomes free is taken
    expect(names[0]).toEqual(expect.arrayContaining(names[1]!));
    expect(names[1]).toEqual(expect.arrayContaining(names[2]!));
  });

  it("do not push out what is remembered: it is the new one that fails", async () => {
    const [world, all] = crowded(75);
    await run(world, all);
    const before = Object.keys(stateOf(world).targets);
    expect(before).toHaveLength(75);
    const [, more] = crowded(120);
    for (const { name } of more) world.replicas[name] ??= 2;
    const full = stateOf(world).targets["shop/w0"]!;
    const crowd = Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`other/x${i}`, { ...full, changes }]));
    const state = stateOf(world);
    world.state = { text: encode({ ...state, targets: { ...state.targets, ...crowd } }), version: 9 };
    const { targets } = await run(world, more);
    const failed = targets.flatMap(({ name, reason }) => (reason === "StateFull" ? [name] : []));
    for (const name of failed) expect(before).not.toContain(`shop/${name}`);
    expect(Object.keys(stateOf(world).targets)).toEqual(expect.arrayContaining(before));
  });

  it("are none where all fit", async () => {
    const [world, all] = crowded(60);
    await run(world, all);
    expect(Object.keys(stateOf(world).targets)).toHaveLength(60);
    expect(world.logs).toEqual([]);
  });
});

describe("another writer", () => {
  it("that undoes us again and again stops us, with a reason", async () => {
    const world = busy();
    const reasons: string[] = [];
    for (let i = 0; i < 6; i++) {
      world.now = NOW + 60 * i;
      world.replicas.web = 2;
      reasons.push((await run(world)).targets[0]!.reason);
    }
    expect(reasons).toEqual([
      "ForecastQuantile",
      "ForecastQuantile",
      "ForecastQuantile",
      "Overruled",
      "Overruled",
      "Overruled",
    ]);
  });
});

describe("overlapping runs", () => {
  it("change the replicas once, to the same number, and remember one act", async () => {
    const world = busy();
    const results = await Promise.all([run(world), run(world), run(world)]);
    expect(world.replicas.web).toBe(5);
    expect(world.calls.filter((call) => call === "scale web 2 5").length).toBeGreaterThanOrEqual(1);
    expect(results.filter((r) => r.targets[0]?.action === "scaled")).toHaveLength(1);
    expect(memoryOf(world)?.changes).toEqual([{ at: NOW, from: 2, to: 5 }]);
  });
});
