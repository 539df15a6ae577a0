/** Events on a real API server, seen through a real `kubectl describe`: a change, a policy that refuses, a metric source that is gone. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingControlPlane, skip } from "../cluster/available.ts";
import { type FakeServer, fakeServer } from "../fault/server.ts";
import { answer, type Rig, settings, startRig } from "./rig.ts";

const POLICY = "at-most-four";
const admission = { apiVersion: "admissionregistration.k8s.io/v1" };
const policy = {
  apiVersion: "v1",
  kind: "List",
  items: [
    {
      ...admission,
      kind: "ValidatingAdmissionPolicy",
      metadata: { name: POLICY },
      spec: {
        matchConstraints: {
          resourceRules: [
            { apiGroups: ["apps"], apiVersions: ["v1"], operations: ["UPDATE"], resources: ["deployments/scale"] },
          ],
        },
        validations: [{ expression: "object.spec.replicas <= 4", message: "nobody needs more than four pods" }],
      },
    },
    {
      ...admission,
      kind: "ValidatingAdmissionPolicyBinding",
      metadata: { name: POLICY },
      spec: { policyName: POLICY, validationActions: ["Deny"] },
    },
  ],
};

describe.skipIf(skip(missingControlPlane()))("kubectl describe", () => {
  let rig: Rig;
  let prometheus: FakeServer;
  const kubectl = (...args: string[]) => rig.cluster.kubectl(["-n", rig.namespace, ...args]);
  const run = (url = prometheus.url) =>
    rig.run(settings(url, {}, { retries: 0 }, { detectScalers: true, events: true }));
  /** The Events of `kubectl describe`, one line each. */
  const described = async () =>
    (await kubectl("describe", "deployment", "stress-app")).split("\nEvents:")[1]?.split("\n") ?? [];

  beforeAll(async () => {
    prometheus = await fakeServer((seen) => ({ body: answer(seen.body, seen.url, () => 0.22) }));
    rig = await startRig("prophet-demo", "manifests/overlays/demo");
    await rig.setReplicas(2);
    await kubectl("delete", "events", "--all");
  });
  afterAll(async () => {
    await prometheus?.stop();
    await rig?.stop();
  });

  test("shows a change, by our name, on the Deployment that it is about", async () => {
    expect(await run()).toMatchObject({ code: 0, targets: [{ action: "scaled", from: 2, to: 5 }] });
    const lines = await described();
    expect(
      lines.filter((line) => /^ +Normal +SuccessfulRescale .* prophet-autoscaler +2 -> 5 replicas, /.test(line)),
    ).toHaveLength(1);
  });

  test("a metric source that is gone: HPA's words, one Event counted up", async () => {
    for (let i = 0; i < 3; i++) {
      expect(await run("http://127.0.0.1:1")).toMatchObject({
        code: 1,
        targets: [{ action: "failed", failed: "metric" }],
      });
    }
    const lines = (await described()).filter((line) => line.includes("FailedGetResourceMetric"));
    expect(lines).toEqual([
      expect.stringMatching(
        /^ +Warning +FailedGetResourceMetric +\S+ \(x3 over \S+\) +prophet-autoscaler .*ECONNREFUSED/,
      ),
    ]);
  });

  test("a pause is told when it begins and when it ends, and not in between", async () => {
    await kubectl("annotate", "deployment/stress-app", "prophet-autoscaler/paused=true");
    for (let i = 0; i < 3; i++) expect((await run()).targets).toMatchObject([{ action: "held", reason: "Paused" }]);
    await kubectl("annotate", "deployment/stress-app", "prophet-autoscaler/paused-");
    for (let i = 0; i < 2; i++) expect(await run()).toMatchObject({ code: 0 });
    const lines = (await described()).filter((line) => / (Paused|Resumed) /.test(line));
    expect(lines.map((line) => line.trim().split(/ {2,}/).slice(0, 2)).toSorted()).toEqual([
      ["Normal", "Paused"],
      ["Normal", "Resumed"],
    ]);
    for (const line of lines) expect(line).not.toMatch(/\(x\d/);
  });

  test("a policy refuses: told in its own words, as a failure, and counted up", async () => {
    await kubectl("scale", "deployment/stress-app", "--replicas=2");
    await rig.setMemory(null);
    await rig.cluster.kubectl(["apply", "-f", "-"], JSON.stringify(policy));
    // a policy counts from when the API server has seen it
    await expect
      .poll(() =>
        kubectl("scale", "deployment/stress-app", "--replicas=5", "--dry-run=server").then(() => "yes", String),
      )
      .toContain("nobody needs more");
    for (let i = 0; i < 2; i++) {
      const { code, targets } = await run();
      expect(code).toBe(1);
      expect(targets).toMatchObject([{ action: "failed", failed: "rescale", from: 2, to: 2 }]);
      expect(targets[0]!.message).toMatch(
        /422 Invalid: .*nobody needs more than four pods; the replicas stay as they are$/,
      );
    }
    expect(await rig.replicas()).toBe(2);
    const lines = (await described()).filter((line) => line.includes("FailedRescale"));
    expect(lines).toEqual([expect.stringMatching(/\(x2 over .*nobody needs more than four pods/)]);
  });
});
