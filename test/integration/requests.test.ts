/** `targetCpu` beside what the pods request, on a real API server: a share of it where the Role lets the job read the workload, else a refusal that says what to do. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Check } from "../../job/adapters/check.ts";
import { missingControlPlane, skip } from "../cluster/available.ts";
import { cli } from "../fakes/cli.ts";
import { type FakeServer, fakeServer } from "../fault/server.ts";
import { answer, type Rig, settings, startRig } from "./rig.ts";

describe.skipIf(skip(missingControlPlane()))("the pod's request and limit", () => {
  /** By the Role of the base, and by that of the inspect component beside it. */
  let plain: Rig;
  let rig: Rig;
  let prometheus: FakeServer;
  const kubectl = (...args: string[]) => rig.cluster.kubectl(["-n", rig.namespace, ...args]);
  const looking = (targetCpu: string | number) => settings(prometheus.url, { targetCpu }, {}, { detectScalers: true });

  beforeAll(async () => {
    prometheus = await fakeServer((seen) => ({ body: answer(seen.body, seen.url, () => 0.28) }));
    plain = await startRig();
    rig = await startRig("prophet-demo", "manifests/overlays/demo", plain);
  });
  afterAll(async () => {
    await prometheus?.stop();
    await plain?.stop();
  });
  beforeEach(async () => {
    await rig.setReplicas(2);
    await rig.setMemory(null);
    await kubectl("set", "resources", "deployment/stress-app", "--requests=cpu=100m", "--limits=cpu=200m");
  });

  async function doctor(kubeconfig: string, namespace: string, targetCpu: string) {
    const words = `doctor --json --prometheus ${prometheus.url} --namespace ${namespace} --deployment stress-app`;
    const { out } = await cli(`${words} --kubeconfig ${kubeconfig} --target-cpu ${targetCpu}`);
    const { checks } = JSON.parse(out) as { checks: Check[] };
    return checks.filter(({ check }) => /targetCpu|CPU of/.test(check));
  }

  test("70% of a request of 100m is 70m, and follows the request", async () => {
    const run = await rig.run(looking("70%"));
    expect(run).toMatchObject({ code: 0, targets: [{ action: "scaled", from: 2, to: 4 }] });
    await kubectl("set", "resources", "deployment/stress-app", "--requests=cpu=50m");
    expect(await rig.run(looking("70%"))).toMatchObject({ code: 0, targets: [{ action: "scaled", from: 4, to: 8 }] });
  });

  test("no request: nothing is done, and the message names the container", async () => {
    await kubectl("set", "resources", "deployment/stress-app", "--requests=cpu=0", "--limits=cpu=0");
    const run = await rig.run(looking("70%"));
    expect(run).toMatchObject({ code: 1, targets: [{ action: "failed" }] });
    expect(run.targets[0]!.message).toMatch(/requests, but it requests no CPU: set resources\.requests\.cpu/);
    expect(await rig.replicas()).toBe(2);
  });

  test("a Role that does not let it read the workload: refused by name, nothing is written", async () => {
    await plain.setReplicas(2);
    const run = await plain.run(looking("70%"));
    expect(run).toMatchObject({ code: 1, targets: [{ action: "failed" }] });
    expect(run.targets[0]!.message).toMatch(/could not be read: grant get on it \(manifests\/components\/inspect/);
    expect(await plain.replicas()).toBe(2);
    await plain.mark();
    const unasked = plain.run(settings(prometheus.url, { targetCpu: "70%" }));
    await expect(unasked).rejects.toThrow(/exit 2: [\s\S]*needs kubernetes\.detectScalers: true/);
    expect(await plain.calls()).toEqual([]);
  });

  test("a run says when targetCpu is above the limit, and does what it would have done", async () => {
    const run = await rig.run(looking("250m"));
    expect(run.stderr).toContain("targetCpu 250m is above the pod's own limit, 200m");
    expect(run).toMatchObject({ code: 0, targets: [{ to: 2 }] });
    expect((await rig.run(looking("150m"))).stderr).not.toContain("targetCpu");
  });

  test("doctor compares interval with the CronJob's schedule, where it may list them", async () => {
    const seen = async (kubeconfig: string, more = "") => {
      const words = `doctor --json --prometheus ${prometheus.url} --namespace ${rig.namespace} --deployment stress-app`;
      const env = { PROPHET_AUTOSCALER_STATE_CONFIG_MAP_NAMESPACE: rig.namespace };
      const { out } = await cli(`${words} --target-cpu 70m --kubeconfig ${kubeconfig} ${more}`, env);
      return (JSON.parse(out) as { checks: Check[] }).checks.filter(({ check }) => check.startsWith("interval of"));
    };
    expect(await seen(rig.cluster.kubeconfig)).toMatchObject([{ status: "ok" }]);
    await kubectl("patch", "cronjob/prophet-autoscaler", "--type=merge", "-p", '{"spec":{"schedule":"*/5 * * * *"}}');
    const todo = "set interval: 5m, or change the schedule";
    expect(await seen(rig.cluster.kubeconfig)).toMatchObject([{ status: "fail", todo }]);
    expect(await seen(rig.cluster.kubeconfig, "--interval 5m")).toMatchObject([{ status: "ok" }]);
    // the job's own Role has no such right, and needs none
    expect(await seen(rig.kubeconfig)).toEqual([]);
  });

  test("doctor compares both, and says what a share comes to", async () => {
    const seen = (targetCpu: string) => doctor(rig.kubeconfig, rig.namespace, targetCpu);
    expect(await seen("70m")).toMatchObject([
      { status: "ok", message: "a pod requests 100m and may use 200m; targetCpu is 70m" },
    ]);
    expect(await seen("150m")).toMatchObject([{ status: "warn", todo: "request 150m or more, or lower targetCpu" }]);
    expect(await seen("250m")).toMatchObject([
      { status: "fail", todo: "set targetCpu below 200m, or raise the limit" },
    ]);
    expect(await seen("70%")).toMatchObject([{ status: "ok", message: "70% of the request is 70m" }, { status: "ok" }]);
    expect(await doctor(plain.kubeconfig, plain.namespace, "70%")).toMatchObject([{ status: "fail" }]);
    expect(await doctor(plain.kubeconfig, plain.namespace, "70m")).toEqual([]);
  });
});
