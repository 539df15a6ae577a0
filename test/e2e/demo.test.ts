/** The closed loop on real pods: two waves of two minutes, the replicas up before the second one peaks; and meanwhile, beside it, an image that cannot be pulled. */
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Outcome } from "../../job/ports.ts";
import { missingNode, skip } from "../cluster/available.ts";
import { type NodeWorld, openNodeWorld } from "../cluster/demo/node-world.ts";
import { forecastsIn, sentOf } from "../cluster/demo/recorded.ts";
import { reportOf } from "../cluster/demo/report.ts";
import { type DemoResult, runDemo } from "../cluster/demo/run.ts";
import { wavesOf } from "../cluster/demo/waves.ts";
import { OTHER, OURS } from "../cluster/demo/world.ts";
import type { TestNode } from "../cluster/node.ts";
import { byPod, callLines, INSPECT_CALLS, roleOf, SCALE_CALLS, STATE_CALLS } from "../integration/calls.ts";
import { ABSENT, CRON_JOB, LONG_CRON_JOB, LONG_DEADLINE, openPull, PRESENT, type Pull } from "./pull.ts";

const PERIOD = 120;

/** A pod that sleeps and asks for so many milli-cores. */
const asking = (name: string, milli: number) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name,
        image: "test.local/busybox:1",
        imagePullPolicy: "Never",
        command: ["sleep", "3600"],
        resources: { requests: { cpu: `${milli}m`, memory: "8Mi" } },
      },
    ],
  },
});

/** Milli-cores that no pod of the one node asks for. */
async function freeCpu({ kubectl }: TestNode): Promise<number> {
  const milli = (cpu: string) => (cpu.endsWith("m") ? Number(cpu.slice(0, -1)) : 1000 * Number(cpu));
  const all = await kubectl(["get", "nodes", "-o", "jsonpath={.items[0].status.allocatable.cpu}"]);
  const running = ["get", "pods", "-A", "--field-selector=status.phase!=Succeeded,status.phase!=Failed"];
  const asked = await kubectl([...running, "-o", "jsonpath={.items[*].spec.containers[*].resources.requests.cpu}"]);
  return milli(all) - asked.split(/\s+/).reduce((sum, cpu) => sum + (cpu === "" ? 0 : milli(cpu)), 0);
}

describe.skipIf(skip(missingNode()))("the closed loop", () => {
  let world: NodeWorld;
  let pull: Pull;
  let result: DemoResult;
  beforeAll(async () => {
    world = await openNodeWorld(() => {}, true);
    pull = await openPull(world.node);
  });
  afterAll(async () => {
    await pull?.stop();
    await world?.stop();
  });

  test.concurrent("the CronJob raises the replicas before the load of the second wave peaks", async () => {
    // it would end the node, which the others still need
    const kept = { ...world, stop: async () => {} };
    result = await runDemo(kept, { seconds: 245, period: PERIOD, log: () => {} });
    console.log(reportOf(result, PERIOD, world.what).text);
    const { ours, other, runs } = result;
    // each minute's, and the one that begins with the load unless it was a moment too early
    expect(runs.length).toBeGreaterThanOrEqual(3);
    expect(runs.filter((run) => run.action === "failed")).toEqual([]);
    for (const run of runs.slice(1)) expect(run.quantile).toBeGreaterThan(0);
    expect(ours.samples[0]!.replicas).toBe(1);
    // up already, or rising on this flank: at the peak the pods that were asked for are more than the one of the start
    const second = wavesOf(ours.samples, PERIOD)[1]!;
    const atPeak = ours.samples.findLast((s) => s.t <= second.peak)!;
    expect(atPeak.replicas).toBeGreaterThan(1);
    // measured, not made up: Prometheus saw the pods burn what was asked for
    expect(Math.max(...ours.samples.map((s) => (Number.isFinite(s.measured) ? s.measured : 0)))).toBeGreaterThan(0.1);
    for (const { served } of [ours, other]) {
      expect(served!.sent).toBeGreaterThan(800);
      expect(served!.ok).toBeGreaterThan(served!.sent / 2);
    }
    expect(other.samples.length).toBe(ours.samples.length);
  });

  const slow = { timeout: 100_000, interval: 1000 };
  const slots = async (name: string) => (await pull.attempts(name)).map((attempt) => attempt.slot);
  const ended = async (name: string) => (await pull.attempts(name))[0]?.failed;
  const noImage = [expect.stringMatching(/^(ErrImagePull|ImagePullBackOff)$/)];

  test.concurrent("an image that cannot be pulled: Forbid blocks, the deadline frees, the alert fires and ends", async () => {
    // a first slot: the shipped CronJob succeeds, the other waits for its image
    await expect.poll(() => slots(LONG_CRON_JOB), slow).toHaveLength(1);
    const [first] = await pull.attempts(LONG_CRON_JOB);
    const { slot } = first!;
    const succeeded = async () => Date.parse((await pull.cronJob(CRON_JOB)).status.lastSuccessfulTime ?? "") / 1000;
    await expect.poll(succeeded, slow).toBeGreaterThan(slot);
    await expect.poll(() => pull.waiting(first!.name), slow).toEqual(noImage);
    expect(await pull.firing("ProphetAutoscalerSilent")).toEqual([]);

    // its last success is five minutes ago, and its image is gone too
    await pull.setImage(CRON_JOB, ABSENT);
    await pull.age(CRON_JOB, 301);
    await expect.poll(() => slots(CRON_JOB), slow).toEqual([slot + 60]);
    const [hung] = await pull.attempts(CRON_JOB);
    await expect.poll(() => pull.waiting(hung!.name), slow).toEqual(noImage);

    // the slot of the other one comes while it still hangs: blocked, until its deadline
    await expect.poll(() => pull.events(LONG_CRON_JOB), slow).toContain("JobAlreadyActive");
    await expect.poll(() => ended(LONG_CRON_JOB), slow).toMatchObject({ reason: "DeadlineExceeded" });
    await expect.poll(() => slots(LONG_CRON_JOB), slow).toEqual([slot, slot + 60]);
    expect((await pull.attempts(LONG_CRON_JOB))[1]!.created).toBeGreaterThanOrEqual(slot + LONG_DEADLINE);

    // the shipped deadline is before the next slot, which therefore begins in time
    await expect.poll(() => ended(CRON_JOB), slow).toMatchObject({ reason: "DeadlineExceeded" });
    expect(await pull.waiting(hung!.name)).toEqual([]);
    const { after } = (await ended(CRON_JOB))!;
    expect(after).toBeGreaterThanOrEqual(50);
    expect(after).toBeLessThan(60);
    await expect.poll(() => slots(CRON_JOB), slow).toEqual([slot + 60, slot + 120]);
    expect((await pull.attempts(CRON_JOB))[1]!.created).toBeLessThan(slot + 120 + 15);
    expect(await pull.events(CRON_JOB)).not.toContain("JobAlreadyActive");

    // of that CronJob only, not of the demo's, which succeeds every minute
    await expect.poll(() => pull.firing("ProphetAutoscalerSilent"), slow).toEqual([`pull/${CRON_JOB}`]);
    await pull.setImage(CRON_JOB, PRESENT);
    await expect.poll(() => pull.firing("ProphetAutoscalerSilent"), slow).toEqual([]);
  });

  test("the metrics of every run are in the cluster's Prometheus, and say what the run did", async () => {
    const sent = await sentOf(world, result);
    expect(sent.length).toBeGreaterThan(1);
    expect(sent).toEqual(sent.map(({ to }) => ({ to, desired: to, succeeded: true })));
    // those that stand ahead are there when their time has come
    const known = result.runs.filter(({ quantile }) => quantile !== null).length;
    await expect
      .poll(async () => (await forecastsIn(world)).forecasts, { timeout: 120_000, interval: 2000 })
      .toBeGreaterThanOrEqual(known - 1);
    expect((await forecastsIn(world)).loads).toBeGreaterThanOrEqual(known);
  });

  test("explain --at gives again what the runs on the node recorded, where samples and replicas are the same", async () => {
    const ip = await world.node.kubectl([
      "-n",
      "monitoring",
      "get",
      "service",
      "prometheus",
      "-o",
      "jsonpath={.spec.clusterIP}",
    ]);
    const { metrics: _, ...settings } = parse(await readFile("manifests/overlays/demo/config.yaml", "utf8")) as {
      metrics: object;
    };
    const config = join(world.node.dir, "explain.json");
    const url = await world.node.forward(`${ip}:9090`);
    await writeFile(config, JSON.stringify({ ...settings, prometheus: { url, timeout: 20 } }));
    const again = await Promise.all(
      result.runs.map(async ({ t }) => {
        const at = new Date(Math.round((result.began + t) * 1000)).toISOString();
        const args = [
          "dist/job.js",
          "explain",
          "--at",
          at,
          "--json",
          "--config",
          config,
          "--namespace",
          OURS,
          "--replicas",
          "1",
        ];
        const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 64 << 20 });
        const [target] = (JSON.parse(stdout) as { targets: readonly Outcome[] }).targets;
        return {
          demand: target!.metrics[0]!.demand,
          quantile: target!.forecast?.quantile ?? null,
          level: target!.forecast?.level ?? null,
        };
      }),
    );
    console.log(
      "runs and what explain makes of them",
      result.runs.map(({ demand, quantile, level }, i) => [{ demand, quantile, level }, again[i]]),
    );
    const known = result.runs.flatMap(({ demand, quantile, level, from }, i) =>
      quantile === null ? [] : [{ from, ran: { demand, quantile, level }, explained: again[i]! }],
    );
    // A sample is stamped when its scrape begins: a run beside a scrape may not have seen it. And without kube-state-metrics the replicas are
    // replayed after the first change, so that another sum may count as one that lacks pods.
    const isEqual = ({ ran, explained }: (typeof known)[0]) =>
      ran.demand === explained.demand && ran.quantile === explained.quantile;
    expect(known.filter(isEqual).length).toBeGreaterThan(known.length / 2);
    const unchanged = known.filter(({ from, ran, explained }) => from === 1 && ran.demand === explained.demand);
    for (const { ran, explained } of unchanged) expect(explained).toEqual(ran);
  });

  /** What each pod of the CronJob in a namespace called, by the API server's audit log. */
  const callsIn = async (namespace: string) =>
    byPod(await world.node.audit(`system:serviceaccount:${namespace}:prophet-autoscaler`));

  test("the audit log: each pod's calls are these, each once, fewer than 8, each allowed by the shipped Roles", async () => {
    const looks = [...STATE_CALLS, ...INSPECT_CALLS].filter((call) => !call.startsWith("create"));
    const acts = [...looks, "patch deployments/scale stress-app", "create events *"];
    const pods = [...(await callsIn("prophet-demo"))];
    const acted = pods.filter(([, calls]) => calls.some(({ verb }) => verb === "create"));
    for (const [pod, calls] of pods) {
      expect(pod).toMatch(/^prophet-autoscaler-\d+-\w+$/);
      const expected = acted.some(([name]) => name === pod) ? acts : looks;
      expect(callLines(calls).toSorted()).toEqual(expected.map((call) => `${call} in prophet-demo`).toSorted());
      expect(calls.length).toBeLessThan(8);
      for (const { responseStatus, verb } of calls) expect(responseStatus?.code).toBe(verb === "create" ? 201 : 200);
      for (const call of calls) expect(roleOf(call)).toMatch(/^prophet-demo\/prophet-autoscaler(-inspect)?$/);
    }
    // as many as there were runs; the watch of the demo begins and ends within those of the CronJob
    expect(pods.length).toBeGreaterThanOrEqual(result.runs.length);
    expect(acted.length).toBeGreaterThanOrEqual(result.runs.filter(({ action }) => action === "scaled").length);
    expect(acted.length).toBeGreaterThan(0);
  });

  test("the audit log: with the plain Role they are among its four", async () => {
    const granted = [...SCALE_CALLS, ...STATE_CALLS].map((call) => `${call} in pull`);
    const pods = [...(await callsIn("pull")).values()];
    expect(pods.length).toBeGreaterThan(0);
    for (const calls of pods) {
      const made = callLines(calls);
      expect(granted).toEqual(expect.arrayContaining([...made]));
      expect(new Set(made).size).toBe(made.length);
      expect(calls.map(roleOf)).toEqual(made.map(() => "pull/prophet-autoscaler"));
    }
  });

  test("on nodes whose CPU is all asked for, a run begins all the same", async () => {
    const { kubectl } = world.node;
    await kubectl(["-n", "prophet-demo", "patch", "cronjob", "prophet-autoscaler", "-p", '{"spec":{"suspend":true}}']);
    const active = () => kubectl(["-n", OURS, "get", "jobs", "-o", "jsonpath={.items[*].status.active}"]);
    await expect.poll(active, slow).toBe("");
    // the waves may have left pods that wait for room: they would take what is measured here
    for (const namespace of [OURS, OTHER]) {
      await kubectl(["-n", namespace, "scale", "deployment", "stress-app", "--replicas=1"]);
      const labelled = ["-n", namespace, "get", "pods", "-l", "app.kubernetes.io/name=stress-app"];
      const names = () => kubectl([...labelled, "-o", "jsonpath={.items[*].metadata.name}"]);
      await expect.poll(async () => (await names()).split(" ").length, slow).toBe(1);
    }
    const phase = (pod: string) => kubectl(["get", "pod", pod, "-o", "jsonpath={.status.phase}"]);
    await kubectl(["apply", "-f", "-"], JSON.stringify(asking("filler", await freeCpu(world.node))));
    await expect.poll(() => phase("filler"), slow).toBe("Running");
    await kubectl(["apply", "-f", "-"], JSON.stringify(asking("late", 10)));
    const why = () => kubectl(["get", "pod", "late", "-o", "jsonpath={.status.conditions[0].message}"]);
    await expect.poll(why, slow).toContain("Insufficient cpu");

    await kubectl(["-n", "prophet-demo", "create", "job", "full", "--from=cronjob/prophet-autoscaler"]);
    await kubectl(["-n", "prophet-demo", "wait", "job/full", "--for=condition=complete", "--timeout=50s"]);
    expect(await phase("late")).toBe("Pending");
  });
});
