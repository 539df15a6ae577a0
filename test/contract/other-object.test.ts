/** A proxy that answers with another object than was asked for: it is told, and never acted on. */
import { expect, test } from "vitest";
import { permissionCheck } from "../../job/cli/doctor-permissions.ts";
import { runOnce } from "../../job/run.ts";
import { config } from "../fakes/config.ts";
import { last } from "../fakes/forecaster.ts";
import { fakePorts, fakeWorld } from "../fakes/ports.ts";
import { type FakeOptions, fakeCluster } from "./api-server.ts";

const PLAIN = { kind: "Scale", metadata: { name: "web", namespace: "shop" }, spec: { replicas: 9 } };
const OTHERS = {
  "another kind": { ...PLAIN, kind: "Service", spec: {} },
  "another name": { ...PLAIN, metadata: { name: "db", namespace: "shop" } },
  "another namespace": { ...PLAIN, metadata: { name: "web", namespace: "pay" } },
  "a list": { kind: "DeploymentList", metadata: {}, items: [PLAIN] },
};

/** One run that wants 5 of 3 pods, where one call is answered so. */
async function answered(instead: string, body: object, more: FakeOptions = {}, overrides = {}) {
  const told: string[] = [];
  const cluster = await fakeCluster({
    ...more,
    log: (_level, message) => void told.push(message),
    before: (call) => (call === instead ? { body: JSON.stringify(body) } : undefined),
  });
  try {
    const { scaler, state } = cluster.ports;
    const ports = { ...fakePorts(fakeWorld({ load: () => 2.2 })), scaler, state };
    const { targets } = await runOnce(ports, [config(overrides)], { forecaster: last });
    const { action, message } = targets[0]!;
    const written = cluster.calls().filter((call) => call.startsWith("PATCH"));
    return { action, said: [message, ...told].join("\n"), written, replicas: cluster.objects.replicas };
  } finally {
    await cluster.stop();
  }
}

test("nothing is refused that is what was asked for", async () => {
  const { action, replicas } = await answered("GET scale", { ...PLAIN, spec: { replicas: 3 } });
  expect([action, replicas]).toEqual(["scaled", 5]);
});

test.each(Object.entries(OTHERS))("%s in place of what is read: nothing is written", async (_, body) => {
  for (const [call, wanted, overrides] of [
    ["GET scale", "Scale shop/web", {}],
    ["GET state", "ConfigMap shop/state", {}],
    ["GET web", "HorizontalPodAutoscaler shop/web", { actuator: "hpa" }],
  ] as const) {
    const { action, said, written, replicas } = await answered(call, body, {}, overrides);
    expect({ action, written, replicas }, call).toEqual({ action: "failed", written: [], replicas: 3 });
    expect(said).toContain(`the answer must be ${wanted}, got `);
  }
});

test.each(Object.entries(OTHERS))("%s in answer to a write is no success", async (_, body) => {
  for (const call of ["PATCH scale", "PATCH state"]) {
    const { action, said, replicas } = await answered(call, body);
    expect([action, replicas], call).toEqual(["failed", 3]);
    expect(said).toContain("the answer must be ");
  }
});

test("another list or workload leaves the conditions unknown, and is told", async () => {
  const inspect = { inspect: true, settings: { detectScalers: true } };
  const pods = await answered("GET horizontalpodautoscalers", { kind: "PodList", items: [] }, inspect);
  expect(pods.said).toContain("the answer must be a HorizontalPodAutoscalerList, got PodList");
  const service = await answered("GET web", OTHERS["another kind"], inspect);
  expect(service.said).toContain("the answer must be Deployment shop/web, got Service shop/web");
});

test("a permission is not known from an answer that is no review", async () => {
  const right = { verb: "get", group: "", resource: "secrets", namespace: "shop", want: "never", without: "" } as const;
  const cluster = await fakeCluster({
    before: (call) => (call === "POST selfsubjectaccessreviews" ? { body: '{"kind":"Pod"}' } : undefined),
  });
  const check = await permissionCheck(await cluster.ports.api(), right);
  await cluster.stop();
  expect(check).toMatchObject({
    status: "warn",
    message: expect.stringContaining("must be a SelfSubjectAccessReview"),
  });
});
