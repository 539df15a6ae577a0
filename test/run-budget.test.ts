/** The time of a run: who gets which signal, and what a run that is one of several may take. */
import { expect, test } from "vitest";
import type { Ports } from "../job/ports.ts";
import { runFor, runOnce } from "../job/run.ts";
import { config } from "./fakes/config.ts";
import { last } from "./fakes/forecaster.ts";
import { fakePorts, fakeWorld } from "./fakes/ports.ts";

/** Ports that note which signal each call was given: that of reading, that of the whole run. */
function watched() {
  const world = fakeWorld({ load: () => 2.2, replicas: { web: 3 } });
  const ports = fakePorts(world);
  const times: number[] = [];
  const signals: AbortSignal[] = [];
  const given: Record<string, string[]> = {};
  const note = <T>(call: string, signal: AbortSignal | undefined, work: () => T): T => {
    const which = signal === undefined ? "none" : ["reading", "whole"][signals.indexOf(signal) % 2]!;
    given[call] = [...(given[call] ?? []), which];
    return work();
  };
  const { history, scaler, state, clock } = ports;
  const all: Ports = {
    ...ports,
    clock: {
      ...clock,
      after: (seconds) => {
        times.push(seconds);
        signals.push(new AbortController().signal);
        return signals.at(-1)!;
      },
    },
    history: {
      now: (signal) => note("now", signal, () => history.now()),
      read: (targets, now, signal) => note("history", signal, () => history.read(targets, now)),
    },
    scaler: {
      read: (target, signal) => note("read", signal, () => scaler.read(target)),
      scale: (target, from, to, signal) => note("scale", signal, () => scaler.scale(target, from, to)),
    },
    state: {
      read: (signal) => note("state", signal, () => state.read()),
      claim: (next, version, signal) => note("claim", signal, () => state.claim(next, version)),
    },
  };
  return { ports: all, times, given, signals };
}

test("reading ends with its share, what is done with the whole", async () => {
  const { ports, times, given, signals } = watched();
  const { targets, over } = await runOnce(ports, [config()], { forecaster: last, timeout: 45 });
  expect(targets).toMatchObject([{ action: "scaled" }]);
  expect(times).toEqual([27, 45]);
  const reading = { now: ["reading"], history: ["reading"], read: ["reading"], state: ["reading"] };
  expect(given).toEqual({ ...reading, claim: ["whole"], scale: ["whole"] });
  expect(over).toBe(signals[1]);
});

test("of several runs in one process none may outlive it", async () => {
  const { ports, times } = watched();
  await runFor(ports, [config()], { forecaster: last, timeout: 45, every: 15, for: 50 });
  const whole = times.filter((_, i) => i % 2 === 1).map(Math.round);
  expect(whole).toEqual([45, 35, 20, 5]);
});

test("without a time there is no end", async () => {
  const { ports, times, given } = watched();
  await runOnce(ports, [config()], { forecaster: last });
  expect(times).toEqual([]);
  expect(Object.values(given).flat()).not.toContain("reading");
});

test("of more targets than are read side by side the later ones have their share of what is left", async () => {
  // one target each: 202 parts are read side by side
  const targets = Array.from({ length: 204 }, (_, i) => config({ name: `web-${i}` }));
  const world = fakeWorld({ load: () => 2.2, replicas: Object.fromEntries(targets.map(({ name }) => [name, 5])) });
  const plain = fakePorts(world);
  const asked: number[] = [];
  let elapsed = 0;
  const ports: Ports = {
    ...plain,
    // ten seconds go by with the first read
    history: {
      ...plain.history,
      read: (...args) => {
        elapsed = 10_000;
        return plain.history.read(...args);
      },
    },
    // an object of the state for each, so that each is a part of its own
    state: { ...plain.state, of: () => ({ ...plain.state }) },
    clock: {
      ...plain.clock,
      tick: () => elapsed,
      after: (seconds) => {
        asked.push(Number(seconds.toFixed(6)));
        return new AbortController().signal;
      },
    },
  };
  const { targets: outcomes } = await runOnce(ports, targets, { forecaster: last, timeout: 45 });
  expect(outcomes).toHaveLength(targets.length);
  // 27 of 45 s for the first parts; then 0.6 of the 35 s that are left
  expect(asked).toEqual([27, 45, 21, 21]);
});
