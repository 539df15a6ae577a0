/** The words of an outcome: what is known of a write that failed, which metric, which causes, which forecast. */
import { describe, expect, it } from "vitest";
import type { Peak } from "../../job/core/forecast/types.ts";
import type { TargetConfig } from "../../job/core/target.ts";
import { runOnce } from "../../job/run.ts";
import { config, NOW } from "../fakes/config.ts";
import { constant, last } from "../fakes/forecaster.ts";
import { type FakeWorld, fakePorts, fakeWorld } from "../fakes/ports.ts";

const busy = (more: Partial<FakeWorld> = {}) => fakeWorld({ load: () => 2.2, ...more });

async function outcome(world: FakeWorld, target: TargetConfig = config(), forecaster = last) {
  const { targets } = await runOnce(fakePorts(world), [target], { forecaster });
  return targets[0]!;
}

function failing(call: string, error: Error, more: Partial<FakeWorld> = {}): FakeWorld {
  const onCall = (name: string) => {
    if (name.startsWith(call)) throw error;
  };
  return busy({ onCall, ...more });
}

describe("a write that failed", () => {
  const lost = () => Object.assign(new Error("reset"), { uncertain: true });

  it("left the replicas where it was refused, and is not known where the answer was lost", async () => {
    expect((await outcome(failing("scale", new Error("403")))).message).toBe("403; the replicas stay as they are");
    expect((await outcome(failing("scale", lost()))).message).toBe(
      "reset; whether the replicas changed is not known; the next run reads them",
    );
  });

  it("is certain to have changed nothing where it was not the replicas that were written", async () => {
    expect((await outcome(failing("claim", lost()))).message).toBe("reset; the replicas stay as they are");
  });

  it("says nothing of what holds the decision back: that is not why", async () => {
    const { message } = await outcome(failing("claim", new Error("503"), { conditions: { paused: true } }));
    expect(message).toBe("503; the replicas stay as they are");
  });
});

describe("a metric that could not be read", () => {
  it("is followed by what held the decision back, where something did", async () => {
    const free = failing("history", new Error("503"));
    expect((await outcome(free)).message).toBe("503; the replicas stay as they are");
    const paused = failing("history", new Error("503"), { conditions: { paused: true } });
    expect((await outcome(paused)).message).toBe(
      "503; the replicas stay as they are; the pause annotation is set on the target",
    );
  });

  it("is named where there are several, and not where there is one", async () => {
    const fallback = { after: 60, replicas: 6 };
    const one = config({ fallback });
    const two = config({ fallback, metrics: [{ name: "queue", query: "q", averageValue: 1 }] });
    for (const [target, words] of [
      [one, /\(503\)$/],
      [two, /\(cpu: 503\) \(queue: 503\)$/],
    ] as const) {
      const world = busy({ history: () => new Error("503") });
      await outcome(world, target);
      world.now = NOW + 120;
      const { action, message } = await outcome(world, target);
      expect(action).toBe("scaled");
      expect(message).toMatch(words);
    }
  });

  it("is told with up to four causes, each once, and by its name where it has no words", async () => {
    const chain = (words: readonly string[]): Error =>
      new Error(words[0], words.length > 1 ? { cause: chain(words.slice(1)) } : {});
    const told = async (words: readonly string[]) =>
      (await outcome(failing("claim", chain(words)))).message.split(";")[0];
    expect(await told(["a1", "b2", "c3", "d4", "e5"])).toBe("a1: b2: c3: d4");
    expect(await told(["POST: reset", "reset", "", "socket"])).toBe("POST: reset: socket");
    expect(await told([""])).toBe("Error");
  });
});

describe("a target that was not read", () => {
  it("keeps its own reason where the claim of the others is lost, or the store fails", async () => {
    for (const work of [
      (world: FakeWorld) => {
        world.state = { text: "garbage", version: world.state.version + 1 };
      },
      () => {
        throw new Error("503");
      },
    ]) {
      const world = busy();
      world.onCall = (call) => {
        if (call === "claim") work(world);
      };
      const targets = [config({ name: "gone" }), config()];
      const { targets: outcomes } = await runOnce(fakePorts(world), targets, { forecaster: last });
      expect(outcomes[0]).toMatchObject({
        action: "failed",
        reason: "ScaleError",
        failed: "scale",
        from: null,
        to: null,
      });
      expect(outcomes[0]!.message).toContain("GET gone/scale: 404");
      expect(world.replicas.web).toBe(2);
    }
  });
});

describe("an HPA whose target is switched off", () => {
  it("is left at zero, whatever its floor", async () => {
    const world = busy({ replicas: { web: 0 }, floor: { web: 2 } });
    const { action, from } = await outcome(world, config({ actuator: "hpa", hpaName: "web" }));
    expect([action, from, world.floor?.web]).toEqual(["held", 0, 2]);
  });
});

describe("the forecast of an outcome", () => {
  it("is that of the last part of the way, where it has parts: the one that new pods are ready for", async () => {
    const part = (max: number): Peak => ({ max, maxQuantiles: [max] });
    const parts = [part(1), part(2), part(3)];
    const { forecast } = await outcome(busy(), config(), constant(2.2, { max: 9, parts }));
    expect(forecast?.max).toBe(3);
    const whole = await outcome(busy(), config(), constant(2.2, { max: 9 }));
    expect(whole.forecast?.max).toBe(9);
  });
});
