/** A state spread over several ConfigMaps, against an API server in memory: nothing is lost whatever their number was and becomes, and one that breaks is alone. */
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { ClusterError } from "../../job/adapters/errors.ts";
import type { Call, Kubernetes } from "../../job/adapters/kubernetes-http.ts";
import { kubernetesState, stateObjects } from "../../job/adapters/state-store.ts";
import { BLANK } from "../../job/core/state/memory.ts";
import { placeOf } from "../../job/core/state/rendezvous.ts";
import type { TargetState } from "../../job/core/state/types.ts";
import type { StateStore } from "../../job/ports.ts";
import { runOnce } from "../../job/run.ts";
import { config, NOW } from "../fakes/config.ts";
import { last } from "../fakes/forecaster.ts";
import { fakePorts, fakeWorld } from "../fakes/ports.ts";
import { anyMemory } from "../fakes/state.ts";

interface Stored {
  version: number;
  readonly annotations: Record<string, string>;
}

/** ConfigMaps by name; `broken` ones answer 500. */
function server(names: readonly string[]) {
  const maps = new Map<string, Stored>(names.map((name) => [name, { version: 1, annotations: {} }]));
  const broken = new Set<string>();
  const calls: string[] = [];
  const send = async ({ method, path, body }: Call): Promise<unknown> => {
    const name = /configmaps\/([^?]+)/.exec(path)?.[1] ?? "";
    calls.push(`${method} ${name}`);
    const map = maps.get(name);
    if (broken.has(name)) throw new ClusterError(`${method} ${name}`, 500, "InternalError", "etcd is away");
    if (map === undefined) throw new ClusterError(`${method} ${name}`, 404, "NotFound", "no such ConfigMap");
    if (method === "PATCH") {
      const { metadata } = body as { metadata: { resourceVersion: string; annotations: Record<string, string> } };
      if (metadata.resourceVersion !== String(map.version))
        throw new ClusterError(`PATCH ${name}`, 409, "Conflict", "");
      Object.assign(map.annotations, metadata.annotations);
      map.version += 1;
    }
    return { metadata: { resourceVersion: String(map.version), annotations: { ...map.annotations } } };
  };
  const api: Kubernetes = { send, close: () => {} };
  const store = (count: number, interval?: number) =>
    kubernetesState(async () => api, {
      configMap: { namespace: "shop", name: "state", count },
      ...(interval !== undefined && { interval }),
    });
  return { maps, broken, calls, store };
}

const NAMES = stateObjects({ namespace: "shop", name: "state", count: 6 });

/** As a run does it: each target through the store that keeps it. */
async function write(store: StateStore, targets: Readonly<Record<string, TargetState>>): Promise<void> {
  const byStore = Map.groupBy(Object.entries(targets), ([key]) => store.of?.(key) ?? store);
  for (const [part, own] of byStore) {
    const { state, version } = await part.read();
    const next = { ...state, targets: { ...state.targets, ...Object.fromEntries(own) } };
    expect(await part.claim(next, version)).toBe("claimed");
  }
}

async function readAll(store: StateStore, keys: readonly string[]) {
  const memories = keys.map(
    async (key) => [key, (await (store.of?.(key) ?? store).read()).state.targets[key]] as const,
  );
  return Object.fromEntries(await Promise.all(memories));
}

const memories = fc.dictionary(
  fc.integer({ min: 0, max: 30 }).map((i) => `shop/web-${i}`),
  anyMemory,
  { maxKeys: 12, noNullPrototype: true },
);

describe("several ConfigMaps", () => {
  it("have the name itself and numbers, so that the first is the one that was alone", () => {
    expect(stateObjects({ namespace: "shop", name: "state" })).toEqual(["state"]);
    expect(NAMES.slice(0, 3)).toEqual(["state", "state-1", "state-2"]);
  });

  it("lose nothing when they become more, however often, and keep what is written anew", async () => {
    await fc.assert(
      fc.asyncProperty(
        memories,
        memories,
        fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { minLength: 1 }),
        async (first, newer, counts) => {
          const { store } = server(NAMES);
          const all = { ...first };
          // a run's memory holds what it recommended at its own time
          const then = Object.fromEntries(
            Object.entries(newer).map(([key, memory]) => [key, seenAt(memory, NOW + 60)]),
          );
          await write(store(1), first);
          for (const count of counts.sort((a, b) => a - b)) {
            expect(await readAll(store(count), Object.keys(all))).toEqual(all);
            await write(store(count), then);
            Object.assign(all, then);
            expect(await readAll(store(count), Object.keys(all))).toEqual(all);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it("give the newest memory of a target that comes back, not what was left of it there", async () => {
    const { store } = server(NAMES);
    const names = Array.from({ length: 40 }, (_, i) => `shop/web-${i}`);
    const key = names.find((name) => placeOf(name, 4) === 3 && placeOf(name, 5) === 3)!;
    await write(store(4), { [key]: seenAt(BLANK, NOW) });
    await write(store(3), { [key]: seenAt(BLANK, NOW + 60) });
    expect(await readAll(store(5), [key])).toEqual({ [key]: seenAt(BLANK, NOW + 60) });
  });

  it("find what others remember, when they are again as many as they were long ago", async () => {
    const { store } = server(NAMES);
    const key = Array.from({ length: 40 }, (_, i) => `shop/web-${i}`).find((name) => placeOf(name, 3) === 2)!;
    for (const [i, count] of [3, 2].entries()) await write(store(count), { [key]: seenAt(BLANK, NOW + i) });
    expect(await readAll(store(3), [key])).toEqual({ [key]: seenAt(BLANK, NOW + 1) });
  });

  it("find what others remember, when a change of their number is undone after a few runs, however long one takes", async () => {
    const now = Date.now() / 1000;
    for (const interval of [undefined, 15, 300]) {
      const { store } = server(NAMES);
      const key = Array.from({ length: 40 }, (_, i) => `shop/web-${i}`).find((name) => placeOf(name, 3) === 2)!;
      const runs = (ago: number) => now - ago * (interval ?? 60);
      await write(store(3, interval), { [key]: seenAt(BLANK, runs(4)) });
      for (const ago of [3, 2, 1]) await write(store(2, interval), { [key]: seenAt(BLANK, runs(ago)) });
      const { recommendations } = (await readAll(store(3, interval), [key]))[key]!;
      expect(recommendations.at(-1)!.at).toBeCloseTo(runs(1), 3);
    }
  });

  it.each([
    [3, 4],
    [1, 3],
    [2, 6],
  ])(
    "of which there are %i again after %i: what is left of a target from before does not pass for its newest",
    async (few, more) => {
      const { store } = server(NAMES);
      const now = Date.now() / 1000;
      const keys = Array.from({ length: 40 }, (_, i) => `shop/web-${i}`);
      const all = (at: number) =>
        Object.fromEntries(keys.map((key) => [key, seenAt({ ...BLANK, dropHoldUntil: 7 }, at)]));
      await write(store(few), all(now - 240));
      for (const ago of [180, 120]) await write(store(more), all(now - ago));
      const found = await readAll(store(few), keys);
      for (const key of keys) {
        const gone = placeOf(key, more) >= few;
        const { recommendations, dropHoldUntil } = found[key]!;
        expect([key, recommendations.map(({ at }) => Math.round(now - at))]).toEqual([key, gone ? [] : [120]]);
        expect(dropHoldUntil).toBe(7);
      }
      // from then on they are remembered as ever
      await write(store(few), all(now));
      const next = await readAll(store(few), keys);
      for (const key of keys) expect(next[key]!.recommendations).toHaveLength(1);
    },
  );

  it("keep what another job writes, that takes them for fewer", async () => {
    const { store } = server(NAMES);
    const now = Date.now() / 1000;
    const key = Array.from({ length: 40 }, (_, i) => `shop/web-${i}`).find((name) => placeOf(name, 3) !== 0)!;
    const other = Array.from({ length: 40 }, (_, i) => `pay/web-${i}`).find((name) => placeOf(name, 3) === 0)!;
    for (const ago of [180, 120, 60]) {
      await write(store(1), { [key]: seenAt(BLANK, now - ago) });
      await write(store(3), { [other]: seenAt(BLANK, now - ago) });
    }
    expect(await readAll(store(1), [key])).toEqual({ [key]: seenAt(BLANK, now - 60) });
  });

  it("are each asked once, after the run that found their number changed", async () => {
    const { store, calls } = server(NAMES);
    const keys = Array.from({ length: 30 }, (_, i) => `shop/web-${i}`);
    const part = () => store(3).of!(keys[0]!);
    const one = part();
    const { state, version } = await one.read();
    expect(calls.filter((call) => call.startsWith("GET"))).toHaveLength(3);
    const now = Date.now() / 1000;
    await one.claim({ ...state, targets: { [keys[0]!]: seenAt(BLANK, now) } }, version);
    calls.length = 0;
    await part().read();
    expect(calls).toHaveLength(1);
  });

  it("are read twice at most by the first run over all of them: for their own targets, and for what the others miss", async () => {
    const { store, calls } = server(NAMES);
    const state = store(NAMES.length);
    const keys = Array.from({ length: 60 }, (_, i) => `shop/web-${i}`);
    for (const part of new Set(keys.map((key) => state.of!(key)))) await part.read();
    for (const name of NAMES) expect(calls.filter((call) => call === `GET ${name}`).length).toBeLessThanOrEqual(2);
    expect(calls.length).toBeLessThan(2 * NAMES.length);
  });

  it("are looked into again, where one could not be", async () => {
    const { store, broken, maps } = server(NAMES);
    const targets = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`shop/web-${i}`, { ...BLANK, dropHoldUntil: i }] as const),
    );
    await write(store(1), targets);
    const moved = Object.keys(targets).find((key) => placeName(key) !== "state")!;
    broken.add("state");
    const part = store(3).of!(moved);
    const { state, version } = await part.read();
    expect(state.targets).toEqual({});
    await part.claim(state, version);
    broken.clear();
    expect((await store(3).of!(moved).read()).state.targets[moved]).toEqual(targets[moved]);
    // by the process that could not look into it as well
    expect((await part.read()).state.targets[moved]).toEqual(targets[moved]);
    expect(maps.get("state")!.annotations).not.toEqual({});
  });

  it("are looked into again after five minutes, however long the process lives", async () => {
    const { store } = server(NAMES);
    const key = Array.from({ length: 40 }, (_, i) => `shop/web-${i}`).find((name) => placeName(name) !== "state")!;
    const part = store(3).of!(key);
    const clock = vi.spyOn(performance, "now").mockReturnValue(0);
    expect((await part.read()).state.targets).toEqual({});
    const memory = { ...BLANK, dropHoldUntil: 1 };
    await write(store(1), { [key]: memory });
    clock.mockReturnValue(301_000);
    expect((await part.read()).state.targets).toEqual({ [key]: memory });
    clock.mockRestore();
  });

  it("fail alone: a run goes on with the targets of the others", async () => {
    const { store, broken } = server(NAMES.slice(0, 3));
    const targets = Array.from({ length: 60 }, (_, i) => config({ name: `web-${i}` }));
    const world = fakeWorld({ load: () => 2.2, replicas: Object.fromEntries(targets.map(({ name }) => [name, 2])) });
    const state = store(3);
    for (const name of ["state-1", "state"]) {
      broken.clear();
      broken.add(name);
      const result = await runOnce({ ...fakePorts(world), state }, targets, { forecaster: last });
      for (const [i, { action, failed, message }] of result.targets.entries()) {
        const hit = placeName(`shop/web-${i}`) === name;
        expect({ failed: action === "failed", what: failed }).toEqual({ failed: hit, what: hit ? "state" : undefined });
        if (hit) expect(message).toContain("etcd is away");
      }
      expect(result.notified).toHaveLength(60);
    }
  });
});

/** The memory with a recommendation of that time as its newest. */
function seenAt(memory: TargetState, at: number): TargetState {
  return { ...memory, recommendations: [...memory.recommendations, { at, replicas: 3 }] };
}

/** The name of the object that keeps a target among three. */
function placeName(key: string): string {
  return NAMES[placeOf(key, 3)]!;
}
