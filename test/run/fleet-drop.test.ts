/** The brake of the fleet: it only ever holds scale-ins, of most and not of some, tells why, and lets a drop that lasts go on. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { placeOf } from "../../job/core/state/rendezvous.ts";
import type { TargetConfig } from "../../job/core/target.ts";
import type { Outcome, Ports } from "../../job/ports.ts";
import type { FleetDrop } from "../../job/run/fleet-drop.ts";
import { SLICE } from "../../job/run/slices.ts";
import { runOnce } from "../../job/run.ts";
import { config, NOW } from "../fakes/config.ts";
import { last } from "../fakes/forecaster.ts";
import { type FakeWorld, fakePorts, fakeWorld, stateOf } from "../fakes/ports.ts";

const DROP: FleetDrop = { share: 0.5, targets: 10, hold: 600 };
const { behavior } = config();
/** No window of its own: each minute's demand is what is wanted. */
const quick = { ...behavior, scaleDown: { ...behavior.scaleDown, stabilizationWindowSeconds: 0 } };
const fleet = (count: number, more: Partial<TargetConfig> = {}) =>
  Array.from({ length: count }, (_, i) =>
    config({ name: `web-${i}`, suddenDropHold: 0, scaleDownCooldown: 0, behavior: quick, ...more }),
  );
const number = (name: string) => Number(name.split("-")[1]);

/** Eight replicas each, which 4 cores need; `fallen` have a tenth of them. */
function worldOf(targets: readonly TargetConfig[], fallen: (i: number) => boolean): FakeWorld {
  return fakeWorld({
    load: (name) => (fallen(number(name)) ? 0.4 : 4),
    replicas: Object.fromEntries(targets.map(({ name }) => [name, 8])),
  });
}

/** Runs with each minute's time; the memory of the first says that all was needed until now. */
async function minutes(world: FakeWorld, targets: readonly TargetConfig[], count: number, drop: FleetDrop | undefined) {
  const runs: (readonly Outcome[])[] = [];
  for (let i = 0; i < count; i++) {
    const run = await runOnce(fakePorts(world), targets, { forecaster: last, ...(drop && { fleetDrop: drop }) });
    runs.push(run.targets);
    world.now += 60;
  }
  return runs;
}

const scaledIn = (outcomes: readonly Outcome[]) =>
  outcomes.filter(({ action, from, to }) => action === "scaled" && to! < from!).map(({ name }) => name);
const held = (outcomes: readonly Outcome[]) =>
  outcomes.filter(({ reason }) => reason === "FleetDrop").map(({ name }) => name);

describe("a drop of the fleet", () => {
  const targets = fleet(20);

  it("is held by name, while as much of it goes on without the setting", async () => {
    const without = await minutes(
      worldOf(targets, (i) => i < 12),
      targets,
      3,
      undefined,
    );
    expect(without.flatMap(scaledIn)).toHaveLength(12);
    const world = worldOf(targets, (i) => i < 12);
    const [first, , third] = await minutes(world, targets, 3, DROP);
    for (const outcomes of [first!, third!]) {
      expect(scaledIn(outcomes)).toEqual([]);
      expect(held(outcomes)).toEqual(targets.slice(0, 12).map(({ name }) => name));
    }
    const until = new Date((NOW + 600) * 1000).toISOString();
    expect(third![0]).toMatchObject({ action: "held", from: 8, to: 8, reason: "FleetDrop" });
    expect(third![0]!.message).toMatch(
      `12 of 20 targets want to shrink by more than half at once, as when metrics are lost: held until ${until} (fleetDrop); else 8 -> `,
    );
    expect(first![0]!.standing).toEqual({ began: ["FleetDrop"], ended: [] });
    expect(third![0]!.standing).toBeUndefined();
    expect(world.logs.filter((line) => line.startsWith("warn: 12 of 20 targets"))).toHaveLength(3);
    // nothing was written, and nothing is remembered as written
    expect(stateOf(world).targets["shop/web-0"]).toMatchObject({ changes: [], lastWritten: null });
  });

  it("that lasts is followed in the end, and not held anew", async () => {
    const world = worldOf(targets, () => true);
    const runs = await minutes(world, targets, 16, DROP);
    const first = runs.findIndex((outcomes) => held(outcomes).length > 0);
    const acted = runs.findIndex((outcomes) => scaledIn(outcomes).length > 0);
    expect([first, acted]).toEqual([0, 10]);
    expect(scaledIn(runs[10]!)).toHaveLength(20);
    expect(runs[10]![0]!.standing).toBeUndefined();
    expect(runs[11]![0]!.standing).toEqual({ began: [], ended: ["FleetDrop"] });
    expect(stateOf(world).targets["shop/web-0"]).not.toHaveProperty("standing");
  });

  it("that is limited in its rate is not held anew at each step", async () => {
    const policies = [{ type: "Pods", value: 1, periodSeconds: 60 }] as const;
    const slow = fleet(20, { behavior: { ...quick, scaleDown: { ...quick.scaleDown, policies } } });
    const runs = await minutes(
      worldOf(slow, () => true),
      slow,
      14,
      DROP,
    );
    expect(runs.map((outcomes) => scaledIn(outcomes).length).slice(11)).toEqual([20, 20, 20]);
  });

  it("that goes and comes is a new one each time", async () => {
    const world = worldOf(targets, () => true);
    await minutes(world, targets, 6, DROP);
    const low = world.load;
    world.load = () => 4;
    const [back] = await minutes(world, targets, 1, DROP);
    expect(back![0]!.standing).toEqual({ began: [], ended: ["FleetDrop"] });
    world.load = low;
    const again = await minutes(world, targets, 9, DROP);
    expect(again.flatMap(scaledIn)).toEqual([]);
  });

  it("is looked at anew after a pause of the job", async () => {
    const world = worldOf(targets, () => true);
    await minutes(world, targets, 6, DROP);
    world.now += 3600;
    const [first, second] = await minutes(world, targets, 2, DROP);
    expect([first, second].flatMap((outcomes) => scaledIn(outcomes!))).toEqual([]);
  });

  it.each([
    ["as many as the share", 20, 10, DROP],
    ["a fleet of fewer than `targets`", 9, 9, DROP],
    ["a hold of 0", 20, 20, { ...DROP, hold: 0 }],
  ])("is none: %s", async (_what, count, fallen, drop) => {
    const some = fleet(count);
    const runs = await minutes(
      worldOf(some, (i) => i < fallen),
      some,
      3,
      drop,
    );
    expect(runs.flatMap(scaledIn)).toHaveLength(fallen);
    expect(runs.flatMap(held)).toEqual([]);
  });

  it("counts those only that could shrink by more than half", async () => {
    const quiet = fleet(40).map((target, i) => (i < 20 ? target : { ...target, minReplicas: 8 }));
    const runs = await minutes(
      worldOf(quiet, () => true),
      quiet,
      3,
      DROP,
    );
    expect(runs.flatMap(scaledIn)).toEqual([]);
  });

  it("holds a ceiling from nobody: who lowers maxReplicas is obeyed at once", async () => {
    const capped = fleet(20, { maxReplicas: 3 });
    const [first] = await minutes(
      worldOf(capped, () => false),
      capped,
      1,
      DROP,
    );
    expect(scaledIn(first!)).toHaveLength(20);
  });
});

describe("slices of a state of several objects", () => {
  /** So many objects, each with a fake store of its own; that of web-0 may be one that breaks a slice. */
  function spread(world: FakeWorld, count: number, broken = false): Ports {
    const parts = Array.from({ length: count }, () => fakePorts({ ...world, state: { text: null, version: 1 } }).state);
    const read = (): never => {
      throw new Error("broken");
    };
    const first = placeOf("shop/web-0", count);
    if (broken) parts[first] = { ...parts[first]!, read };
    const ports = fakePorts(world);
    return { ...ports, state: { ...ports.state, of: (key) => parts[placeOf(key, count)]! } };
  }

  it.each([2, 12, 64])("%i of them: none acts before enough of the fleet is known", async (count) => {
    const targets = fleet(24);
    for (const fallen of [13, 24]) {
      const world = worldOf(targets, (i) => i < fallen);
      const run = await runOnce(spread(world, count), targets, { forecaster: last, fleetDrop: DROP });
      expect(scaledIn(run.targets)).toEqual([]);
      expect(held(run.targets)).toHaveLength(fallen);
    }
    const few = worldOf(targets, (i) => i < 12);
    const run = await runOnce(spread(few, count), targets, { forecaster: last, fleetDrop: DROP });
    expect(scaledIn(run.targets)).toHaveLength(12);
  });

  it("do not wait for one that breaks", async () => {
    const targets = fleet(24);
    const ports = spread(
      worldOf(targets, () => true),
      3,
      true,
    );
    const run = await runOnce(ports, targets, { forecaster: last, fleetDrop: DROP });
    const failed = run.targets.filter(({ action }) => action === "failed");
    expect(failed.length).toBeGreaterThan(0);
    expect(scaledIn(run.targets)).toEqual([]);
    expect(held(run.targets)).toHaveLength(24 - failed.length);
  });

  it("do not wait past the time for reading, and then hold by what is known, were it few", async () => {
    const targets = fleet(12);
    const ports = spread(
      worldOf(targets, () => true),
      3,
    );
    const end = new AbortController();
    const hung = placeOf("shop/web-0", 3);
    const read: Ports["history"]["read"] = async (queries, now, signal) => {
      if (queries.some(({ target }) => placeOf(`shop/${target.name}`, 3) === hung)) {
        setTimeout(() => end.abort(), 50);
        await new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error("time is over"))));
      }
      return ports.history.read(queries, now, signal);
    };
    const patient = {
      ...ports,
      history: { ...ports.history, read },
      clock: { ...ports.clock, after: () => end.signal },
    };
    const run = await runOnce(patient, targets, { forecaster: last, fleetDrop: DROP, timeout: 45 });
    expect(scaledIn(run.targets)).toEqual([]);
    expect(held(run.targets).length).toBeGreaterThan(0);
  });
});

describe("slices", () => {
  it("are each judged before they act, by themselves and with all before: none slips through", async () => {
    const targets = fleet(3 * SLICE);
    const runs = await minutes(
      worldOf(targets, () => true),
      targets,
      3,
      DROP,
    );
    expect(runs.flatMap(scaledIn)).toEqual([]);
    // a third of the fleet, all of it in the last slice
    const late = await minutes(
      worldOf(targets, (i) => i >= 2 * SLICE),
      targets,
      3,
      DROP,
    );
    expect(late.flatMap(scaledIn)).toEqual([]);
  });
});

describe("whatever the fleet does", () => {
  it("a decision is as without the brake, or a scale-in is held; never one more", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ load: fc.constantFrom(0.1, 0.4, 2, 4, 9), replicas: fc.integer({ min: 0, max: 10 }) }), {
          minLength: 1,
          maxLength: 24,
        }),
        fc.record({
          share: fc.constantFrom(0.05, 0.5, 1),
          targets: fc.integer({ min: 2, max: 12 }),
          hold: fc.constantFrom(0, 120, 600),
        }),
        async (each, drop) => {
          const targets = fleet(each.length);
          const world = () =>
            fakeWorld({
              load: (name) => each[number(name)]!.load,
              replicas: Object.fromEntries(targets.map(({ name }, i) => [name, each[i]!.replicas])),
            });
          const [braked, free] = [world(), world()];
          for (let minute = 0; minute < 3; minute++) {
            // from the same memory and replicas each time
            free.state = { ...braked.state };
            free.replicas = { ...braked.replicas };
            const [[a], [b]] = [await minutes(braked, targets, 1, drop), await minutes(free, targets, 1, undefined)];
            for (const [i, { action, from, to, reason }] of a!.entries()) {
              const other = b![i]!;
              if (reason !== "FleetDrop")
                expect({ action, to, reason }).toEqual({ action: other.action, to: other.to, reason: other.reason });
              else {
                expect(to).toBe(from);
                expect(other.action).toBe("scaled");
                expect(other.to!).toBeLessThan(from!);
              }
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
