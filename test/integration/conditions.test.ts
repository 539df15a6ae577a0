/** What the job sees beside the replicas when its Role allows it: pause, rollout, another scaler; and the other ways to act: an HPA's floor, a StatefulSet, Events. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { missingControllers, missingControlPlane, skip } from "../cluster/available.ts";
import { type FakeServer, fakeServer } from "../fault/server.ts";
import { answer, type Rig, settings, startRig } from "./rig.ts";

/** Whose control plane the others share. */
let first: Rig | undefined;
afterAll(() => first?.stop());

const ref = (kind: string, name: string) => ({ apiVersion: "apps/v1", kind, name });

describe.skipIf(skip(missingControllers()))("allowed to look around", () => {
  let rig: Rig;
  let prometheus: FakeServer;
  const kubectl = (...args: string[]) => rig.cluster.kubectl(["-n", rig.namespace, ...args]);
  const look = (target: object = {}) => settings(prometheus.url, target, {}, { detectScalers: true, events: true });

  beforeAll(async () => {
    prometheus = await fakeServer((seen) => ({ body: answer(seen.body, seen.url, () => 0.22) }));
    rig = await startRig("prophet-demo", "manifests/overlays/demo", first);
    first ??= rig;
  });
  afterAll(async () => {
    await prometheus?.stop();
  });
  beforeEach(async () => {
    await rig.setReplicas(2);
    await rig.setMemory(null);
    await rig.mark();
  });

  test("nothing in the way: it scales, says so in an Event, and needs fewer than 8 calls", async () => {
    expect(await rig.run(look())).toMatchObject({ code: 0, targets: [{ action: "scaled", from: 2, to: 5 }] });
    const events = JSON.parse(await kubectl("get", "events", "-o", "json")) as {
      items: { reason: string; message: string; involvedObject: object }[];
    };
    const ours = events.items.filter((event) => event.reason === "SuccessfulRescale");
    expect(ours).toHaveLength(1);
    expect(ours[0]).toMatchObject({
      involvedObject: { kind: "Deployment", name: "stress-app" },
      message: expect.stringMatching(/^2 -> 5 replicas/),
    });
    const calls = await rig.calls();
    expect(calls.length).toBeLessThan(8);
    expect(calls.every((call) => (call.responseStatus?.code ?? 0) < 300)).toBe(true);
  });

  test("paused by the annotation: held, until it is removed", async () => {
    await kubectl("annotate", "deployment", "stress-app", "prophet-autoscaler/paused=true");
    expect(await rig.run(look())).toMatchObject({ code: 0, targets: [{ action: "held", to: 2, reason: "Paused" }] });
    await kubectl("annotate", "deployment", "stress-app", "prophet-autoscaler/paused-");
    expect(await rig.run(look())).toMatchObject({ code: 0, targets: [{ action: "scaled", to: 5 }] });
  });

  test("an HPA on the same target: forecast only, with its name", async () => {
    await kubectl("autoscale", "deployment", "stress-app", "--name=rival", "--max=10", "--cpu=80%");
    const run = await rig.run(look());
    await kubectl("delete", "hpa", "rival");
    expect(run).toMatchObject({ code: 0, targets: [{ action: "held", to: 2, reason: "OtherScaler" }] });
    expect(run.targets[0]!.message).toContain("HorizontalPodAutoscaler/rival");
    expect(await rig.replicas()).toBe(2);
  });

  test("an HPA on another target is none of our business", async () => {
    const other = {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "other", namespace: rig.namespace },
      spec: { scaleTargetRef: ref("Deployment", "other"), maxReplicas: 10 },
    };
    await rig.cluster.kubectl(["apply", "-f", "-"], JSON.stringify(other));
    const run = await rig.run(look());
    await kubectl("delete", "hpa", "other");
    expect(run).toMatchObject({ code: 0, targets: [{ action: "scaled" }] });
  });

  test("a rollout in progress: no scale-in", async () => {
    await rig.setReplicas(8);
    // no pod ever becomes ready here, so the old ReplicaSet stays beside the new one
    await kubectl(
      "patch",
      "deployment",
      "stress-app",
      "-p",
      '{"spec":{"template":{"metadata":{"annotations":{"v":"2"}}}}}',
    );
    await kubectl("rollout", "status", "deployment/stress-app", "--timeout=3s").catch(() => {});
    const short = look({ behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } });
    await rig.run(short);
    // the memory counts in whole seconds: the window of 0 s must lie behind the first run
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(await rig.run(short)).toMatchObject({ code: 0, targets: [{ to: 8, reason: "RolloutInProgress" }] });
  });
});

describe.skipIf(skip(missingControlPlane()))("not allowed to look around", () => {
  let rig: Rig;
  let prometheus: FakeServer;
  beforeAll(async () => {
    prometheus = await fakeServer((seen) => ({ body: answer(seen.body, seen.url, () => 0.22) }));
    rig = await startRig("shop", "manifests/base", first);
    first ??= rig;
    await rig.setReplicas(2);
  });
  afterAll(async () => {
    await prometheus?.stop();
  });

  test("looking is refused, which is unknown and no error; so are Events", async () => {
    const run = await rig.run(settings(prometheus.url, {}, {}, { detectScalers: true, events: true }));
    expect(run).toMatchObject({ code: 0, targets: [{ action: "scaled", from: 2, to: 5 }] });
    expect((await rig.calls()).length).toBeLessThan(8);
  });
});

describe.skipIf(skip(missingControlPlane()))("other ways to act", () => {
  let floor: Rig;
  let many: Rig;
  let prometheus: FakeServer;
  beforeAll(async () => {
    prometheus = await fakeServer((seen) => ({ body: answer(seen.body, seen.url, () => 0.22) }));
    floor = await startRig("floor", "manifests/overlays/hpa-floor", first);
    first ??= floor;
    many = await startRig("many", "manifests/overlays/multi-target", first);
  });
  afterAll(async () => {
    await prometheus?.stop();
  });

  test("actuator hpa: the forecast becomes minReplicas, the Deployment is not touched", async () => {
    const hpa = { actuator: "hpa", hpaName: "stress-app" };
    await floor.setReplicas(2);
    const before = await floor.replicas();
    // the HPA controller notes the replicas in the HPA's status, where there is one
    const seen = () =>
      floor.cluster.kubectl(["-n", "floor", "get", "hpa", "stress-app", "-o", "jsonpath={.status.currentReplicas}"]);
    if (missingControllers() === undefined) await expect.poll(seen).toBe("2");
    await floor.mark();
    expect(await floor.run(settings(prometheus.url, hpa))).toMatchObject({
      code: 0,
      targets: [{ action: "scaled", from: 1, to: 5 }],
    });
    const calls = await floor.calls();
    expect(
      await floor.cluster.kubectl(["-n", "floor", "get", "hpa", "stress-app", "-o", "jsonpath={.spec.minReplicas}"]),
    ).toBe("5");
    expect(calls.map((call) => call.objectRef?.resource)).not.toContain("deployments");
    expect(before).toBe(2);
    expect(await floor.run(settings(prometheus.url, hpa))).toMatchObject({
      code: 0,
      targets: [{ action: expect.stringMatching(/^(unchanged|held)$/), to: 5 }],
    });
  });

  test("two targets in one run: a Deployment and a StatefulSet, one claim for both", async () => {
    const one = settings(prometheus.url) as { targets: object[] };
    const targets = [
      one.targets[0]!,
      { ...one.targets[0]!, scaleTargetRef: ref("StatefulSet", "worker"), maxReplicas: 4 },
    ];
    const run = await many.run({ ...one, targets });
    expect(run).toMatchObject({
      code: 0,
      targets: [
        { name: "stress-app", action: "scaled", from: 1, to: 5 },
        { name: "worker", action: "scaled", from: 1, to: 4 },
      ],
    });
    expect(await many.replicas("statefulset/worker")).toBe(4);
    const memory = await many.memory();
    expect(memory).toContain("many/stress-app");
    expect(memory).toContain("many/worker");
    expect((await many.calls()).filter((call) => call.objectRef?.resource === "configmaps")).toHaveLength(2);
  });
});
