/** OpenShift: with its overlay and its values, restricted-v2 admits every pod, and Pod Security `restricted` of a real API server admits what becomes of it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingControllers, skip } from "../cluster/available.ts";
import { type ControlPlane, startControlPlane } from "../cluster/controlplane.ts";
import { restrictedV2 } from "../kubernetes/scc.ts";
import { chart, type Helm, kustomize, missingHelm, objectsOf, podsOf, startHelm, valuesFile } from "./helm-program.ts";

/** As a project of OpenShift has them. */
const ranges = { users: "1000680000/10000", groups: "1000680000/10000", level: "s0:c26,c5" };

describe.skipIf(skip(missingHelm() ?? missingControllers()))("OpenShift's restricted-v2", () => {
  let cluster: ControlPlane;
  let helm: Helm;
  beforeAll(async () => {
    helm = await startHelm();
    cluster = await startControlPlane();
    await cluster.kubectl(["create", "namespace", "project"]);
    const strict = ["enforce", "warn"].map((mode) => `pod-security.kubernetes.io/${mode}=restricted`);
    await cluster.kubectl(["label", "namespace", "project", ...strict]);
    await cluster.kubectl(["-n", "project", "wait", "--for=create", "serviceaccount/default", "--timeout=30s"]);
  });
  afterAll(async () => {
    await helm?.stop();
    await cluster?.stop();
  });

  const template = (...args: string[]) => helm("template", "prophet-autoscaler", chart, "-n", "project", ...args);
  const sources: readonly (readonly [string, () => Promise<string>])[] = [
    ["the overlay", () => kustomize("overlays/openshift")],
    ["its values", () => template("--values", valuesFile("openshift"))],
    [
      "openshift: true with every workload of the demo and a user of one's own",
      () =>
        template(
          ...["--values", valuesFile("multi-target"), "--set", "openshift=true"],
          ...["--set", "podSecurityContext.fsGroup=1000,securityContext.runAsUser=1000"],
        ),
    ],
  ];

  test.each(sources)("admits the pods of %s", async (_what, render) => {
    const pods = podsOf(objectsOf(await render()));
    expect(pods.length).toBeGreaterThanOrEqual(2);
    for (const [owner, { spec }] of pods) {
      const { pod, refused } = restrictedV2(spec, ranges);
      expect(refused, owner).toEqual([]);
      const name = owner.toLowerCase().replaceAll(" ", "-");
      const stored = {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name },
        spec: { ...pod, serviceAccountName: "default" },
      };
      const dryRun = ["-n", "project", "apply", "-f", "-", "--dry-run=server", "--warnings-as-errors"];
      await expect(cluster.kubectl(dryRun, JSON.stringify(stored))).resolves.toContain(`pod/${name} created`);
    }
  });

  test("refuses those of the plain manifests for their fixed user, which is why there is an overlay", async () => {
    for (const [owner, { spec }] of podsOf(objectsOf(await kustomize("base"))))
      expect(restrictedV2(spec, ranges).refused, owner).toEqual([expect.stringContaining("runAsUser 65532")]);
  });
});
