/** 100, 1,000 and 10,000 ticks of one process: what is stored, and what the process holds, do not grow with them. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { type RunResult, runFor } from "../job/run.ts";
import { config } from "./fakes/config.ts";
import { last } from "./fakes/forecaster.ts";
import { fakePorts, fakeWorld } from "./fakes/ports.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes that are still held after a collection. */
function held(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

const RUNGS = [100, 1000, 10_000];
const TARGET = config({ minReplicas: 2, maxReplicas: 30, suddenDropHold: 300 });

/** A wave of two hours with bursts, so that it scales up and down all the time. */
const load = (_: string, time: number) =>
  5 + 3 * Math.sin((2 * Math.PI * time) / 7200) + (Math.floor(time / 900) % 5 === 0 ? 2 : 0);

describe("a ladder of ticks", () => {
  it("leaves state and memory as large after 10,000 as after 1,000", async () => {
    const world = fakeWorld({ load, replicas: { web: 8 } });
    const bytes: number[] = [];
    const heap: number[] = [];
    let [ticks, most, changes] = [0, 0, 0];
    const after = async ({ targets }: RunResult) => {
      ticks += 1;
      if (targets[0]!.action === "scaled") changes += 1;
      most = Math.max(most, world.state.text?.length ?? 0);
      // what the fake world notes down is its own
      for (const list of [world.calls, world.logs, world.outcomes]) list.length = 0;
      if (!RUNGS.includes(ticks)) return;
      bytes.push(most);
      heap.push(held());
    };
    await runFor(fakePorts(world), [TARGET], { forecaster: last, every: 60, for: 60 * (RUNGS.at(-1)! + 1), after });
    expect(changes).toBeGreaterThan(500);
    const [, thousand, tenThousand] = RUNGS.map((_, i) => ({ bytes: bytes[i]!, heap: heap[i]! }));
    // a few characters: what is stored is packed, and packs a little better or worse
    expect(tenThousand!.bytes).toBeLessThanOrEqual(1.2 * thousand!.bytes);
    // the results of 9,000 runs would be 50 MB and more
    expect(tenThousand!.heap - thousand!.heap).toBeLessThan(3e6);
  });
});
