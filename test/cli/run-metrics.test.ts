/** Telling changes nothing: with metrics, sent or not, runs do what they do without; and what an HPA would want has its own, small share of the time. */
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { runMetrics } from "../../job/cli/run-metrics.ts";
import type { MetricFamily, MetricsSink } from "../../job/ports.ts";
import { METRIC_PREFIX } from "../../job/report/metric-table.ts";
import type { Reported } from "../../job/report/reporter.ts";
import { runOnce } from "../../job/run.ts";
import { config, NOW } from "../fakes/config.ts";
import { last } from "../fakes/forecaster.ts";
import { type FakeWorld, fakePorts, fakeWorld } from "../fakes/ports.ts";

const TARGETS = ["web", "api"].map((name) =>
  config({ name, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name }, maxReplicas: 30 }),
);

/** A world of two targets whose load moves in steps; it can say how long a look at its clock takes. */
function moving(loads: readonly number[], world: Partial<FakeWorld> = {}): FakeWorld {
  const load = (_: string, time: number) => loads[Math.floor(time / 240) % loads.length]!;
  return fakeWorld({ replicas: { web: 3, api: 3 }, load, ...world });
}

/** Runs a minute apart, each told to `sink`; null: not told. */
async function runs(world: FakeWorld, sink: MetricsSink | null, count = 4, keeps = false) {
  const results: unknown[] = [];
  for (let i = 0; i < count; i++) {
    let told: Reported[] = [];
    const ports = fakePorts(world);
    const reporter = {
      ...ports.reporter,
      tick: (...[target, record, outcome]: Parameters<typeof ports.reporter.tick>) => {
        told = [...told, { target, record, outcome }];
      },
    };
    const result = await runOnce({ ...ports, reporter }, TARGETS, { forecaster: last });
    const before = structuredClone(told);
    if (sink !== null) {
      const metrics = runMetrics({ ...ports, reporter }, sink);
      await metrics.push(keeps ? await metrics.keep(told) : told, result);
    }
    expect(told).toEqual(before);
    const { targets, exitCode } = result;
    results.push({ targets, exitCode });
    world.now += 60;
  }
  return results;
}

const SINKS: Readonly<Record<string, () => Promise<void>>> = {
  "that takes them": async () => {},
  "that refuses": async () => {
    throw new Error("metrics to http://p: 403");
  },
};
const loads = fc.array(fc.double({ min: 0.01, max: 20, noNaN: true }), { minLength: 1, maxLength: 8 });

describe("telling", () => {
  test.each(Object.keys(SINKS))(
    "to a sink %s: the same decisions, calls, replicas, memory and exit codes",
    async (name) => {
      await fc.assert(
        fc.asyncProperty(loads, async (list) => {
          const [silent, told] = [moving(list), moving(list)];
          const push = vi.fn<MetricsSink["push"]>(SINKS[name]!);
          expect(await runs(told, { push })).toEqual(await runs(silent, null));
          expect(push).toHaveBeenCalledTimes(4);
          for (const key of ["calls", "replicas", "state", "now"] as const) expect(told[key]).toEqual(silent[key]);
        }),
        { numRuns: 15 },
      );
    },
  );

  test("of kept reports the metrics are those of the whole ones, also in parts", async () => {
    await fc.assert(
      fc.asyncProperty(loads, fc.boolean(), async (list, inParts) => {
        const push = [vi.fn<MetricsSink["push"]>(async () => {}), vi.fn<MetricsSink["push"]>(async () => {})] as const;
        await runs(moving(list), { push: push[0] });
        await runs(moving(list), { push: push[1], inParts }, 4, true);
        expect(push[1].mock.calls.map(([families]) => families)).toEqual(
          push[0].mock.calls.map(([families]) => families),
        );
      }),
      { numRuns: 15 },
    );
  });

  test("those of many targets go in parts of 150 where they may, each target once, those of the run with the last", async () => {
    const world = moving([2]);
    const [told, hpas, sizes, runLevel]: [string[], string[], number[], boolean[]] = [[], [], [], []];
    const sink: MetricsSink = {
      inParts: true,
      push: async (families) => {
        const desired = families.find(({ name }) => name === `${METRIC_PREFIX}desired_replicas`);
        told.push(...desired!.samples.map(({ labels }) => labels.name!));
        const beside = families.find(({ name }) => name === `${METRIC_PREFIX}hpa_desired_replicas`);
        hpas.push(...beside!.samples.map(({ labels }) => labels.name!));
        sizes.push(desired!.samples.length);
        runLevel.push(families.some(({ name }) => name === `${METRIC_PREFIX}last_run_timestamp_seconds`));
      },
    };
    const reports: Reported[] = [];
    const ports = fakePorts(world);
    const tick = (...[target, record, outcome]: Parameters<typeof ports.reporter.tick>) =>
      void reports.push({ target, record, outcome });
    const result = await runOnce({ ...ports, reporter: { ...ports.reporter, tick } }, TARGETS.slice(0, 1), {
      forecaster: last,
    });
    const [one] = reports;
    const named = (i: number): Reported => ({
      ...one!,
      // the first one failed: only its own HPA is unknown
      record: i === 0 ? null : one!.record,
      target: { ...one!.target, scaleTargetRef: { ...one!.target.scaleTargetRef, name: `web-${i}` } },
    });
    const many = Array.from({ length: 1201 }, (_, i) => named(i));
    await runMetrics(ports, sink).push(many, result);
    expect(sizes).toEqual([...Array(8).fill(150), 1]);
    expect(runLevel).toEqual([...Array(8).fill(false), true]);
    expect(new Set(told).size).toBe(1201);
    expect(hpas).toEqual(told.filter((name) => name !== "web-0"));
    const [parts, partHpas] = [[...told], [...hpas]];
    for (const list of [sizes, told, hpas]) list.length = 0;
    await runMetrics(ports, { push: sink.push }).push(many, result);
    expect(sizes).toEqual([1201]);
    expect([told, hpas]).toEqual([parts, partHpas]);
  });

  test("the time for sending is that of all parts together, and one warning says what was left out", async () => {
    const world = moving([2]);
    const ports = fakePorts(world);
    const reports: Reported[] = [];
    const tick = (...[target, record, outcome]: Parameters<typeof ports.reporter.tick>) =>
      void reports.push({ target, record, outcome });
    const result = await runOnce({ ...ports, reporter: { ...ports.reporter, tick } }, TARGETS.slice(0, 1), {
      forecaster: last,
    });
    const many = Array.from({ length: 2000 }, () => ({ ...reports[0]!, record: null }));
    const within: (number | undefined)[] = [];
    const push: MetricsSink["push"] = async (_families, _now, _signal, left) => {
      within.push(left);
      world.milliseconds += 2500;
    };
    await runMetrics(ports, { inParts: true, timeout: 5, push }).push(many, result);
    expect(within).toEqual([5, 2.5]);
    const rest = "those of 1700 targets and of the run are left out";
    const warning = `warn: metrics: not all could be sent within 5 s: ${rest}; what was done is unchanged`;
    expect(world.logs.filter((line) => line.startsWith("warn"))).toEqual([warning]);
  });

  test("of reports that cannot be made shorter there is a warning, and the run goes on with the whole ones", async () => {
    const world = moving([2]);
    const metrics = runMetrics(fakePorts(world), { push: async () => {} });
    const broken = [{ target: TARGETS[0]!, outcome: {}, record: { decision: null } }] as unknown as Reported[];
    expect(await metrics.keep(broken)).toBe(broken);
    expect(world.logs).toEqual([expect.stringMatching(/^warn: metrics: .*; what was done is unchanged$/)]);
  });

  test("a sink that refuses is one warning a run", async () => {
    const world = moving([2]);
    await runs(world, { push: SINKS["that refuses"]! }, 2);
    const warning = "warn: metrics to http://p: 403; what was done is unchanged";
    expect(world.logs.filter((line) => line.startsWith("warn"))).toEqual([warning, warning]);
  });
});

/** The HPA's replicas by the target's name, of the last of some runs. */
async function shadows(world: FakeWorld): Promise<Readonly<Record<string, number>>> {
  let sent: readonly MetricFamily[] = [];
  await runs(
    world,
    {
      push: async (families) => {
        sent = families;
      },
    },
    1,
  );
  const family = sent.find(({ name }) => name === `${METRIC_PREFIX}hpa_desired_replicas`);
  expect(sent.map(({ name }) => name)).toContain(`${METRIC_PREFIX}desired_replicas`);
  return Object.fromEntries((family?.samples ?? []).map(({ labels, value }) => [labels.name!, value]));
}

describe("the HPA beside the decisions", () => {
  const of = (name: string) => (name === "web" ? 2 : 6);

  test("stands for each target under its own name", async () => {
    // 0.5 a pod of ours are 0.39 of the HPA's
    expect(await shadows(fakeWorld({ replicas: { web: 3, api: 3 }, load: of }))).toEqual({ web: 6, api: 16 });
  });

  test("is left out of a target that failed", async () => {
    expect(await shadows(fakeWorld({ replicas: { api: 3 }, load: of }))).toEqual({ api: 16 });
  });

  test("ends after two seconds, and all else is sent", async () => {
    const world = fakeWorld({ replicas: { web: 3, api: 3 }, load: of });
    let looks = 0;
    const slow = { get: () => (looks += 2100), set: () => {} };
    Object.defineProperty(world, "milliseconds", slow);
    expect(await shadows(world)).toEqual({ web: 6 });
    expect(looks).toBeGreaterThan(0);
    expect(world.now).toBe(NOW + 60);
  });
});
