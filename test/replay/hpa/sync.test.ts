/** The rules of one HPA sync by name, and what must hold for any of them; the goldens check the rest. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EMPTY_MEMORY } from "../../../job/replay/hpa/defaults.ts";
import { hpaSync } from "../../../job/replay/hpa/sync.ts";
import type { HpaBehavior, HpaMemory, HpaPod, HpaSpec } from "../../../job/replay/hpa/types.ts";

const spec: HpaSpec = {
  minReplicas: 1,
  maxReplicas: 40,
  target: { averageUtilization: 50 },
  requestMilli: 100,
};

/** A pod that has been ready for long. */
function old(milli: number | undefined, now = 0): HpaPod {
  const pod: HpaPod = { startTime: -1000, ready: "True", lastTransitionTime: -970 };
  return milli === undefined ? pod : { ...pod, usage: { milli, timestamp: now, window: 15 } };
}

function fleet(n: number, milli: number, now = 0): HpaPod[] {
  return Array.from({ length: n }, () => old(milli, now));
}

/** One sync of a controller that has just started, unless a memory is given. */
function once(spec: HpaSpec, currentReplicas: number, pods: HpaPod[], memory: HpaMemory = EMPTY_MEMORY, now = 0) {
  return hpaSync(spec, memory, { now, currentReplicas, pods });
}

/** The memory of a controller whose first recommendation, the count it met, has left the window. */
const settled: HpaMemory = { ...EMPTY_MEMORY, recommendations: [{ replicas: 1, at: -1000 }] };

describe("hpaSync", () => {
  test.each([
    { name: "within 10 % of the target nothing changes", now: 4, pods: fleet(4, 55), to: 4 },
    { name: "60 of 50 percent on 4 pods is 5", now: 4, pods: fleet(4, 60), to: 5 },
    { name: "a percent is truncated: 55.9 is 55, within", now: 1, pods: [old(55.9)], to: 1 },
    {
      name: "pods without a sample are idle on the way up",
      now: 4,
      pods: [old(90), old(90), old(90), old(undefined)],
      to: 6,
    },
    {
      name: "and full on the way down, which here turns the direction",
      now: 2,
      pods: [old(10), old(undefined)],
      to: 2,
    },
    {
      name: "failed and deleted pods do not exist",
      now: 2,
      pods: [...fleet(2, 90), { ...old(0), deleting: true }, { ...old(0), phase: "Failed" as const }],
      to: 4,
    },
    {
      name: "without any sample nothing changes",
      now: 3,
      pods: [old(undefined)],
      to: 3,
      reason: "FailedGetResourceMetric",
    },
    { name: "0 replicas means off by hand", now: 0, pods: [], to: 0, reason: "ScalingDisabled" },
    {
      name: "above max is corrected at once, whatever the load",
      now: 50,
      pods: fleet(50, 100),
      to: 40,
      reason: "TooManyReplicas",
    },
    { name: "no more than twice the current count", now: 3, pods: fleet(3, 500), to: 6, reason: "ScaleUpLimit" },
    { name: "or 4", now: 1, pods: fleet(1, 500), to: 4, reason: "ScaleUpLimit" },
    { name: "min holds", now: 3, pods: fleet(3, 0), to: 1, reason: "TooFewReplicas" },
  ])("$name", ({ now, pods, to, reason }) => {
    const decision = once(spec, now, pods, settled);
    expect(decision.replicas).toBe(to);
    if (reason) expect(decision.reason).toBe(reason);
  });

  test("a fresh controller shrinks nothing for 300 s, and then does", () => {
    let memory = EMPTY_MEMORY;
    const seen = [];
    for (let now = 0; now <= 330; now += 15) {
      const decision = once(spec, 10, fleet(10, 10, now), memory, now);
      memory = decision.memory;
      seen.push(decision.replicas);
    }
    expect(seen.slice(0, 21)).toEqual(Array(21).fill(10));
    expect(seen[21]).toBe(2);
  });

  test("with behavior the window's far end is out: 300 s, not 315", () => {
    let memory = EMPTY_MEMORY;
    const seen = [];
    for (let now = 0; now <= 300; now += 15) {
      const decision = once({ ...spec, behavior: {} }, 10, fleet(10, 10, now), memory, now);
      memory = decision.memory;
      seen.push(decision.replicas);
    }
    expect(seen.slice(0, 20)).toEqual(Array(20).fill(10));
    expect(seen[20]).toBe(2);
  });

  test("a policy counts the pods added in its period", () => {
    const behavior: HpaBehavior = { scaleUp: { policies: [{ type: "Pods", value: 3, periodSeconds: 60 }] } };
    let memory = settled;
    let replicas = 4;
    const seen = [];
    for (let now = 0; now <= 75; now += 15) {
      const decision = once({ ...spec, behavior }, replicas, fleet(replicas, 500, now), memory, now);
      ({ memory, replicas } = decision);
      seen.push(replicas);
    }
    // 60 s after the first step it no longer counts
    expect(seen).toEqual([7, 7, 7, 7, 10, 10]);
  });

  test("a tolerance of its own per direction", () => {
    const behavior: HpaBehavior = {
      scaleUp: { tolerance: 0.5 },
      scaleDown: { tolerance: 0, stabilizationWindowSeconds: 0 },
    };
    expect(once({ ...spec, behavior }, 10, fleet(10, 74), settled).replicas).toBe(10);
    expect(once({ ...spec, behavior }, 10, fleet(10, 76), settled).replicas).toBe(16);
    expect(once({ ...spec, behavior }, 10, fleet(10, 49), settled).replicas).toBe(10);
    expect(once({ ...spec, behavior }, 10, fleet(10, 44), settled).replicas).toBe(9);
  });

  test("an average value is truncated to a whole milli", () => {
    const target = { averageValue: 10 };
    expect(once({ ...spec, target }, 2, [old(11), old(12)], settled).replicas).toBe(2);
    expect(once({ ...spec, target }, 2, [old(12), old(12)], settled).replicas).toBe(3);
  });
});

const rules = fc.record(
  {
    stabilizationWindowSeconds: fc.constantFrom(0, 30, 300),
    selectPolicy: fc.constantFrom("Max" as const, "Min" as const, "Disabled" as const),
    policies: fc.array(
      fc.record({
        type: fc.constantFrom("Pods" as const, "Percent" as const),
        value: fc.integer({ min: 1, max: 150 }),
        periodSeconds: fc.constantFrom(15, 60, 300),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    tolerance: fc.constantFrom(0, 0.05, 0.3),
  },
  { requiredKeys: [] },
);
const history = fc.record({
  bounds: fc.tuple(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 10, max: 40 })),
  behavior: fc.option(fc.record({ scaleUp: rules, scaleDown: rules }, { requiredKeys: [] }), { nil: undefined }),
  demand: fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 60 }),
});

describe("for any spec and load", () => {
  test("the bounds hold, nothing given is changed, the memory stays small, the same again gives the same", () => {
    fc.assert(
      fc.property(history, ({ bounds: [minReplicas, maxReplicas], behavior, demand }) => {
        const any: HpaSpec = { ...spec, minReplicas, maxReplicas, ...(behavior ? { behavior } : {}) };
        let memory = EMPTY_MEMORY;
        let replicas = minReplicas;
        demand.forEach((milli, i) => {
          const pods = fleet(replicas, Math.floor(milli / replicas), i * 15);
          const before = structuredClone({ any, memory, pods });
          const decision = once(any, replicas, pods, memory, i * 15);
          expect({ any, memory, pods }).toEqual(before);
          expect(once(any, replicas, pods, memory, i * 15)).toEqual(decision);
          expect(decision.replicas).toBeGreaterThanOrEqual(minReplicas);
          expect(decision.replicas).toBeLessThanOrEqual(maxReplicas);
          ({ memory, replicas } = decision);
        });
        // 300 s of syncs at 15 s, both ends, and the place that is free at last
        expect(memory.recommendations.length).toBeLessThanOrEqual(22);
        expect(memory.scaleUpEvents.length).toBeLessThanOrEqual(22);
        expect(memory.scaleDownEvents.length).toBeLessThanOrEqual(22);
      }),
      { numRuns: 200 },
    );
  });

  test("with every pod ready, more load never gives fewer replicas", () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 0, max: 500 }), ({ behavior, demand }, more) => {
        const any: HpaSpec = { ...spec, ...(behavior ? { behavior } : {}) };
        let memory = EMPTY_MEMORY;
        let replicas = 5;
        demand.forEach((milli, i) => {
          const share = Math.floor(milli / replicas);
          const less = once(any, replicas, fleet(replicas, share, i * 15), memory, i * 15);
          const greater = once(any, replicas, fleet(replicas, share + more, i * 15), memory, i * 15);
          expect(greater.replicas).toBeGreaterThanOrEqual(less.replicas);
          ({ memory, replicas } = less);
        });
      }),
      { numRuns: 200 },
    );
  });
});
