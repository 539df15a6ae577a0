/** The brake of the fleet: it only ever holds scale-ins, of most and not of some, tells why, and lets a drop that lasts go on. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NOW } from "../fakes/config.ts";
import { DROP, fleet, fleetWorld, heldNames, indexOfName, minutes, quick, scaledIn } from "../fakes/fleet.ts";
import { fakeWorld, stateOf } from "../fakes/ports.ts";

describe("a drop of the fleet", () => {
  const targets = fleet(20);

  it("is held by name, while as much of it goes on without the setting", async () => {
    const without = await minutes(
      fleetWorld(targets, (i) => i < 12),
      targets,
      3,
      undefined,
    );
    expect(without.flatMap(scaledIn)).toHaveLength(12);
    const world = fleetWorld(targets, (i) => i < 12);
    const [first, , third] = await minutes(world, targets, 3, DROP);
    for (const outcomes of [first!, third!]) {
      expect(scaledIn(outcomes)).toEqual([]);
      expect(heldNames(outcomes)).toEqual(targets.slice(0, 12).map(({ name }) => name));
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
    expect(stateOf(world).targets["shop/web-0"]).toMatchObject({ changes: [], lastWritten: null, heldSince: NOW });
    expect(stateOf(world).targets["shop/web-12"]).not.toHaveProperty("heldSince");
  });

  it("that lasts is followed in the end, and not held anew", async () => {
    const world = fleetWorld(targets, () => true);
    const runs = await minutes(world, targets, 16, DROP);
    const first = runs.findIndex((outcomes) => heldNames(outcomes).length > 0);
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
      fleetWorld(slow, () => true),
      slow,
      14,
      DROP,
    );
    expect(runs.map((outcomes) => scaledIn(outcomes).length).slice(11)).toEqual([20, 20, 20]);
  });

  it("that goes and comes is a new one each time", async () => {
    const world = fleetWorld(targets, () => true);
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
    const world = fleetWorld(targets, () => true);
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
      fleetWorld(some, (i) => i < fallen),
      some,
      3,
      drop,
    );
    expect(runs.flatMap(scaledIn)).toHaveLength(fallen);
    expect(runs.flatMap(heldNames)).toEqual([]);
  });

  it("counts those only that could shrink by more than half", async () => {
    const quiet = fleet(40).map((target, i) => (i < 20 ? target : { ...target, minReplicas: 8 }));
    const runs = await minutes(
      fleetWorld(quiet, () => true),
      quiet,
      3,
      DROP,
    );
    expect(runs.flatMap(scaledIn)).toEqual([]);
  });

  it("holds a ceiling from nobody: who lowers maxReplicas is obeyed at once", async () => {
    const capped = fleet(20, { maxReplicas: 3 });
    const [first] = await minutes(
      fleetWorld(capped, () => false),
      capped,
      1,
      DROP,
    );
    expect(scaledIn(first!)).toHaveLength(20);
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
              load: (name) => each[indexOfName(name)]!.load,
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
