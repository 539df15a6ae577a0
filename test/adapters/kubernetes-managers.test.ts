/** Who set spec.replicas, by managedFields as an API server gives them. */
import { describe, expect, it } from "vitest";
import { conditionsOf } from "../../job/adapters/kubernetes-conditions.ts";
import { isManifestFree, otherWriter } from "../../job/adapters/kubernetes-managers.ts";
import type { ManagedField } from "../../job/adapters/kubernetes-objects.ts";

const owns = { "f:spec": { "f:replicas": {} } };
const other = { "f:spec": { "f:template": {} } };
const field = (manager: string, more: Partial<ManagedField> = {}): ManagedField => ({
  manager,
  time: "2026-01-01T00:00:00Z",
  fieldsV1: owns,
  ...more,
});
const us = field("prophet-autoscaler", { subresource: "scale" });

describe("otherWriter", () => {
  it("is nobody when we set the value, or nobody did", () => {
    expect(otherWriter([])).toBeUndefined();
    expect(otherWriter([us, field("kubectl", { fieldsV1: other })])).toBeUndefined();
  });
  it("is who owns the field beside us, the newest where there are several", () => {
    expect(otherWriter([field("argocd-controller"), us])).toBe("argocd-controller");
    expect(
      otherWriter([
        field("helm", { time: "2026-01-01T10:00:00Z" }),
        field("kustomize-controller", { time: "2026-01-01T09:00:00Z" }),
      ]),
    ).toBe("helm");
  });
  it("says when it was through /scale, as an HPA or kubectl scale does", () => {
    expect(otherWriter([field("kube-controller-manager", { subresource: "scale" })])).toBe(
      "kube-controller-manager (scale)",
    );
  });
  it("takes strange entries for none, and long names for shorter", () => {
    const strange = [{}, { manager: "x" }, { fieldsV1: {} }, { fieldsV1: { "f:spec": undefined } }, { fieldsV1: owns }];
    expect(otherWriter(strange)).toBeUndefined();
    expect(otherWriter([field("m".repeat(1000))])).toHaveLength(128);
  });
  it("is part of the conditions", () => {
    expect(conditionsOf({ metadata: { managedFields: [field("flux")] } })).toEqual({
      paused: false,
      otherWriter: "flux",
    });
  });
});

describe("isManifestFree", () => {
  const applied = (spec: object | null) => ({
    "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify({ kind: "Deployment", ...(spec && { spec }) }),
  });
  const client = field("kubectl-client-side-apply");
  const cases: readonly (readonly [string, boolean, Parameters<typeof isManifestFree>[0]])[] = [
    ["nothing is known", false, undefined],
    ["the managers are not shown", false, { annotations: applied({}) }],
    ["nobody owns them", true, { managedFields: [field("argocd-controller", { fieldsV1: other })] }],
    ["a manifest on the server's side owns them", false, { managedFields: [field("argocd-controller")] }],
    ["another of our own jobs set them", false, { managedFields: [us] }],
    ["they were handed over to us", true, { managedFields: [field("prophet-autoscaler", { operation: "Apply" })] }],
    [
      "kubectl apply has them in its manifest",
      false,
      { managedFields: [client], annotations: applied({ replicas: 2 }) },
    ],
    ["kubectl apply has them no more", true, { managedFields: [client], annotations: applied({ template: {} }) }],
    ["kubectl apply, and the note is cut", false, { managedFields: [client], annotations: applied(null) }],
    [
      "kubectl apply has them no more, but an HPA sets them",
      false,
      {
        managedFields: [client, field("kube-controller-manager", { subresource: "scale" })],
        annotations: applied({}),
      },
    ],
  ];
  it.each(cases)("%s: %s", (_what, free, metadata) => {
    expect(isManifestFree(metadata)).toBe(free);
    expect(conditionsOf({ ...(metadata && { metadata }) }).manifestFree).toBe(free ? true : undefined);
  });
});
