/** The brake of the fleet over the slices of a run: none slips through before enough of the fleet is known, and none waits for ever. */
import { describe, expect, it } from "vitest";
import { placeOf } from "../../job/core/state/rendezvous.ts";
import type { Ports } from "../../job/ports.ts";
import { MAX_SLICE_TARGETS } from "../../job/run/slices.ts";
import { runOnce } from "../../job/run.ts";
import { DROP, fleet, fleetWorld, heldNames, minutes, scaledIn } from "../fakes/fleet.ts";
import { last } from "../fakes/forecaster.ts";
import { type FakeWorld, fakePorts } from "../fakes/ports.ts";
import { turnsPass } from "../fakes/turns.ts";

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
      const world = fleetWorld(targets, (i) => i < fallen);
      const run = await runOnce(spread(world, count), targets, { forecaster: last, fleetDrop: DROP });
      expect(scaledIn(run.targets)).toEqual([]);
      expect(heldNames(run.targets)).toHaveLength(fallen);
    }
    const few = fleetWorld(targets, (i) => i < 12);
    const run = await runOnce(spread(few, count), targets, { forecaster: last, fleetDrop: DROP });
    expect(scaledIn(run.targets)).toHaveLength(12);
  });

  it("do not wait for one that breaks", async () => {
    const targets = fleet(24);
    const ports = spread(
      fleetWorld(targets, () => true),
      3,
      true,
    );
    const run = await runOnce(ports, targets, { forecaster: last, fleetDrop: DROP });
    const failed = run.targets.filter(({ action }) => action === "failed");
    expect(failed.length).toBeGreaterThan(0);
    expect(scaledIn(run.targets)).toEqual([]);
    expect(heldNames(run.targets)).toHaveLength(24 - failed.length);
  });

  it("are not known by one that breaks after it was decided", async () => {
    // one object's targets want more, are decided first, and break; of the others most want to halve, together and not alone
    const targets = fleet(24);
    const place = (name: string) => placeOf(`shop/${name}`, 3);
    const breaks = place("web-0");
    const world = fleetWorld(targets, (i) => place(`web-${i}`) !== breaks);
    const fallen = targets.filter(({ name }) => place(name) !== breaks);
    const load = world.load;
    world.load = (name, time) => (place(name) === breaks ? 9 : load(name, time));
    const ports = spread(world, 3);
    const scale: Ports["scaler"]["scale"] = (target, ...given) => {
      if (place(target.name) === breaks) throw new Error("broken");
      return ports.scaler.scale(target, ...given);
    };
    const read: Ports["history"]["read"] = async (queries, ...given) => {
      const after = (place(queries[0]!.target.name) - breaks + 3) % 3;
      // one slice after the other, the broken one first
      await turnsPass(1000 * after);
      return ports.history.read(queries, ...given);
    };
    const late = { ...ports, scaler: { ...ports.scaler, scale }, history: { ...ports.history, read } };
    const run = await runOnce(late, targets, { forecaster: last, fleetDrop: DROP });
    expect(scaledIn(run.targets)).toEqual([]);
    expect(heldNames(run.targets)).toHaveLength(fallen.length);
  });

  it.each([
    [12, 1],
    [24, 3],
    [24, 2],
  ])(
    "of %i targets do not wait past the time for reading; what is not known by then may want it too: 1 of %i known does",
    async (count, every) => {
      const targets = fleet(count);
      const known = targets.filter(({ name }) => placeOf(`shop/${name}`, 3) !== placeOf("shop/web-0", 3));
      const falls = new Set(known.filter((_, i) => i % every === 0).map(({ name }) => name));
      const ports = spread(
        fleetWorld(targets, (i) => falls.has(`web-${i}`)),
        3,
      );
      const end = new AbortController();
      const hung = placeOf("shop/web-0", 3);
      const read: Ports["history"]["read"] = async (queries, now, signal) => {
        if (queries.some(({ target }) => placeOf(`shop/${target.name}`, 3) === hung)) {
          await new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error("time is over"))));
        }
        return ports.history.read(queries, now, signal);
      };
      const patient = {
        ...ports,
        history: { ...ports.history, read },
        clock: { ...ports.clock, after: () => end.signal },
      };
      // the time is over once all others were decided, however slow this machine is
      let decided = 0;
      const forecaster: typeof last = (...given) => {
        // a little later, so that the last of them is remembered as well
        if (++decided === known.length) void turnsPass(1000).then(() => end.abort());
        return last(...given);
      };
      const run = await runOnce(patient, targets, { forecaster, fleetDrop: DROP, timeout: 45 });
      expect(scaledIn(run.targets)).toEqual([]);
      expect(new Set(heldNames(run.targets))).toEqual(falls);
      expect(run.targets.find(({ reason }) => reason === "FleetDrop")!.message).toMatch(
        new RegExp(
          `^${falls.size} of ${known.length} targets want to .*, and ${count - known.length} others were not decided in time, as`,
        ),
      );
    },
  );
});

describe("slices", () => {
  it("are each judged before they act, by themselves and with all before: none slips through", async () => {
    const targets = fleet(3 * MAX_SLICE_TARGETS);
    const runs = await minutes(
      fleetWorld(targets, () => true),
      targets,
      3,
      DROP,
    );
    expect(runs.flatMap(scaledIn)).toEqual([]);
    // a third of the fleet, all of it in the last slice
    const late = await minutes(
      fleetWorld(targets, (i) => i >= 2 * MAX_SLICE_TARGETS),
      targets,
      3,
      DROP,
    );
    expect(late.flatMap(scaledIn)).toEqual([]);
  });
});
