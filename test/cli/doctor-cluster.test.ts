/** The doctor's view of a cluster: what is needed, what is useful, what is too much. */

import { describe, expect, it } from "vitest";
import type { Call, Kubernetes } from "../../job/adapters/kubernetes-http.ts";
import { PROMETHEUS_SOURCE } from "../../job/adapters/source-prometheus.ts";
import { clusterChecks } from "../../job/cli/doctor-cluster.ts";
import { forgetfulState, pretendScaler, systemClock, type World } from "../../job/cli/world.ts";
import { loadSettings } from "../../job/config/load.ts";
import type { Conditions } from "../../job/core/policy/conditions.ts";

const settings = await loadSettings({
  flags: { prometheus: "http://p", namespace: "shop", deployment: "web", "target-cpu": "1" },
  env: {},
  readFile: () => Promise.reject(new Error("no file")),
});

interface Attributes {
  readonly verb: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace: string;
  readonly name?: string;
}

/** A cluster that allows what `allowed` says, by "verb resource/subresource". */
function worldOf(allowed: (what: string, a: Attributes) => boolean, conditions: Conditions = {}, replicas = 3): World {
  const api: Kubernetes = {
    send: async (call: Call) => {
      if (call.path === "/version" || !call.path.includes("selfsubjectaccessreviews")) return {};
      const { spec } = call.body as { spec: { resourceAttributes: Attributes } };
      const a = spec.resourceAttributes;
      const what = `${a.verb} ${a.resource}${a.subresource === undefined ? "" : `/${a.subresource}`}`;
      return { status: { allowed: allowed(what, a) } };
    },
    close: () => {},
  };
  return {
    history: { now: async () => 0, read: async () => [] },
    scaler: { ...pretendScaler(replicas), read: async () => ({ replicas, conditions }) },
    state: forgetfulState(),
    clock: systemClock,
    source: PROMETHEUS_SOURCE,
    sourceChecks: async () => [],
    api: async () => api,
    discovery: null,
    announce: async () => {},
    notifier: null,
    metrics: null,
    close: () => {},
  };
}

const MINIMAL = ["get deployments/scale", "patch deployments/scale", "get configmaps", "patch configmaps"];

describe("clusterChecks", () => {
  it("is content with the minimal Role, and says what goes unseen with it", async () => {
    const checks = await clusterChecks(
      settings,
      worldOf((what, a) => MINIMAL.includes(what) && a.name !== undefined),
    );
    expect(checks.filter((c) => c.status === "fail")).toEqual([]);
    const warned = checks.filter((c) => c.status === "warn").map((c) => c.check);
    expect(warned).toEqual(["may get deployments web in shop", "may list horizontalpodautoscalers in shop"]);
    for (const c of checks) if (c.status !== "ok") expect(c.todo).toBeTruthy();
  });

  it.each(MINIMAL)("fails without %s", async (missing) => {
    const checks = await clusterChecks(
      settings,
      worldOf((what) => MINIMAL.includes(what) && what !== missing),
    );
    const failed = checks.filter((c) => c.status === "fail");
    expect(failed.map((c) => c.check)).toEqual([
      expect.stringContaining(missing.replace("configmaps", "configmaps prophet")),
    ]);
  });

  it("warns of rights that are too wide", async () => {
    const checks = await clusterChecks(
      settings,
      worldOf(() => true),
    );
    const wide = checks.filter((c) => c.message.includes("more than needed")).map((c) => c.check);
    expect(wide).toEqual(["may patch deployments web in shop", "may get secrets in shop"]);
  });

  it("fails on another scaler, warns of 0 replicas and of a pause", async () => {
    const conditions = { otherScaler: "HorizontalPodAutoscaler/web", paused: true };
    const checks = await clusterChecks(
      settings,
      worldOf(() => true, conditions, 0),
    );
    expect(checks.find((c) => c.check.startsWith("other scalers"))).toMatchObject({ status: "fail" });
    expect(checks.find((c) => c.check.startsWith("pause"))).toMatchObject({ status: "warn" });
    expect(checks.find((c) => c.check === "Deployment shop/web")?.message).toContain("0 replicas");
  });

  it("says so when there is no answer, or no cluster", async () => {
    const silent = { ...worldOf(() => true), api: () => Promise.reject(new Error("connect ECONNREFUSED")) };
    expect(await clusterChecks(settings, silent)).toMatchObject([{ check: "API server", status: "fail" }]);
    expect(await clusterChecks(settings, { ...silent, api: null })).toMatchObject([{ status: "warn" }]);
  });
});
