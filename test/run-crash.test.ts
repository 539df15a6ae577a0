/** A run that dies, or is overtaken, between any two port calls: nothing shrinks that was not due, bounds hold, the next run goes on. */
import { describe, expect, it } from "vitest";
import { runOnce } from "../job/run.ts";
import { config, NOW } from "./fakes/config.ts";
import { last } from "./fakes/forecaster.ts";
import { type FakeWorld, fakePorts, fakeWorld } from "./fakes/ports.ts";

const target = config({ minReplicas: 2, maxReplicas: 12 });

/** Load of a square wave: up for 10 minutes, down for 10. */
const wave = (_: string, time: number) => (Math.floor(time / 600) % 2 === 0 ? 4 : 0.6);

class Killed extends Error {}

/** One run that is killed at its k-th port call, if it has one; true when it was. */
async function killedRun(world: FakeWorld, cut: number): Promise<boolean> {
  let calls = 0;
  let dead = false;
  world.onCall = () => {
    // A killed process makes no further call: every later one fails too, and takes no effect.
    if (dead || calls++ === cut) {
      dead = true;
      throw new Killed("killed");
    }
  };
  await runOnce(fakePorts(world), [target], { forecaster: last });
  world.onCall = () => {};
  return dead;
}

/** Replicas that the wave needs, largest of the last five minutes: below this nobody may scale in. */
function due(now: number): number {
  let most = 0;
  for (let t = now - 240; t <= now; t += 15)
    most = Math.max(most, Math.ceil(wave("", Math.floor(t / 15) * 15) / 0.5 - 1e-9));
  return Math.min(12, Math.max(2, most));
}

describe("killed between any two port calls", () => {
  it("never causes a scale-in that was not due, nor leaves the bounds, and later runs catch up", async () => {
    for (let cut = 0; cut < 8; cut++) {
      const world = fakeWorld({ load: wave, replicas: { web: 9 } });
      let killed = 0;
      for (let minute = 0; minute < 60; minute++) {
        world.now = NOW + 60 * minute;
        const before = world.replicas.web!;
        if (minute % 3 === 1) killed += (await killedRun(world, cut)) ? 1 : 0;
        else await runOnce(fakePorts(world), [target], { forecaster: last });
        const after = world.replicas.web!;
        if (after < before) expect(after).toBeGreaterThanOrEqual(due(world.now));
        expect(after).toBeGreaterThanOrEqual(2);
        expect(after).toBeLessThanOrEqual(12);
      }
      // Calls of a run: now, history, read, state, claim and, when there is something to do, scale.
      if (cut < 5) expect(killed).toBe(20);
      expect(world.replicas.web).toBeGreaterThanOrEqual(due(world.now));
    }
  });

  it("a kill between claim and act is made good by the next run, and counts as no change", async () => {
    const world = fakeWorld({ load: () => 4, replicas: { web: 2 } });
    expect(await killedRun(world, 5)).toBe(true);
    expect([world.replicas.web, world.state.version]).toEqual([2, 2]);
    world.now += 60;
    const result = await runOnce(fakePorts(world), [target], { forecaster: last });
    expect(result.targets[0]).toMatchObject({ action: "scaled", from: 2, to: 8 });
  });
});
