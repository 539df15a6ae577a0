/** A run in slices: as each target alone, the first action before the last reading, and what breaks in one slice stays in it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EMPTY_STATE } from "../../job/core/state/codec.ts";
import type { TargetConfig } from "../../job/core/target.ts";
import type { Ports, StateStore } from "../../job/ports.ts";
import { type Ticks, tickOrError } from "../../job/run/decide.ts";
import { MAX_SLICE_TARGETS, sliceSize, slicesOf } from "../../job/run/slices.ts";
import { runFor, runOnce } from "../../job/run.ts";
import { config } from "../fakes/config.ts";
import { last } from "../fakes/forecaster.ts";
import { type FakeWorld, fakePorts, fakeWorld, stateOf } from "../fakes/ports.ts";
import { mostInATurn, turnsDuring } from "../fakes/turns.ts";

const options = { forecaster: last };
/** As threads make them: none in the turns of the event loop. */
const atOnce: Ticks = async (inputs) => inputs.map((input) => tickOrError(input, () => last));

function fleet(count: number): readonly TargetConfig[] {
  return Array.from({ length: count }, (_, i) => config({ name: `web-${i}` }));
}

/** Every seventh target is in need, every fifth has too many. */
function worldOf(targets: readonly TargetConfig[], overrides: Partial<FakeWorld> = {}): FakeWorld {
  const number = (name: string) => Number(name.split("-")[1]);
  return fakeWorld({
    load: (name) => (number(name) % 7 === 0 ? 3 : 1),
    replicas: Object.fromEntries(targets.map(({ name }) => [name, number(name) % 5 === 0 ? 6 : 2])),
    ...overrides,
  });
}

/** The same ports over a store that says what it wrote, as the ConfigMap's does. */
function telling(world: FakeWorld, ports = fakePorts(world)): Ports {
  return { ...ports, state: { ...ports.state, written: () => String(world.state.version) } };
}

describe("slicesOf", () => {
  const store = (): StateStore => ({
    read: async () => ({ state: EMPTY_STATE, version: null }),
    claim: async () => "claimed",
  });

  it("puts every target in one slice, in order, none of them larger than allowed, and those of one object together", () => {
    const parts = [store(), store(), store()];
    const whole = { ...store(), of: (key: string) => parts[key.length % 3]! };
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 700 }),
        fc.integer({ min: 1, max: 300 }),
        fc.boolean(),
        (n, most, spread) => {
          const targets = fleet(n);
          const slices = slicesOf(targets, spread ? whole : parts[0]!, most, most);
          expect(slices.flatMap(({ places }) => places).sort((a, b) => a - b)).toEqual(targets.map((_, i) => i));
          for (const slice of slices) {
            expect(slice.targets).toEqual(slice.places.map((i) => targets[i]));
            expect(slice.targets.length).toBeLessThanOrEqual(most);
            for (const { namespace, name } of slice.targets)
              expect(slice.store).toBe(spread ? whole.of(`${namespace}/${name}`) : parts[0]);
          }
          if (!spread && n > 0) expect(slices).toHaveLength(Math.ceil(n / most));
        },
      ),
    );
  });

  it("writes the state of a large fleet 28 times at most, and begins with a small slice", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (n) => {
        const parts = Array.from({ length: Math.ceil(n / 1000) }, store);
        let k = 0;
        const whole = { ...store(), of: () => parts[k++ % parts.length]! };
        const slices = slicesOf(fleet(n), whole);
        expect(slices[0]!.targets.length).toBeLessThanOrEqual(MAX_SLICE_TARGETS);
        // the lists of 10,000 workloads are 22 calls, reading the state is 10: with 28 writes that is changes + 60
        expect(slices.length).toBeLessThanOrEqual(28);
        for (const { targets } of slices) expect(targets.length).toBeLessThanOrEqual(sliceSize(n));
      }),
      { numRuns: 30, examples: [[10_000]] },
    );
    expect([1, 3333, 5000, 10_000, 100_000].map(sliceSize)).toEqual([200, 200, 300, 600, 600]);
  });

  it("is one slice up to the size of one", () => {
    expect(slicesOf(fleet(MAX_SLICE_TARGETS), store())).toHaveLength(1);
    expect(slicesOf(fleet(MAX_SLICE_TARGETS + 1), store()).map(({ targets }) => targets.length)).toEqual([101, 100]);
  });
});

describe("a run of many targets", () => {
  const targets = fleet(2 * MAX_SLICE_TARGETS + 50);

  it.each(["silent", "telling"])("decides, remembers and acts as every target alone would (%s store)", async (kind) => {
    const world = worldOf(targets);
    const result = await runOnce(kind === "telling" ? telling(world) : fakePorts(world), targets, options);
    const alone = worldOf(targets);
    for (const [i, target] of targets.entries()) {
      const single = await runOnce(fakePorts(alone), [target], options);
      expect(result.targets[i]).toEqual(single.targets[0]);
    }
    expect(world.replicas).toEqual(alone.replicas);
    expect(stateOf(world).targets).toEqual(stateOf(alone).targets);
    expect(world.calls.filter((call) => call === "claim")).toHaveLength(3);
    if (kind === "telling") expect(world.calls.filter((call) => call === "state")).toHaveLength(1);
    expect(result.notified).toHaveLength(targets.length);
  });

  it("acts on the first before the last are read", async () => {
    const many = fleet(6 * MAX_SLICE_TARGETS);
    const world = worldOf(many);
    await runOnce(telling(world), many, options);
    const firstAction = world.calls.findIndex((call) => call.startsWith("scale "));
    expect(world.calls.lastIndexOf("history")).toBeGreaterThan(firstAction);
  });

  it("lets others go first between two decisions", async () => {
    const world = worldOf(targets);
    const seen: number[] = [];
    await turnsDuring((turn) => {
      const forecaster: typeof last = (...args) => {
        seen.push(turn());
        return last(...args);
      };
      return runOnce(telling(world), targets, { forecaster });
    });
    // two follow each other only where one slice ends and the next begins
    expect(new Set(seen).size).toBeGreaterThanOrEqual(targets.length - 2);
  });

  it("reports a hundred in a turn of the event loop", async () => {
    const few = fleet(MAX_SLICE_TARGETS);
    const ports = telling(worldOf(few));
    const reports: number[] = [];
    await turnsDuring((turn) => {
      const reporter = { ...ports.reporter, tick: () => void reports.push(turn()) };
      return runOnce({ ...ports, reporter }, few, { ticksFor: async () => atOnce });
    });
    expect(reports).toHaveLength(few.length);
    // and what 15 others had begun
    expect(mostInATurn(reports)).toBeLessThan(120);
  });

  it("claims one object in each turn", async () => {
    const many = fleet(2000);
    const stores = Array.from({ length: 4 }, () => telling(worldOf(many)).state);
    const of = (key: string) => stores[Number(key.split("-")[1]) % 4]!;
    const claims: number[] = [];
    await turnsDuring((turn) => {
      const claiming = stores.map((store) => ({
        ...store,
        claim: (...given: Parameters<StateStore["claim"]>) => {
          claims.push(turn());
          return store.claim(...given);
        },
      }));
      const ports = telling(worldOf(many));
      const state = { ...ports.state, of: (key: string) => claiming[stores.indexOf(of(key))]! };
      return runOnce({ ...ports, state }, many, { ticksFor: async () => atOnce });
    });
    expect(claims.length).toBeGreaterThanOrEqual(12);
    expect(mostInATurn(claims)).toBe(1);
  });

  it("keeps what breaks in one slice there, whatever port breaks", async () => {
    const broken = new Set(targets.slice(0, 50).map(({ name }) => name));
    const breaks: Readonly<Record<string, (ports: Ports) => Ports>> = {
      history: ({ history, ...ports }) => ({
        ...ports,
        history: {
          ...history,
          read: async (queries, now) => {
            if (queries.some(({ target }) => broken.has(target.name))) throw new Error("no answer");
            return history.read(queries, now);
          },
        },
      }),
      "a scaler that throws at once": ({ scaler, ...ports }) => ({
        ...ports,
        scaler: {
          ...scaler,
          read: (target) => {
            if (broken.has(target.name)) throw new Error("bug");
            return scaler.read(target);
          },
        },
      }),
    };
    for (const [name, breaking] of Object.entries(breaks)) {
      const world = worldOf(targets);
      const result = await runOnce(breaking(telling(world)), targets, options);
      const failed = result.targets.filter(({ action }) => action === "failed");
      expect(failed, name).toHaveLength(150);
      expect(
        failed.every((_, i) => failed[i] === result.targets[i]),
        name,
      ).toBe(true);
      expect(result.exitCode).toBe(1);
      expect(Object.keys(stateOf(world).targets).length).toBeGreaterThanOrEqual(300);
    }
  });

  it("does not wait for a slice whose answers never come", async () => {
    const world = worldOf(targets);
    const ports = telling(world);
    const done: number[] = [];
    let release = () => {};
    const history: Ports["history"] = {
      ...ports.history,
      read: async (queries, now) => {
        if (queries.some(({ target }) => target.name === "web-0")) await new Promise<void>((go) => (release = go));
        return ports.history.read(queries, now);
      },
    };
    const part = async ({ outcomes }: { readonly outcomes: readonly unknown[] }) => {
      if (done.push(outcomes.length) === 2) release();
    };
    await runOnce({ ...ports, history }, targets, { ...options, part });
    expect(done).toEqual([150, 150, 150]);
  });

  it("leaves to the next run only the targets that another run claimed meanwhile", async () => {
    const world = worldOf(targets);
    const ports = telling(world);
    let claims = 0;
    world.onCall = (call) => {
      if (call !== "claim" || ++claims !== 2) return;
      const state = stateOf(world);
      const rival = { ...state, targets: { ...state.targets, "shop/web-449": state.targets["shop/web-0"]! } };
      void ports.state.claim(rival, String(world.state.version));
    };
    const result = await runOnce(ports, targets, options);
    const lost = result.targets.map(({ reason }) => reason === "StateConflict");
    expect(lost.indexOf(true)).toBe(300);
    expect(lost.filter(Boolean)).toHaveLength(150);
  });

  it("takes back what could not be carried out, after other slices have claimed", async () => {
    const world = worldOf(targets);
    const ports = telling(world);
    const scaler: Ports["scaler"] = {
      ...ports.scaler,
      scale: async (target, from, to) => {
        if (target.name === "web-7") return "conflict";
        return ports.scaler.scale(target, from, to);
      },
    };
    const result = await runOnce({ ...ports, scaler }, targets, options);
    expect(result.targets[7]).toMatchObject({ action: "held", reason: "ScaleConflict" });
    expect(stateOf(world).targets["shop/web-7"]).toBeUndefined();
    expect(Object.keys(stateOf(world).targets)).toHaveLength(targets.length - 1);
  });

  it("keeps of many runs in one process the last, where each is told", async () => {
    const after = async () => {};
    const { runs } = await runFor(fakePorts(worldOf(fleet(1))), fleet(1), { ...options, every: 15, for: 50, after });
    expect(runs).toHaveLength(1);
  });
});
