/** Shards: every target has one, another number of them moves only its share, and none of them writes what another one writes. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Call } from "../../job/adapters/kubernetes-http.ts";
import { kubernetesState } from "../../job/adapters/state-store.ts";
import { targetsOf } from "../../job/run/shards.ts";
import { slicesOf } from "../../job/run/slices.ts";
import { runOnce } from "../../job/run.ts";
import { config } from "../fakes/config.ts";
import { last } from "../fakes/forecaster.ts";
import { fakePorts, fakeWorld } from "../fakes/ports.ts";

const fleets = fc
  .uniqueArray(fc.tuple(fc.constantFrom("shop", "pay"), fc.string({ unit: "grapheme", minLength: 1 })), {
    maxLength: 60,
    selector: ([namespace, name]) => `${namespace}/${name}`,
  })
  .map((names) => names.map(([namespace, name]) => config({ namespace, name })));
const counts = fc.integer({ min: 1, max: 64 });
const all = (count: number) => Array.from({ length: count }, (_, index) => ({ count, index }));

describe("targetsOf", () => {
  it("gives every target to one shard, and keeps their order", () => {
    fc.assert(
      fc.property(fleets, counts, (targets, count) => {
        const shares = all(count).map((shard) => targetsOf(targets, shard));
        expect(shares.flat()).toHaveLength(targets.length);
        expect(new Set(shares.flat())).toEqual(new Set(targets));
        for (const share of shares) expect(share).toEqual(targets.filter((target) => share.includes(target)));
      }),
    );
  });

  it("moves targets to the new shard only, when one is added, and from the last one only, when it goes", () => {
    fc.assert(
      fc.property(fleets, counts, (targets, count) => {
        for (const shard of all(count)) {
          const before = targetsOf(targets, shard);
          const after = targetsOf(targets, { ...shard, count: count + 1 });
          expect(before).toEqual(expect.arrayContaining([...after]));
        }
      }),
    );
  });

  it("gives a shard the targets of one object of the state, which no other shard has", () => {
    const nobody = async () => {
      throw new Error("is not asked");
    };
    fc.assert(
      fc.property(fleets, fc.integer({ min: 2, max: 64 }), (targets, count) => {
        const state = kubernetesState(nobody, { configMap: { namespace: "shop", name: "state", count } });
        const stores = all(count).flatMap((shard) => {
          const own = slicesOf(targetsOf(targets, shard), state).filter(({ places }) => places.length > 0);
          expect(own.length).toBeLessThanOrEqual(1);
          return own.map(({ store }) => store);
        });
        expect(new Set(stores).size).toBe(stores.length);
      }),
    );
  });
});

describe("three runs at the same time", () => {
  const targets = Array.from({ length: 60 }, (_, i) => config({ name: `web-${i}` }));
  const shards = all(3);

  /** Ports over ConfigMaps in memory; every write must name the version that is there. */
  function world() {
    const versions = new Map<string, number>();
    const annotations = new Map<string, Record<string, string>>();
    const conflicts: string[] = [];
    const send = async ({ method, path, body }: Call): Promise<unknown> => {
      const name = /configmaps\/([^?]+)/.exec(path)?.[1] ?? "";
      const version = versions.get(name) ?? 1;
      if (method === "PATCH") {
        const { metadata } = body as { metadata: { resourceVersion: string; annotations: Record<string, string> } };
        if (metadata.resourceVersion !== String(version)) conflicts.push(name);
        annotations.set(name, { ...annotations.get(name), ...metadata.annotations });
        versions.set(name, version + 1);
      }
      return { metadata: { resourceVersion: String(versions.get(name) ?? 1), annotations: annotations.get(name) } };
    };
    const fake = fakeWorld({ load: () => 2.2, replicas: Object.fromEntries(targets.map(({ name }) => [name, 2])) });
    const configMap = { namespace: "shop", name: "state" };
    const ports = (count: number) => ({
      ...fakePorts(fake),
      state: kubernetesState(async () => ({ send, close: () => {} }), { configMap: { ...configMap, count } }),
    });
    return { fake, ports, conflicts, annotations };
  }

  it("decide each target once, and never meet in the state", async () => {
    const { ports, conflicts, annotations, fake } = world();
    const runs = await Promise.all(
      shards.map((shard) => runOnce(ports(3), targetsOf(targets, shard), { forecaster: last })),
    );
    expect(conflicts).toEqual([]);
    expect(annotations.size).toBe(3);
    const outcomes = runs.flatMap((run) => run.targets);
    expect(outcomes.map(({ name }) => name).sort()).toEqual(targets.map(({ name }) => name).sort());
    expect(outcomes.every(({ action }) => action === "scaled")).toBe(true);
    expect(new Set(Object.values(fake.replicas))).toEqual(new Set([outcomes[0]!.to]));
  });

  it("find what others remembered, when their number changes, and one of them has nothing to do", async () => {
    const { ports } = world();
    for (const count of [1, 3, 5]) {
      const told = await Promise.all(
        all(count).map(async (shard) => {
          const own = targetsOf(targets, shard);
          const state = slicesOf(own, ports(count).state)[0]!.store;
          const before = (await state.read()).state.targets;
          const run = await runOnce(ports(count), own, { forecaster: last });
          return own.filter(
            ({ namespace, name }) => before[`${namespace}/${name}`] !== undefined && run.exitCode === 0,
          );
        }),
      );
      expect(told.flat()).toHaveLength(count === 1 ? 0 : targets.length);
    }
    expect(await runOnce(ports(5), [], { forecaster: last })).toMatchObject({ exitCode: 0, targets: [] });
  });
});
