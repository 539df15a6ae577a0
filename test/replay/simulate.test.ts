/** The modelled world and its scores, against cases worked by hand and a naive count. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCluster } from "../../job/replay/cluster.ts";
import { DemandError } from "../../job/replay/demand.ts";
import { oraclePolicy, staticPolicy } from "../../job/replay/peers/foresight.ts";
import { hpaPolicy } from "../../job/replay/peers/hpa.ts";
import { simulate } from "../../job/replay/simulate.ts";
import type { ReplayPolicy } from "../../job/replay/types.ts";
import { REPLAY_DEFAULTS } from "../../job/replay/world.ts";

const demandOf = (values: readonly number[]) => ({ start: 1000, step: 15, values: Float64Array.from(values) });
const scripted = (name: string, wants: readonly number[], every = 15): ReplayPolicy => {
  let i = 0;
  return { name, every, decide: () => ({ replicas: wants[Math.min(i++, wants.length - 1)]!, reason: "Scripted" }) };
};
const world = { ...REPLAY_DEFAULTS, warmup: 30, startup: 30, min: 1, max: 100 };

describe("the modelled workload", () => {
  it("has pods ready only after their start", () => {
    const cluster = createCluster(2, 30, 0);
    cluster.scale(5, 0);
    expect([0, 29, 30].map((t) => cluster.ready(t))).toEqual([2, 2, 5]);
  });

  it("removes starting pods first", () => {
    const cluster = createCluster(2, 30, 0);
    cluster.scale(5, 0);
    cluster.scale(3, 15);
    expect([cluster.replicas, cluster.ready(15), cluster.ready(30), cluster.actions]).toEqual([3, 2, 3, 2]);
  });
});

describe("simulate", () => {
  it("scores a case worked by hand", async () => {
    // warm-up 2 steps; the first known demand, 0.5, needs 2 pods at 70 % of 0.5; then recommendations 2, 4, 4, 1
    const result = await simulate(demandOf([0.5, 0.5, 1.5, 1.5, 1.5, 1.5]), [scripted("s", [2, 4, 4, 1])], world);
    expect(result.rows.map((r) => [r.t, r.ready, r.replicas, r.decision])).toEqual([
      [1030, 2, 2, 2],
      [1045, 2, 4, 4],
      [1060, 2, 4, 4],
      [1075, 1, 1, 1],
    ]);
    const score = result.policies.s!;
    expect(score.podHours).toBeCloseTo(((2 + 4 + 4 + 1) * 15) / 3600, 12);
    expect(score.under).toBe(1);
    expect(score.unserved).toBeCloseTo((0.5 + 0.5 + 0.5 + 1) / 6, 12);
    expect(score.actions).toBe(2);
  });

  it("tells a policy only what is complete", async () => {
    const seen: number[][] = [];
    const spy: ReplayPolicy = {
      name: "spy",
      every: 30,
      decide: (view) => {
        seen.push([view.index, view.demand, view.history(45).values.length, view.history(45).values.at(-1)!]);
        return { replicas: view.replicas, reason: "" };
      },
    };
    await simulate(demandOf([1, 2, 3, 4, 5, 6]), [spy], world);
    expect(seen).toEqual([
      [2, 1.5, 2, 2],
      [4, 3.5, 3, 4],
    ]);
    seen.length = 0;
    await simulate(demandOf([1, 2, 3, 4, 5, 6]), [spy], { ...world, metricLag: 15 });
    expect(seen[1]).toEqual([4, 2.5, 3, 3]);
  });

  it("leaves decisions empty where the policy does not run and keeps to the bounds", async () => {
    const result = await simulate(demandOf([1, 1, 1, 1, 1, 1]), [scripted("s", [500, 0], 30)], { ...world, max: 7 });
    expect(result.rows.map((r) => r.decision)).toEqual([7, null, 1, null]);
  });

  it("refuses a series that the warm-up eats, and says which one would do; none does for two steps", async () => {
    const said = (steps: number, warmup: number) =>
      simulate(demandOf(Array(steps).fill(1)), [scripted("s", [1])], { ...world, warmup }).then(
        () => "played",
        (error: unknown) => (error instanceof DemandError ? error.message : String(error)),
      );
    expect(await said(20, 600)).toMatch(/20 steps of 15 s, the warm-up takes 40: .* choose a --warmup below 285$/);
    expect([await said(20, 284), await said(20, 285)]).toEqual(["played", "played"]);
    expect(await said(3, 45)).toMatch(/choose a --warmup below 30$/);
    expect(await said(3, 29)).toBe("played");
    for (const steps of [1, 2]) expect(await said(steps, 0)).toMatch(/ steps? of 15 s: it is too short to replay$/);
  });

  it("lets the oracle be under at the beginning at most, and static peak never", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: 20, maxLength: 120 }),
        fc.constantFrom(0, 15, 30, 90),
        async (values, startup) => {
          const options = { ...world, startup };
          const demand = demandOf([values[0]!, values[0]!, ...values]);
          const both = [oraclePolicy(options, 15), staticPolicy(options, demand.values)];
          const { rows } = await simulate(demand, both, options);
          const late = rows.filter((r) => r.t > rows[0]!.t + startup && r.demand > r.ready * 0.5 + 1e-9);
          expect(late).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("the simulated HPA in the modelled world", () => {
  it("follows a step up within two syncs and holds the fall for 300 s", async () => {
    const values = [...Array(20).fill(0.7), ...Array(20).fill(2.8), ...Array(60).fill(0.7)] as number[];
    const { rows } = await simulate(demandOf(values), [hpaPolicy(world)], world);
    const at = (index: number) => rows[index - 2]!.replicas;
    expect(at(19)).toBe(2);
    expect(at(24)).toBeGreaterThanOrEqual(8);
    // the load falls at step 40; the last high recommendation stays in the window for 300 s = 20 steps more
    expect(at(58)).toBe(at(40));
    expect(at(75)).toBe(2);
  });
});
