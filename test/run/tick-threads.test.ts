/** Ticks in threads: the same as here for any input, and a thread that ends takes no decision with it. */
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { decidingThreads, threadsFor } from "../../job/cli/deciding.ts";
import { forecasterOf } from "../../job/core/forecast/method.ts";
import type { TickHistory, TickInput } from "../../job/core/policy/observe.ts";
import { metricsOf } from "../../job/core/target.ts";
import type { TickOutput } from "../../job/core/tick.ts";
import type { Ticks } from "../../job/run/decide.ts";
import { type TickThreads, tickThreads } from "../../job/run/tick-threads.ts";
import { ticksHere } from "../../job/run/ticks-here.ts";
import { type RunOptions, runOnce } from "../../job/run.ts";
import { anyTarget } from "../fakes/any-policy-input.ts";
import { config, NOW } from "../fakes/config.ts";
import { fakePorts, fakeWorld } from "../fakes/ports.ts";
import { samplesOf } from "../fakes/series.ts";
import { anyMemory } from "../fakes/state.ts";

const here = ticksHere(forecasterOf);
const notHere: Ticks = () => Promise.reject(new Error("not here"));

const started: TickThreads[] = [];
const logs: string[] = [];
function threads(count: number, code?: string): TickThreads {
  const entry = code === undefined ? {} : { entry: new URL(`data:text/javascript,${encodeURIComponent(code)}`) };
  const all = tickThreads(count, { log: (_, text) => logs.push(text), ...entry });
  started.push(all);
  return all;
}
afterEach(async () => {
  for (const one of started.splice(0)) await one.close();
  logs.length = 0;
});

/** A wave, or one with what a real history has: a hole, a value that is none, a stale end. */
const history: fc.Arbitrary<TickHistory> = fc
  .record({
    level: fc.double({ min: 0, max: 20, noNaN: true }),
    height: fc.double({ min: 0, max: 5, noNaN: true }),
    points: fc.integer({ min: 0, max: 200 }),
    late: fc.constantFrom(0, 0, 0, 15, 400),
    bad: fc.constantFrom(null, null, Number.NaN, Number.POSITIVE_INFINITY, -1),
    partial: fc.constantFrom(false, false, true),
  })
  .map(({ level, height, points, late, bad, partial }) => {
    const samples = samplesOf((i) => level + height * (1 + Math.sin(i / 9)), { end: NOW - late, points });
    if (bad !== null && points > 5) samples.values[points - 5] = bad;
    return { samples, partial, seriesCount: points === 0 ? 0 : 1, ...(points === 0 && { hint: "no sample" }) };
  });

const anyTickInput: fc.Arbitrary<TickInput> = fc
  .record({
    target: anyTarget,
    method: fc.constantFrom("auto" as const, "prophet" as const, "naive" as const),
    histories: fc.array(fc.option(history, { freq: 6 }), { minLength: 3, maxLength: 3 }),
    current: fc.nat(40),
    memory: fc.option(anyMemory, { nil: undefined }),
    paused: fc.boolean(),
  })
  .map(({ target, method, histories, current, memory, paused }) => {
    const config = { ...target, method };
    const own = metricsOf(config).map((_, i) => histories[i]!);
    return { now: NOW, histories: own, current, conditions: paused ? { paused } : {}, memory, config };
  });

const input = (k: number): TickInput => ({
  now: NOW,
  histories: [{ samples: samplesOf(() => k, { end: NOW }), partial: false, seriesCount: 1 }],
  current: 2,
  conditions: {},
  memory: undefined,
  config: config({ name: `web-${k}` }),
});
const inputs = (n: number) => Array.from({ length: n }, (_, k) => input(k % 30));
const demands = (all: readonly (TickOutput | Error)[]) =>
  all.map((one) => (one instanceof Error ? one.message : one.record.metrics[0]!.demand));

describe("ticks in threads", () => {
  it("are those that are made here, to the last bit, for any input", async () => {
    const { ticks } = threads(2);
    const apart = ticks(notHere);
    const several = fc.array(anyTickInput, { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(several, async (all) => {
        expect(await apart(all)).toEqual(await here(all));
      }),
      { numRuns: 40 },
    );
    expect(logs).toEqual([]);
  });

  it("come in the order of their inputs, whichever thread is faster", async () => {
    const { ticks } = threads(2);
    const [first, second] = [inputs(130), inputs(75)];
    const apart = ticks(notHere);
    const made = await Promise.all([apart(first), apart(second), apart([])]);
    expect(made.map(demands)).toEqual([...(await Promise.all([here(first), here(second)])).map(demands), []]);
  });

  it("that go wrong give their error, and the others go on", async () => {
    const broken = { ...input(1), config: undefined } as unknown as TickInput;
    const apart = await threads(1).ticks(notHere)([input(1), broken, input(3)]);
    const own = await here([input(1), broken, input(3)]);
    expect(apart[1]).toBeInstanceOf(Error);
    expect(apart.map((one) => (one instanceof Error ? [one.name, one.message] : one))).toEqual(
      own.map((one) => (one instanceof Error ? [one.name, one.message] : one)),
    );
  });

  it("whose input cannot be handed to a thread are made here, and the thread goes on", async () => {
    const { ticks } = threads(1);
    const calendar = { ...input(1), config: { ...input(1).config, own: () => 1 } } as unknown as TickInput;
    expect(demands(await ticks(here)([calendar]))).toEqual([1]);
    expect(demands(await ticks(notHere)([input(2)]))).toEqual([2]);
    expect(logs).toEqual([]);
  });
});

describe("a thread that ends", () => {
  const ends = {
    "at once": "process.exit(3)",
    "with an error": "throw new Error('no memory')",
    "when it is given something":
      "import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => process.exit(3))",
    "after its first answer": `import { parentPort } from "node:worker_threads";
      let n = 0; parentPort.on("message", (all) => { if (n++ > 0) process.exit(3); parentPort.postMessage(all.map(() => ({ failed: ["X", "from the thread"] }))); })`,
  };

  it.each(Object.entries(ends))("%s leaves its targets to this thread", async (what, code) => {
    const all = inputs(120);
    const made = demands(await threads(2, code).ticks(here)(all));
    const own = demands(await here(all));
    const there = made.filter((one) => one === "from the thread").length;
    expect(made.map((one, i) => (one === "from the thread" ? own[i] : one))).toEqual(own);
    expect(there > 0).toBe(what === "after its first answer");
    if (what !== "after its first answer") expect(logs).toHaveLength(2);
    expect(logs.every((text) => /^a thread for decisions ended \(.+\); its targets are/.test(text))).toBe(true);
  });

  it("before it begins does so too", async () => {
    // what Node refuses at once, as it does where the system gives no more threads
    const all = tickThreads(2, { log: (_, text) => logs.push(text), entry: "no path" });
    started.push(all);
    expect(demands(await all.ticks(here)(inputs(60)))).toEqual(demands(await here(inputs(60))));
    expect(logs).toHaveLength(2);
    expect(logs[0]).toMatch(/^a thread for decisions could not be started \(.+\); its targets are/);
  });

  it("for its memory takes neither the process nor the other thread along", async () => {
    const code = `import { parentPort } from "node:worker_threads";
      parentPort.on("message", () => { const all = []; for (let i = 0; ; i++) all.push({ i, own: [i] }); });`;
    const all = inputs(60);
    expect(demands(await threads(1, code).ticks(here)(all))).toEqual(demands(await here(all)));
    expect(logs).toEqual([expect.stringContaining("memory limit")]);
  });
});

describe("the threads of a command", () => {
  it.each([
    [1, 8, 0],
    [1000, 8, 0],
    [1001, 1, 0],
    [1001, 2, 2],
    [1001, 3, 2],
    [10_000, 64, 2],
  ])("for %i targets on %i processors: %i", (targets, processors, count) => {
    expect(threadsFor(targets, processors)).toBe(count);
  });

  it("are started for the first run that is large enough, and kept for the next", async () => {
    const deciding = decidingThreads((_, text) => logs.push(text), 2);
    expect(await deciding.ticksFor(1000, here)).toBeUndefined();
    for (const k of [1, 2]) expect(demands(await (await deciding.ticksFor(1001, notHere))!([input(k)]))).toEqual([k]);
    await deciding.close();
    expect(logs).toEqual([]);
  });

  it("make the decisions of a whole run, whose every outcome, write and memory is that of this thread", async () => {
    const names = Array.from({ length: 60 }, (_, i) => `web-${i}`);
    const number = (name: string) => Number(name.split("-")[1]);
    const run = async (ticksFor?: RunOptions["ticksFor"]) => {
      const world = fakeWorld({
        load: (name, time) => 1 + (number(name) % 5) + Math.sin(time / 200 + number(name)),
        replicas: Object.fromEntries(names.map((name) => [name, 1 + (number(name) % 9)])),
      });
      const targets = names.map((name) => config({ name }));
      const { targets: outcomes } = await runOnce(fakePorts(world), targets, ticksFor ? { ticksFor } : {});
      return { outcomes, replicas: world.replicas, state: world.state.text };
    };
    expect(await run(async () => threads(2).ticks(notHere))).toEqual(await run());
    expect(logs).toEqual([]);
  });
});
