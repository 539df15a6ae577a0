/** Awkward lives of the job against a real API server: overlaps, kills at every point, lost and broken state, others who scale. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { missingControlPlane, skip } from "../cluster/available.ts";
import { type FakeServer, fakeServer } from "../fault/server.ts";
import { type Gate, openGate } from "./gate.ts";
import { answer, type Rig, settings, startRig } from "./rig.ts";

describe.skipIf(skip(missingControlPlane()))("awkward lives", () => {
  let rig: Rig;
  let prometheus: FakeServer;
  let gate: Gate;
  /** Cores at a time; 0.22 wants 5 pods of 0.05. */
  let load = (_time: number): number => 0.22;
  let config: object;

  beforeAll(async () => {
    rig = await startRig();
    prometheus = await fakeServer((seen) => ({ body: answer(seen.body, seen.url, load) }));
    gate = await openGate(rig);
    config = settings(prometheus.url);
  });
  afterAll(async () => {
    await gate?.stop();
    await prometheus?.stop();
    await rig?.stop();
  });
  beforeEach(async () => {
    load = () => 0.22;
    gate.hook = () => undefined;
    gate.reset();
    await rig.setReplicas(2);
    await rig.setMemory(null);
    await rig.mark();
  });

  test("a plain run: four calls, one patch, a memory; the next changes nothing", async () => {
    const first = await rig.run(config);
    expect(first.stderr + JSON.stringify(first.targets)).toContain('"action":"scaled"');
    expect(first).toMatchObject({ code: 0, targets: [{ action: "scaled", from: 2, to: 5 }] });
    expect(await rig.replicas()).toBe(5);
    expect(JSON.parse(await rig.memory())).toMatchObject({ v: 1 });
    const calls = (await rig.calls()).map(
      (c) => `${c.verb} ${c.objectRef?.resource}/${c.objectRef?.subresource ?? ""}`,
    );
    expect(calls.sort()).toEqual([
      "get configmaps/",
      "get deployments/scale",
      "patch configmaps/",
      "patch deployments/scale",
    ]);
    const second = await rig.run(config);
    expect(second).toMatchObject({
      code: 0,
      targets: [{ action: expect.stringMatching(/^(unchanged|held)$/), from: 5, to: 5 }],
    });
    expect((await rig.calls()).filter((c) => c.verb === "patch" && c.objectRef?.subresource === "scale")).toHaveLength(
      1,
    );
  });

  test("ten at once: one patch, no lost memory", async () => {
    const runs = await Promise.all(Array.from({ length: 10 }, () => rig.run(config)));
    expect(runs.map((run) => run.code)).toEqual(Array.from({ length: 10 }, () => 0));
    expect(runs.filter((run) => run.targets[0]?.action === "scaled")).toHaveLength(1);
    expect(await rig.replicas()).toBe(5);
    const patched = (await rig.calls()).filter((c) => c.verb === "patch" && c.objectRef?.subresource === "scale");
    expect(patched.filter((c) => c.responseStatus?.code === 200)).toHaveLength(1);
    expect(JSON.parse(await rig.memory())).toMatchObject({ v: 1, t: { "shop/stress-app": {} } });
  });

  /** Runs until the n-th call and kills the job before the server has seen it, or after the server has done it. */
  async function killAt(n: number, when: "before" | "after") {
    let child: ChildProcess | undefined;
    gate.hook = async (at, phase) => {
      if (at !== n || phase !== when || child === undefined) return undefined;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
      return "drop";
    };
    const killed = await rig.run(config, {
      kubeconfig: gate.kubeconfig,
      started: (process) => {
        child = process;
      },
    });
    gate.hook = () => undefined;
    return killed;
  }

  // calls 1 and 2 are the two reads in either order, 3 the claim, 4 the scale
  const cuts = [1, 2, 3, 4].flatMap((n) => [[n, "before"] as const, [n, "after"] as const]);
  test.each(cuts)(
    "scaling out, killed by SIGKILL at call %i, %s it: whole or not at all, and the next run does the rest",
    async (n, when) => {
      expect((await killAt(n, when)).signal).toBe("SIGKILL");
      const whole = n === 4 && when === "after";
      expect(await rig.replicas()).toBe(whole ? 5 : 2);
      const next = await rig.run(config);
      expect(next).toMatchObject({
        code: 0,
        targets: [{ action: whole ? expect.stringMatching(/^(unchanged|held)$/) : "scaled", to: 5 }],
      });
      expect(await rig.replicas()).toBe(5);
    },
  );

  test.each(cuts.filter(([n]) => n < 4))(
    "scaling in, killed at call %i, %s it: no cut makes it earlier",
    async (n, when) => {
      await rig.setReplicas(8);
      expect((await killAt(n, when)).signal).toBe("SIGKILL");
      expect(await rig.run(config)).toMatchObject({
        code: 0,
        targets: [{ from: 8, to: 8, reason: "ScaleDownStabilized" }],
      });
      expect(await rig.replicas()).toBe(8);
    },
  );

  test("somebody scales between our reading and our writing: left to the next run", async () => {
    let done = false;
    gate.hook = async (_n, when, call) => {
      if (done || when !== "before" || call.startsWith("GET") || !call.endsWith("/scale")) return undefined;
      done = true;
      await rig.setReplicas(3);
      return undefined;
    };
    const run = await rig.run(config, { kubeconfig: gate.kubeconfig });
    expect(run).toMatchObject({ code: 0, targets: [{ action: "held", from: 2, reason: "ScaleConflict" }] });
    expect(await rig.replicas()).toBe(3);
    expect(await rig.run(config)).toMatchObject({ code: 0, targets: [{ action: "scaled", from: 3, to: 5 }] });
    expect(await rig.replicas()).toBe(5);
  });

  test("another run claims first, with other targets: claimed again on its state", async () => {
    let done = false;
    gate.hook = async (_n, when, call) => {
      if (done || when !== "before" || call.startsWith("GET") || !call.endsWith("configmaps/prophet-autoscaler-state"))
        return undefined;
      done = true;
      await rig.setMemory('{"v":1,"t":{}}');
      return undefined;
    };
    expect(await rig.run(config, { kubeconfig: gate.kubeconfig })).toMatchObject({
      code: 0,
      targets: [{ action: "scaled" }],
    });
  });

  test.each([
    ["missing", null, /^(?!.*state)/s],
    ["garbage", "}{ not ours", /not JSON/],
    ["of a version to come", '{"v":99,"t":{}}', /version/],
  ])("the annotation is %s: no memory, so nothing shrinks for one window", async (_what, text, said) => {
    await rig.setReplicas(8);
    await rig.setMemory(text);
    const run = await rig.run(config);
    expect(run.stderr).toMatch(said);
    // the current replicas are the first recommendation
    expect(run).toMatchObject({
      code: 0,
      targets: [{ action: "held", from: 8, to: 8, reason: "ScaleDownStabilized" }],
    });
    expect(JSON.parse(await rig.memory())).toMatchObject({ v: 1 });
  });

  test("the ConfigMap is deleted: nothing is written, the message says what to apply", async () => {
    await rig.cluster.kubectl(["-n", rig.namespace, "delete", "configmap", "prophet-autoscaler-state"]);
    const run = await rig.run(config);
    await rig.cluster.kubectl(["-n", rig.namespace, "create", "configmap", "prophet-autoscaler-state"]);
    expect(run).toMatchObject({ code: 1, targets: [{ action: "failed" }] });
    expect(run.targets[0]!.message).toMatch(/prophet-autoscaler-state is missing.*apply the manifests/);
    expect(await rig.replicas()).toBe(2);
    expect(await rig.run(config)).toMatchObject({ code: 0, targets: [{ action: "scaled" }] });
  });

  test("the Deployment is at 0: switched off by a person, and it stays so", async () => {
    await rig.setReplicas(0);
    expect(await rig.run(config)).toMatchObject({
      code: 0,
      targets: [{ action: "held", reason: "ScalingDisabled", to: 0 }],
    });
    expect(await rig.replicas()).toBe(0);
  });

  test("the Deployment is deleted: fails by name, remembers nothing of it; made anew, it is scaled", async () => {
    await rig.cluster.kubectl(["-n", rig.namespace, "delete", "deployment", "stress-app"]);
    const run = await rig.run(config);
    await rig.cluster.kubectl(["apply", "-k", join(rig.cluster.dir, `overlay-${rig.namespace}`)]);
    await rig.setReplicas(2);
    expect(run).toMatchObject({ code: 1, targets: [{ name: "stress-app", action: "failed", from: null }] });
    expect(run.targets[0]!.message).toMatch(/404 NotFound/);
    expect(await rig.memory()).toBe("");
    expect(await rig.run(config)).toMatchObject({ code: 0, targets: [{ action: "scaled", from: 2, to: 5 }] });
  });

  test("the Deployment's rollout is paused (kubectl rollout pause): its replicas are scaled all the same", async () => {
    const rollout = (verb: string) =>
      rig.cluster.kubectl(["-n", rig.namespace, "rollout", verb, "deployment/stress-app"]);
    await rollout("pause");
    const run = await rig.run(config);
    const replicas = await rig.replicas();
    await rollout("resume");
    expect(run).toMatchObject({ code: 0, targets: [{ action: "scaled", from: 2, to: 5 }] });
    expect(replicas).toBe(5);
  });

  test("a target that does not exist fails by name, the others go on", async () => {
    const two = settings(prometheus.url) as { targets: { scaleTargetRef: object }[] };
    const gone = { ...two.targets[0]!, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "gone" } };
    const run = await rig.run({ ...two, targets: [gone, two.targets[0]!] });
    expect(run).toMatchObject({
      code: 1,
      targets: [
        { name: "gone", action: "failed" },
        { action: "scaled", to: 5 },
      ],
    });
    expect(run.targets[0]!.message).toMatch(/403 Forbidden|404 NotFound/);
  });

  test("a person scales by hand between two ticks: the job goes on from there, to what the demand asks", async () => {
    await rig.run(config);
    await rig.setReplicas(3);
    expect(await rig.run(config)).toMatchObject({ code: 0, targets: [{ action: "scaled", from: 3, to: 5 }] });
    await rig.setReplicas(7);
    expect(await rig.run(config)).toMatchObject({ code: 0, targets: [{ action: "scaled", from: 7, to: 5 }] });
  });

  test("the cluster's clock is 90 s off the node's: that of Prometheus counts", async () => {
    const ahead = await fakeServer((seen) => ({
      body: answer(seen.body, seen.url, load, () => Date.now() / 1000 + 90),
    }));
    const run = await rig.run(settings(ahead.url));
    await ahead.stop();
    expect(run.stderr).toMatch(/clock.*(89|90|91)/);
    expect(run).toMatchObject({ code: 0, targets: [{ action: "scaled", to: 5 }] });
  });
});
