/** Paths of the API from references, by the rule that kinds are named by. */
import { expect, test } from "vitest";
import { collectionPath, objectPath, resourceOf } from "../../job/adapters/kubernetes-path.ts";

test.each([
  ["Deployment", "deployments"],
  ["StatefulSet", "statefulsets"],
  ["ReplicationController", "replicationcontrollers"],
  ["Ingress", "ingresses"],
  ["NetworkPolicy", "networkpolicies"],
  ["Gateway", "gateways"],
  ["Box", "boxes"],
  ["Branch", "branches"],
])("%s -> %s", (kind, plural) => {
  expect(resourceOf({ kind })).toBe(plural);
});

test("groups, the core group, and names that must be encoded", () => {
  expect(objectPath("shop", { apiVersion: "apps/v1", kind: "Deployment", name: "web" })).toBe(
    "/apis/apps/v1/namespaces/shop/deployments/web",
  );
  expect(objectPath("lab", { apiVersion: "x.io/v1", kind: "Mouse", name: "m", resource: "mice" })).toBe(
    "/apis/x.io/v1/namespaces/lab/mice/m",
  );
  expect(collectionPath("v1", "shop", "configmaps")).toBe("/api/v1/namespaces/shop/configmaps");
  expect(objectPath("a/b", { apiVersion: "x.io/v1", kind: "K", name: "../c?d" })).toBe(
    "/apis/x.io/v1/namespaces/a%2Fb/ks/..%2Fc%3Fd",
  );
});
