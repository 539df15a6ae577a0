/** Two workloads of different kinds have one name, and only one of them is seen in a run, as where a list fails: neither uses the memory of the other. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode, EMPTY_STATE, encode } from "../../job/core/state/codec.ts";
import { BLANK } from "../../job/core/state/memory.ts";
import { memoryOf } from "../../job/run/memory.ts";
import { runOnce } from "../../job/run.ts";
import { config, NOW } from "../fakes/config.ts";
import { last } from "../fakes/forecaster.ts";
import { fakePorts, fakeWorld, stateOf } from "../fakes/ports.ts";

const KINDS = ["Deployment", "StatefulSet"] as const;
type Kind = (typeof KINDS)[number];
const targetOf = (kind: Kind) =>
  config({ name: "web", scaleTargetRef: { apiVersion: "apps/v1", kind, name: "web" }, suddenDropHold: 0 });

/** Runs a minute apart: which of them is seen, and the cores that it uses. */
const runs = fc.record({
  kind: fc.constantFrom(...KINDS),
  load: fc.constantFrom(0.4, 1, 2, 4),
  times: fc.integer({ min: 1, max: 9 }),
});
type Runs = typeof runs extends fc.Arbitrary<infer T> ? T : never;

/** The replicas of one of them after each run that sees it; `alone`: nobody else has its name. */
async function replicasOf(kind: Kind, all: readonly Runs[], alone: boolean): Promise<readonly number[]> {
  const world = fakeWorld({ replicas: {} });
  const counts: Record<Kind, number> = { Deployment: 8, StatefulSet: 8 };
  const seen: number[] = [];
  for (const one of all.flatMap((some) => Array<Runs>(some.times).fill(some))) {
    if (one.kind === kind || !alone) {
      world.load = () => one.load;
      world.replicas = { web: counts[one.kind] };
      await runOnce(fakePorts(world), [targetOf(one.kind)], { forecaster: last });
      counts[one.kind] = world.replicas.web!;
    }
    if (one.kind === kind) seen.push(counts[kind]);
    world.now += 60;
  }
  return seen;
}

describe("namesakes of two kinds", () => {
  it("neither of them has fewer replicas in a run than if it were alone", async () => {
    let shrank = 0;
    const check = async (all: readonly Runs[]) => {
      for (const kind of KINDS) {
        const [own, alone] = [await replicasOf(kind, all, false), await replicasOf(kind, all, true)];
        for (const [i, replicas] of own.entries()) expect(replicas).toBeGreaterThanOrEqual(alone[i]!);
        if (Math.min(...own) < 8) shrank++;
      }
    };
    await fc.assert(fc.asyncProperty(fc.array(runs, { minLength: 2, maxLength: 7 }), check), { numRuns: 40 });
    expect(shrank).toBeGreaterThan(5);
  });

  it("a memory without a kind is of a Deployment, as those of older versions are", async () => {
    const of = (state: object) => ({ version: 1, targets: { "default/web": { ...BLANK, ...state } } });
    const memory = { namespace: "default" };
    const [deployment, set] = KINDS.map((kind) => ({ ...targetOf(kind), ...memory }));
    expect(memoryOf(of({}), deployment!)).toEqual(BLANK);
    expect(memoryOf(of({}), set!)).toBeUndefined();
    expect(memoryOf(of({ kind: "StatefulSet" }), set!)).toEqual({ ...BLANK, kind: "StatefulSet" });
    expect(memoryOf(of({ kind: "StatefulSet" }), deployment!)).toBeUndefined();
  });

  it.each([1, null, "", "web", "A".repeat(64), "\u001b[2J", ["StatefulSet"]])(
    "a memory of a kind that is none (%j) is nobody's, also after it was stored again",
    (k) => {
      const read = decode(JSON.stringify({ v: 1, t: { "default/web": { w: [1, 2], k } } }));
      const state = read.ok ? read.value : EMPTY_STATE;
      expect(Object.keys(state.targets)).toEqual(["default/web"]);
      const again = decode(encode(state));
      expect(again.ok && again.value).toEqual(state);
      for (const kind of KINDS) expect(memoryOf(state, { ...targetOf(kind), namespace: "default" })).toBeUndefined();
    },
  );

  it("what is stored says whose it is", async () => {
    const world = fakeWorld({ now: NOW });
    await runOnce(fakePorts(world), [targetOf("StatefulSet")], { forecaster: last });
    expect(Object.values(stateOf(world).targets)).toEqual([expect.objectContaining({ kind: "StatefulSet" })]);
    await runOnce(fakePorts(world), [targetOf("Deployment")], { forecaster: last });
    expect(Object.values(stateOf(world).targets)[0]).not.toHaveProperty("kind");
  });
});
