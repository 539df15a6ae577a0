/** What the shipped Role grants, and that the server refuses everything else. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingControlPlane, skip } from "../cluster/available.ts";
import { type Rig, startRig } from "./rig.ts";

interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

describe.skipIf(skip(missingControlPlane()))("the ServiceAccount", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig();
    await rig.cluster.kubectl(["create", "namespace", "other"]);
    await rig.cluster.kubectl(["-n", "shop", "create", "deployment", "web", "--image=x"]);
    await rig.cluster.kubectl(["-n", "shop", "create", "configmap", "web"]);
  });
  afterAll(() => rig?.stop());

  /** kubectl with the ServiceAccount's own token. */
  const own = (...args: string[]) => rig.cluster.kubectl(["--kubeconfig", rig.kubeconfig, ...args]);

  test("the server's own list of its rules is exactly the Role", async () => {
    const review = {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectRulesReview",
      spec: { namespace: "shop" },
    };
    const answer = JSON.parse(
      await rig.cluster.kubectl(
        ["--kubeconfig", rig.kubeconfig, "create", "--validate=false", "-f", "-", "-o", "json"],
        JSON.stringify(review),
      ),
    ) as { status: { resourceRules: Rule[] } };
    const granted = answer.status.resourceRules
      // every authenticated user may ask about itself
      .filter((rule) => !rule.apiGroups?.some((group) => group.startsWith("auth")))
      .flatMap((rule) =>
        rule.verbs.map((verb) => `${verb} ${rule.resources?.join()} ${rule.resourceNames?.join() ?? "*"}`),
      );
    expect(granted.sort()).toEqual([
      "get configmaps prophet-autoscaler-state",
      "get deployments/scale stress-app",
      "patch configmaps prophet-autoscaler-state",
      "patch deployments/scale stress-app",
    ]);
  });

  const patch = ["-p", '{"spec":{"replicas":3}}', "--type=merge"];
  test("granted: reading and patching the one scale, reading and patching the one ConfigMap", async () => {
    await own("-n", "shop", "get", "deployment", "stress-app", "--subresource=scale");
    await own("-n", "shop", "patch", "deployment", "stress-app", "--subresource=scale", ...patch);
    await own("-n", "shop", "get", "configmap", "prophet-autoscaler-state");
    await own(
      "-n",
      "shop",
      "patch",
      "configmap",
      "prophet-autoscaler-state",
      "-p",
      '{"metadata":{"annotations":{"a":"b"}}}',
    );
  });

  const refused: readonly (readonly [string, readonly string[]])[] = [
    ["patching the Deployment", ["-n", "shop", "patch", "deployment", "stress-app", ...patch]],
    ["reading the Deployment", ["-n", "shop", "get", "deployment", "stress-app"]],
    ["listing Deployments", ["-n", "shop", "get", "deployments"]],
    ["listing ConfigMaps", ["-n", "shop", "get", "configmaps"]],
    ["listing pods", ["-n", "shop", "get", "pods"]],
    ["listing Secrets", ["-n", "shop", "get", "secrets"]],
    ["reading a Secret", ["-n", "shop", "get", "secret", "any"]],
    ["creating a ConfigMap", ["-n", "shop", "create", "configmap", "mine"]],
    ["creating a Job", ["-n", "shop", "create", "job", "mine", "--image=x"]],
    ["deleting its state", ["-n", "shop", "delete", "configmap", "prophet-autoscaler-state"]],
    ["deleting the Deployment", ["-n", "shop", "delete", "deployment", "stress-app"]],
    ["another Deployment's scale", ["-n", "shop", "patch", "deployment", "web", "--subresource=scale", ...patch]],
    ["another ConfigMap", ["-n", "shop", "get", "configmap", "web"]],
    ["another namespace's scale", ["-n", "other", "get", "deployment", "stress-app", "--subresource=scale"]],
    ["another namespace's ConfigMap", ["-n", "other", "get", "configmap", "prophet-autoscaler-state"]],
    ["nodes", ["get", "nodes"]],
    ["namespaces", ["get", "namespaces"]],
  ];
  test.each(refused)("refused: %s", async (_name, args) => {
    await expect(own(...args)).rejects.toThrow(/Forbidden|forbidden/);
  });

  test("a watch is refused", async () => {
    await expect(own("-n", "shop", "get", "configmap", "prophet-autoscaler-state", "--watch")).rejects.toThrow(
      /forbidden/i,
    );
  });
});
