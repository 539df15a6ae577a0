/** Replays of several metrics: the one that needs the most pods is served, decided on and scored, by us and by the HPA. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../../job/cli/program.ts";
import { resolveTarget } from "../../job/config/target-settings.ts";
import { forecasterOf } from "../../job/core/forecast/method.ts";
import type { Samples } from "../../job/core/series/types.ts";
import { DemandError, toDemand, toDemands } from "../../job/replay/demand.ts";
import { replay } from "../../job/replay/replay.ts";
import { REPLAY_DEFAULTS } from "../../job/replay/world.ts";
import { QUIET } from "../fakes/io.ts";
import { samplesOf } from "../fakes/series.ts";

const N = 400;
const END = 1_700_000_000;
const series = (value: (i: number) => number, points = N): Samples => samplesOf(value, { end: END, points });
/** Requests a second that wave between 100 and 500 within an hour. */
const wave = (i: number) => 300 - 200 * Math.cos((2 * Math.PI * i) / 240);
const REQUESTS = { name: "requests", query: "x", averageValue: 45, unit: "requests/s" };
const options = { ...REPLAY_DEFAULTS, warmup: 1800, max: 50 };
const target = (more: object = {}) =>
  resolveTarget({ scaleTargetRef: { name: "web" }, targetCpu: 0.45, maxReplicas: 50, ...more });

const recorded = (samples: Samples, metric = REQUESTS) => [{ metric, samples }];

describe("demand of several metrics", () => {
  it("is laid on one grid over the time that they share", () => {
    const late = samplesOf((i) => i, { end: END + 7, points: 100 });
    const { start, values, others } = toDemands(
      series((i) => i),
      recorded(late),
      0.9,
    );
    expect(start).toBe(END + 7 - 99 * 15);
    expect([values.length, others![0]!.values.length]).toEqual([99, 99]);
    expect(others![0]).toMatchObject({ averageValue: 45, capacity: 50 });
    expect(others![0]!.values[0]).toBe(0);
    expect(() =>
      toDemands(
        series(() => 1),
        recorded(samplesOf(() => 1, { end: END - 86_400 })),
        0.9,
      ),
    ).toThrow(DemandError);
  });

  it("of one is what it always was", () => {
    const one = series((i) => Math.sin(i));
    expect(toDemands(one, [], 0.9)).toEqual(toDemand(one));
  });
});

describe("replay of several metrics", () => {
  it("serves, decides and scores by the metric that needs the most", async () => {
    const setup = { target: target({ metrics: [REQUESTS] }), forecasterOf, others: recorded(series(wave)) };
    const result = await replay(
      series(() => 0.3),
      ["auto", "hpa", "oracle"],
      options,
      setup,
    );
    const ours = result.rows.filter(({ policy }) => policy === "auto");
    // 500 requests of 50 a pod are ten pods, as cores of 0.5 a pod: 5
    expect(Math.max(...ours.map(({ demand }) => demand))).toBeCloseTo(5, 2);
    for (const name of ["auto", "hpa", "oracle"]) {
      const most = Math.max(...result.rows.filter(({ policy }) => policy === name).map(({ replicas }) => replicas));
      expect(most, name).toBeGreaterThanOrEqual(10);
      expect(most, name).toBeLessThanOrEqual(17);
      expect(result.policies[name]!.under).toBeLessThan(0.2);
    }
  });

  it("with a second metric that says the same as the first decides the same", async () => {
    const cpu = series((i) => wave(i) / 100);
    const same = recorded(
      series((i) => wave(i) / 100),
      { ...REQUESTS, averageValue: 0.45 },
    );
    const two = { target: target({ metrics: [{ ...REQUESTS, averageValue: 0.45 }] }), forecasterOf, others: same };
    const alone = await replay(cpu, ["auto"], options, { target: target(), forecasterOf });
    const both = await replay(cpu, ["auto"], options, two);
    expect(both.rows.map(({ replicas }) => replicas)).toEqual(alone.rows.map(({ replicas }) => replicas));
    expect(both.policies).toEqual(alone.policies);
  });

  it("of a queue alone goes to 0 and comes back, which the HPA does not", async () => {
    const bursts = series((i) => (i % 100 < 30 ? 200 : 0));
    const queue = { ...REQUESTS, name: "queue", activation: 0 };
    const { targetCpu: _cpu, ...alone } = target({ metrics: [queue] });
    const setup = { target: { ...alone, minReplicas: 0 }, forecasterOf };
    const world = { ...options, min: 0, targetCpu: 45, request: 50 };
    const { rows, policies } = await replay(bursts, ["auto", "hpa"], world, setup);
    const of = (name: string) => rows.filter(({ policy }) => policy === name).map(({ replicas }) => replicas);
    expect([Math.min(...of("auto")), Math.min(...of("hpa"))]).toEqual([0, 1]);
    expect(policies.auto!.podHours).toBeLessThan(policies.hpa!.podHours);
    // a burst that nothing announces is met a pod's start later
    expect(policies.auto!.under).toBeLessThan(0.1);
  });
});

describe("the command", () => {
  let dir = "";
  const csv = ({ times, values }: Samples) =>
    `timestamp,value\n${[...times].map((t, i) => `${t},${values[i]}`).join("\n")}\n`;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "replay-"));
    await writeFile(join(dir, "cpu.csv"), csv(series(() => 0.3)));
    await writeFile(join(dir, "requests.csv"), csv(series(wave)));
    const yaml = `targets:\n  - scaleTargetRef: { name: web }\n    targetCpu: 400m\n    maxReplicas: 30\n    metrics: [${JSON.stringify(REQUESTS)}]\n`;
    await writeFile(join(dir, "autoscaler.yaml"), yaml);
  });
  afterAll(() => rm(dir, { recursive: true }));

  async function cli(...argv: string[]) {
    let [out, err] = ["", ""];
    const code = await runCli({
      argv,
      env: {},
      version: "0",
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      ...QUIET,
    });
    return { code, out, err };
  }

  it("replays a folder by a target's own settings", async () => {
    const flags = ["--config", join(dir, "autoscaler.yaml"), "--warmup", "1800", "--policies", "auto", "--json"];
    const { code, out, err } = await cli("replay", dir, ...flags);
    expect([code, err]).toEqual([0, ""]);
    const { policies } = JSON.parse(out) as { policies: { auto: { podHours: number } } };
    const without = JSON.parse(
      (await cli("replay", join(dir, "cpu.csv"), "--warmup", "1800", "--json")).out,
    ) as typeof policies & {
      policies: { auto: { podHours: number } };
    };
    expect(policies.auto.podHours).toBeGreaterThan(4 * without.policies.auto.podHours);
  });

  it("says which series is missing", async () => {
    const flags = ["--config", join(dir, "autoscaler.yaml"), "--warmup", "1800"];
    const { code, err } = await cli("replay", join(dir, "cpu.csv"), ...flags);
    expect([code, err]).toEqual([1, expect.stringMatching(/the target has the metric requests too: give a folder/)]);
  });
});
