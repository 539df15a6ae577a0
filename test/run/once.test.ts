/** What a run reports and measures beside its decisions, and the slots of several runs to the second. */
import { describe, expect, it } from "vitest";
import { WRITER_ADVICE } from "../../job/core/policy/writer.ts";
import type { TargetConfig } from "../../job/core/target.ts";
import type { Ports, Reporter } from "../../job/ports.ts";
import { type FinishedTargets, runFor, runOnce } from "../../job/run.ts";
import { config, NOW } from "../fakes/config.ts";
import { last } from "../fakes/forecaster.ts";
import { type FakeWorld, fakePorts, fakeWorld } from "../fakes/ports.ts";

const options = { forecaster: last };
const busy = (more: Partial<FakeWorld> = {}) => fakeWorld({ load: () => 2.2, ...more });

/** Ports that keep what the reporter is given. */
function watched(world: FakeWorld) {
  const seen: Parameters<Reporter["tick"]>[] = [];
  const ports = fakePorts(world);
  const reporter: Reporter = { ...ports.reporter, tick: (...args) => void seen.push(args) };
  return { seen, ports: { ...ports, reporter } satisfies Ports };
}

describe("a run", () => {
  it("reports each target with its record and its outcome, in their order, and one without a record where nothing was decided", async () => {
    const { seen, ports } = watched(busy());
    const targets = [config({ name: "gone" }), config()];
    const result = await runOnce(ports, targets, options);
    expect(seen.map(([target]) => target)).toEqual(targets);
    expect(seen.map(([, record]) => record?.metrics.length ?? null)).toEqual([null, 1]);
    expect(seen.map(([, , outcome]) => outcome)).toEqual(result.targets);
  });

  it("says how many milliseconds each step took", async () => {
    // a millisecond a call: a claim and a scale
    const { timings } = await runOnce(fakePorts(busy()), [config()], options);
    expect(timings).toMatchObject({ act: 2, decide: 0 });
  });

  it("says what had been told before, and null where the state could not be read", async () => {
    const world = busy();
    expect((await runOnce(fakePorts(world), [config()], options)).notified).toEqual([{}]);
    world.onCall = (call) => {
      if (call === "state") throw new Error("503");
    };
    expect((await runOnce(fakePorts(world), [config()], options)).notified).toBeNull();
  });

  it("names who set the replicas, but in a dry run, which asks no more than it must", async () => {
    const asked: string[] = [];
    const world = busy();
    const ports = fakePorts(world);
    const scaler = {
      ...ports.scaler,
      otherWriter: async (target: TargetConfig) => {
        asked.push(target.name);
        return "kubectl";
      },
    };
    await runOnce({ ...ports, scaler }, [config()], options);
    world.replicas.web = 3;
    world.now += 60;
    const dry = await runOnce({ ...ports, scaler }, [config()], { ...options, dryRun: true });
    expect([asked, dry.targets[0]!.otherWriter?.by]).toEqual([[], null]);
    const real = await runOnce({ ...ports, scaler }, [config()], options);
    expect([asked, real.targets[0]!.otherWriter?.by]).toEqual([["web"], "kubectl"]);
  });

  it("warns of another writer from the second time in a row on, with what to do", async () => {
    const world = busy();
    const warnings: string[][] = [];
    for (let minute = 0; minute < 3; minute++) {
      world.now = NOW + 60 * minute;
      world.replicas.web = 2;
      world.logs = [];
      await runOnce(fakePorts(world), [config()], options);
      warnings.push(world.logs);
    }
    const message = "another writer set 2 replicas after our last change, the 2nd time in a row";
    expect(warnings).toEqual([[], [], [`warn: shop/web: ${message}; ${WRITER_ADVICE}`]]);
  });
});

describe("several runs", () => {
  /** The seconds at which runs began, where each call takes so many milliseconds. */
  async function begins(repetition: { every: number; for: number }, callTakes: number, uptime = 0) {
    const world = busy({ milliseconds: uptime });
    const seconds: number[] = [];
    let idle = true;
    world.onCall = () => {
      // the call itself counts as a millisecond
      world.milliseconds -= 1;
      if (idle) seconds.push(Math.round((world.milliseconds - uptime) / 1000));
      idle = false;
      world.milliseconds += callTakes;
    };
    const after = async () => {
      idle = true;
    };
    await runFor(fakePorts(world), [config()], { ...options, ...repetition, after });
    return seconds;
  }

  it("fill the time to its last second where they take none", async () => {
    expect(await begins({ every: 15, for: 45 }, 0)).toEqual([0, 15, 30, 45]);
    expect(await begins({ every: 15, for: 44.9 }, 0)).toEqual([0, 15, 30]);
  });

  it("begin no other one that would be cut off, by what the longest took", async () => {
    // a second and a quarter each, and a quarter more for the first, which scales
    expect(await begins({ every: 15, for: 46.5 }, 250)).toEqual([0, 15, 30, 45]);
    expect(await begins({ every: 15, for: 46.4 }, 250)).toEqual([0, 15, 30]);
  });

  it("count from their own beginning, not from that of the clock", async () => {
    expect(await begins({ every: 15, for: 45 }, 0, 1e9)).toEqual([0, 15, 30, 45]);
  });

  it("decide for their own interval, and leave the configuration as it was", async () => {
    const { seen, ports } = watched(busy());
    const target = config();
    await runFor(ports, [target], { ...options, every: 15, for: 20 });
    expect(seen.map(([{ interval }]) => interval)).toEqual([15, 15]);
    expect(target.interval).toBe(60);
  });
});

it.each<[string, boolean | undefined, boolean, boolean]>([
  ["a run", undefined, false, false],
  ["a run of a cluster that is none", true, false, true],
  ["a dry run", undefined, true, true],
  ["a dry run of a cluster that is none", true, true, true],
])("%s says of every part and of the whole whether nothing was written", async (_, pretended, dryRun, nothing) => {
  const plain = fakePorts(fakeWorld({ load: () => 2.2 }));
  const ports = { ...plain, scaler: { ...plain.scaler, ...(pretended !== undefined && { pretended }) } };
  const parts: boolean[] = [];
  const part = async (told: FinishedTargets) => {
    parts.push(told.dryRun);
  };
  const result = await runOnce(ports, [config()], { forecaster: last, dryRun, part });
  expect([parts, result.dryRun]).toEqual([[nothing], nothing]);
  expect(result.targets[0]!.action).toBe(nothing ? "wouldScale" : "scaled");
});
