/** What a run reads beside histories: whether clocks agree, and who set the replicas, asked for the few targets where that tells something. */
import { describe, expect, it } from "vitest";
import { BLANK } from "../../job/core/state/memory.ts";
import type { LastWrite } from "../../job/core/state/types.ts";
import type { TargetConfig } from "../../job/core/target.ts";
import type { Ports, ScaleReading } from "../../job/ports.ts";
import { nameWriters, readHistories } from "../../job/run/read.ts";
import { config, NOW } from "../fakes/config.ts";
import { fakePorts, fakeWorld } from "../fakes/ports.ts";

const signal = new AbortController().signal;

describe("the clock of the metric source", () => {
  it.each([
    [5, false],
    [5.5, true],
    [-5, false],
    [-5.5, true],
  ])("%d s ahead of ours is told of: %s", async (ahead, told) => {
    const world = fakeWorld();
    const ports = fakePorts(world);
    const clock = { ...ports.clock, now: () => NOW - ahead };
    const { now } = await readHistories({ ...ports, clock }, [config()], signal);
    expect(now).toBe(NOW);
    expect(world.logs).toEqual(
      told ? ["warn: the clock of the metric source is 5.5 s away from ours; its time is used"] : [],
    );
  });
});

describe("the other writer", () => {
  const ours: LastWrite = { at: NOW - 60, replicas: 5, overruled: 0 };
  const changed: ScaleReading = { replicas: 3, conditions: {} };

  /** Whether it is asked for, and what the readings are then. */
  async function ask(
    scale: ScaleReading | Error,
    lastWritten: LastWrite | null | "no memory",
    more: { target?: TargetConfig; answer?: string | undefined; state?: Error } = {},
  ) {
    const { target = config(), answer = "kubectl" } = more;
    const asked: number[] = [];
    const scaler: Ports["scaler"] = {
      ...fakePorts(fakeWorld()).scaler,
      otherWriter: async (_target, replicas) => {
        asked.push(replicas);
        return "answer" in more ? more.answer : answer;
      },
    };
    const targets = lastWritten === "no memory" ? {} : { "shop/web": { ...BLANK, lastWritten } };
    const state = more.state ?? { state: { version: 1, targets }, version: "1" };
    const [read] = await nameWriters(
      { ...fakePorts(fakeWorld()), scaler },
      [target],
      { scales: [scale], state },
      signal,
    );
    return { asked, read };
  }

  it("is asked for once, about the replicas that were found, where they are not ours, and named", async () => {
    expect(await ask(changed, ours)).toEqual({
      asked: [3],
      read: { replicas: 3, conditions: { otherWriter: "kubectl" } },
    });
    expect(await ask(changed, ours, { answer: undefined })).toEqual({ asked: [3], read: changed });
  });

  it("keeps what else is known of the scale", async () => {
    const { read } = await ask({ replicas: 3, conditions: { paused: true } }, ours);
    expect(read).toEqual({ replicas: 3, conditions: { paused: true, otherWriter: "kubectl" } });
  });

  const again: LastWrite = { at: NOW - 60, replicas: 3, overruled: 2, foreign: true };
  it.each<[string, LastWrite, readonly number[]]>([
    ["for the second time", again, [3]],
    ["for the first time", { ...again, overruled: 1 }, []],
    ["long ago, and what stands is our own", { at: NOW - 60, replicas: 3, overruled: 2 }, []],
  ])("of a change that was found before is asked for where it undid us %s", async (_, last, asked) => {
    expect((await ask(changed, last)).asked).toEqual(asked);
  });

  const known: ScaleReading = { replicas: 3, conditions: { otherWriter: "flux" } };
  it.each<[string, ScaleReading | Error, LastWrite | null | "no memory", { target?: TargetConfig; state?: Error }]>([
    ["the replicas could not be read", new Error("404"), ours, {}],
    ["the state could not be read", changed, ours, { state: new Error("503") }],
    ["the reading names it already", known, ours, {}],
    ["the target is off", changed, ours, { target: config({ mode: "Off" }) }],
    ["a floor is set in place of the replicas", { ...changed, floor: 2 }, ours, {}],
    ["we never wrote", changed, null, {}],
    ["nothing is remembered", changed, "no memory", {}],
    ["the replicas are ours", { ...changed, replicas: 5 }, ours, {}],
  ])("is not asked for where %s", async (_, scale, last, more) => {
    expect(await ask(scale, last, more)).toEqual({ asked: [], read: scale });
  });

  it("is nobody where the scaler cannot say", async () => {
    const state = { state: { version: 1, targets: { "shop/web": { ...BLANK, lastWritten: ours } } }, version: "1" };
    const scales = [changed];
    expect(await nameWriters(fakePorts(fakeWorld()), [config()], { scales, state })).toEqual(scales);
  });
});
