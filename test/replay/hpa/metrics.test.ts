/** Several metrics in one HPA: the rules by name, and what must hold for any of them; the goldens check the rest. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EMPTY_MEMORY, HPA_SETTINGS } from "../../../job/replay/hpa/defaults.ts";
import { hpaSync } from "../../../job/replay/hpa/sync.ts";
import type { HpaMemory, HpaMetric, HpaPod, HpaSync } from "../../../job/replay/hpa/types.ts";

const CPU: HpaMetric = { type: "Resource", name: "cpu", target: { averageUtilization: 50 } };
const REQUESTS: HpaMetric = { type: "Pods", name: "requests", target: { averageValue: 10_000 } };
const QUEUE: HpaMetric = { type: "External", name: "queue", target: { averageValue: 30_000 } };
const INGRESS: HpaMetric = { type: "Object", name: "ingress", target: { value: 60_000 } };

/** The memory of a controller whose first recommendation, the count it met, has left the window. */
const settled: HpaMemory = { ...EMPTY_MEMORY, recommendations: [{ replicas: 1, at: -1000 }] };

/** n pods that have been ready for long, at a share of the CPU request and with requests a second (undefined: no sample). */
function fleet(n: number, percent: number | undefined, requests?: number): HpaPod[] {
  return Array.from({ length: n }, () => ({
    startTime: -1000,
    ready: "True" as const,
    lastTransitionTime: -970,
    ...(percent === undefined ? {} : { usage: { milli: percent, timestamp: 0, window: 15 } }),
    ...(requests === undefined ? {} : { values: { requests: requests * 1000 } }),
  }));
}

function once(metrics: HpaMetric[], pods: HpaPod[], seen: Partial<HpaSync> = {}, memory = settled, min = 1) {
  const sync: HpaSync = { now: 0, currentReplicas: pods.length, pods, ...seen };
  const spec = { minReplicas: min, maxReplicas: 40, metrics, requestMilli: 100 };
  return hpaSync(spec, memory, sync, { ...HPA_SETTINGS, scaleToZero: min === 0 });
}

describe("several metrics", () => {
  test("the largest recommendation wins, and says whose it was", () => {
    const decision = once([CPU, REQUESTS, QUEUE], fleet(4, 60, 10), { values: { queue: [180_000] } });
    expect(decision).toMatchObject({ replicas: 6, recommended: 6, metric: "queue", reason: "DesiredWithinRange" });
    expect(decision.proposals).toEqual([
      { name: "cpu", replicas: 5 },
      { name: "requests", replicas: 4 },
      { name: "queue", replicas: 6 },
    ]);
  });

  test("one that is missing does not stop the others from scaling up", () => {
    const decision = once([QUEUE, CPU], fleet(4, 60));
    expect(decision).toMatchObject({ replicas: 5, metric: "cpu" });
    expect(decision.proposals).toEqual([
      { name: "queue", invalid: "FailedGetExternalMetric" },
      { name: "cpu", replicas: 5 },
    ]);
    expect(decision.memory.conditions.ScalingActive).toBe("ValidMetricFound");
  });

  test("one that is missing forbids scaling down, and is the reason", () => {
    const decision = once([CPU, REQUESTS, INGRESS], fleet(4, 10), { values: { ingress: [6000] } });
    expect(decision).toMatchObject({ replicas: 4, reason: "FailedGetPodsMetric" });
    expect(decision.recommended).toBeUndefined();
    expect(decision.memory.recommendations).toEqual(settled.recommendations);
  });

  test("with all of them missing nothing changes, and the first is the reason", () => {
    const decision = once([INGRESS, CPU, QUEUE], fleet(4, undefined));
    expect(decision).toMatchObject({ replicas: 4, reason: "FailedGetObjectMetric" });
  });

  test.each([
    ["of a pod", { pods: fleet(2, Number.NaN) }, "cpu"],
    ["of the whole", { pods: fleet(2, 50), values: { queue: [Number.NaN] } }, "queue"],
  ])("what is no number is missing: %s", (_, seen, name) => {
    const { proposals } = once([CPU, QUEUE], seen.pods, seen);
    expect(proposals?.find((p) => p.name === name)).toHaveProperty("invalid");
  });

  test("a Value moves the ready pods by the ratio, an AverageValue does not look at them", () => {
    const pods = [...fleet(2, 0), { ...fleet(1, 0)[0]!, ready: "False" as const }];
    expect(once([INGRESS], pods, { values: { ingress: [90_000] } }).recommended).toBe(3);
    expect(once([QUEUE], pods, { values: { queue: [60_000, 60_000] } }).recommended).toBe(4);
  });

  test("milli-bytes of a large fleet are divided as whole numbers: 29 % is 29, not 28", () => {
    const request = 206_158_430_208_600;
    const ask = (usage: number) => {
      const metric: HpaMetric = { type: "Resource", name: "memory", target: { averageUtilization: 29 } };
      const pods = Array.from({ length: 30 }, () => ({ values: { memory: usage } }));
      const behavior = { scaleDown: { tolerance: 0 } };
      const spec = { maxReplicas: 40, metrics: [metric], memoryRequestMilli: request, behavior };
      return hpaSync(spec, settled, { now: 0, currentReplicas: 30, pods }).recommended;
    };
    expect(ask((request / 100) * 29)).toBe(30);
    // an average that somebody forgot to round
    expect(ask((request / 100) * 29 + 0.51)).toBe(30);
  });

  test("without a list the API server's default holds: 80 % of CPU", () => {
    expect(once([], fleet(4, 80)).recommended).toBe(4);
    expect(once([], fleet(4, 89)).recommended).toBe(5);
  });

  test("the resource metrics fail together, the others by themselves", () => {
    const memory: HpaMetric = { type: "Resource", name: "memory", target: { averageValue: 100 } };
    const cpu: HpaMetric = { ...REQUESTS, name: "cpu" };
    const pods = fleet(1, 50).map((pod) => ({ ...pod, values: { memory: 200, cpu: 30_000 } }));
    const decision = once([memory, cpu], pods, { metricsFailed: true });
    expect(decision.proposals).toEqual([
      { name: "memory", invalid: "FailedGetResourceMetric" },
      { name: "cpu", replicas: 3 },
    ]);
  });

  test("an external sum that passes below zero asks for all, whatever it ends at; an object's does not", () => {
    const values = { queue: [-5000, 65_000] };
    expect(once([QUEUE], fleet(1, 0), { values }).recommended).toBe(2 ** 31 - 1);
    expect(once([{ ...QUEUE, type: "Object" }], fleet(1, 0), { values }).recommended).toBe(2);
    const below = once([{ ...QUEUE, type: "Object" }], fleet(1, 0), { values: { queue: [-65_000] } }, settled, 0);
    expect(below.recommended).toBe(0);
  });
});

describe("from 0 and back, with the gate HPAScaleToZero", () => {
  const idle = { values: { queue: [0] } };
  const busy = { values: { queue: [90_000] } };

  test("an idle queue takes it to 0, a busy one brings it back", () => {
    const off = once([CPU, QUEUE], fleet(1, 0), idle, settled, 0);
    expect(off.replicas).toBe(0);
    expect(off.memory.conditions.ScaledToZero).toBe("ScaledToZero");
    expect(once([CPU, QUEUE], [], idle, off.memory, 0)).toMatchObject({ replicas: 0, metric: "queue" });
    expect(once([CPU, QUEUE], [], busy, off.memory, 0)).toMatchObject({ replicas: 3, metric: "queue" });
  });

  const asleep: HpaMemory = { ...settled, conditions: { ScaledToZero: "ScaledToZero" } };

  test("0 by a person's hand stays, and so does any 0 without the gate", () => {
    const off = { replicas: 0, reason: "ScalingDisabled" };
    expect(once([CPU, QUEUE], [], busy, settled, 0)).toMatchObject(off);
    expect(once([CPU, QUEUE], [], busy, asleep, 1)).toMatchObject(off);
  });

  test("a minimum that rose brings it there at once, past the windows and rates of behavior", () => {
    const spec = { minReplicas: 7, maxReplicas: 40, metrics: [QUEUE], behavior: {} };
    const sync: HpaSync = { now: 0, currentReplicas: 0, pods: [], ...idle };
    const decision = hpaSync(spec, asleep, sync, { ...HPA_SETTINGS, scaleToZero: true });
    expect(decision).toMatchObject({ replicas: 7, recommended: 0, reason: "TooFewReplicas" });
    expect(decision.memory.conditions).toMatchObject({ ScaledToZero: "NotScaledToZero" });
  });
});

const target = fc.integer({ min: 1, max: 100_000 });
const named = fc.oneof(
  fc.record({ type: fc.constant("Pods" as const), target: fc.record({ averageValue: target }) }),
  fc.record({
    type: fc.constantFrom("External" as const, "Object" as const),
    target: fc.oneof(fc.record({ value: target }), fc.record({ averageValue: target })),
  }),
);
const scene = fc.record({
  metrics: fc
    .array(named, { minLength: 1, maxLength: 4 })
    .map((list) => list.map((m, i): HpaMetric => ({ ...m, name: `m${i}` }))),
  replicas: fc.integer({ min: 1, max: 20 }),
  // of metric i: what a pod has, what the whole has, whether it is missing
  seen: fc.array(fc.record({ milli: fc.integer({ min: 0, max: 200_000 }), missing: fc.boolean() }), {
    minLength: 4,
    maxLength: 4,
  }),
});

function see({ replicas, seen }: { replicas: number; seen: { milli: number; missing: boolean }[] }): {
  pods: HpaPod[];
  values: Record<string, number[]>;
} {
  const present = seen.flatMap(({ milli, missing }, i) => (missing ? [] : [[`m${i}`, milli] as const]));
  const pods = fleet(replicas, undefined).map((pod) => ({ ...pod, values: Object.fromEntries(present) }));
  return { pods, values: Object.fromEntries(present.map(([name, milli]) => [name, [milli]])) };
}

describe("for any metrics", () => {
  test("the answer is the largest of the metrics asked one by one; a missing one never lets it shrink", () => {
    fc.assert(
      fc.property(scene, ({ metrics, replicas, seen }) => {
        const { pods, values } = see({ replicas, seen });
        const decision = once(metrics, pods, { values });
        const alone = metrics.map((metric) => once([metric], pods, { values }).recommended);
        const found = alone.filter((r) => r !== undefined);
        const largest = found.length > 0 ? Math.max(...found) : undefined;
        const usable = largest !== undefined && (found.length === metrics.length || largest >= replicas);
        expect(decision.recommended).toBe(usable ? largest : undefined);
        if (!usable) expect(decision.replicas).toBe(replicas);
        if (found.length < metrics.length) expect(decision.replicas).toBeGreaterThanOrEqual(replicas);
      }),
      { numRuns: 500 },
    );
  });

  test("their order changes nothing but the names", () => {
    fc.assert(
      fc.property(scene, ({ metrics, replicas, seen }) => {
        const { pods, values } = see({ replicas, seen });
        const there = once(metrics, pods, { values });
        const back = once(metrics.toReversed(), pods, { values });
        expect(back.replicas).toBe(there.replicas);
        expect(back.recommended).toBe(there.recommended);
      }),
      { numRuns: 200 },
    );
  });

  test("one CPU metric in the list is the short form", () => {
    const usage = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(usage, fc.integer({ min: 1, max: 150 }), (percents, averageUtilization) => {
        const pods = percents.flatMap((percent) => fleet(1, percent));
        const sync: HpaSync = { now: 0, currentReplicas: pods.length, pods };
        const limits = { maxReplicas: 40, requestMilli: 100 };
        const list: HpaMetric[] = [{ ...CPU, target: { averageUtilization } } as HpaMetric];
        expect(hpaSync({ ...limits, metrics: list }, settled, sync)).toEqual(
          hpaSync({ ...limits, target: { averageUtilization } }, settled, sync),
        );
      }),
    );
  });
});
