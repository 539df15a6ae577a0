/** A real API server that goes away: before a run, between two of its calls, and for a moment in the middle of one. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { missingControlPlane, skip } from "../cluster/available.ts";
import { type FakeServer, fakeServer } from "../fault/server.ts";
import { type Gate, openGate } from "./gate.ts";
import { answer, type Rig, settings, startRig } from "./rig.ts";

describe.skipIf(skip(missingControlPlane()))("outages of the API server", () => {
  let rig: Rig;
  let prometheus: FakeServer;
  let gate: Gate;
  let config: object;
  let outage = false;
  const stopApiServer = async () => {
    outage = true;
    await rig.cluster.stopApiServer();
  };
  const startApiServer = async () => {
    await rig.cluster.startApiServer();
    outage = false;
  };

  beforeAll(async () => {
    rig = await startRig();
    // 0.22 cores want 5 pods of 0.05
    prometheus = await fakeServer((seen) => ({ body: answer(seen.body, seen.url, () => 0.22) }));
    gate = await openGate(rig);
    config = settings(prometheus.url);
  });
  afterAll(async () => {
    await gate?.stop();
    await prometheus?.stop();
    await rig?.stop();
  });
  beforeEach(async () => {
    if (outage) await startApiServer();
    gate.hook = () => undefined;
    gate.reset();
    await rig.setReplicas(2);
    await rig.setMemory(null);
  });

  test("the API server is down, then back", async () => {
    await stopApiServer();
    const down = await rig.run(config);
    expect(down).toMatchObject({ code: 1, targets: [{ action: "failed", from: null }] });
    expect(down.targets[0]!.message).toMatch(/ECONNREFUSED/);
    await startApiServer();
    expect(await rig.replicas()).toBe(2);
    expect(await rig.run(config)).toMatchObject({ code: 0, targets: [{ action: "scaled", to: 5 }] });
  });

  test("the API server goes away between the claim and the scale", async () => {
    gate.hook = async (_n, when, call) => {
      if (when === "before" && call.startsWith("PATCH") && call.endsWith("/scale")) await stopApiServer();
      return undefined;
    };
    const cut = await rig.run(config, { kubeconfig: gate.kubeconfig });
    expect(cut).toMatchObject({ code: 1, targets: [{ action: "failed" }] });
    await startApiServer();
    expect(await rig.replicas()).toBe(2);
    expect(await rig.run(config)).toMatchObject({ code: 0, targets: [{ action: "scaled", to: 5 }] });
  });

  // calls 1 and 2 are reads side by side, the second of which the outage may refuse; 3 is the claim, 4 the scale
  test.each([3, 4])("the API server is restarted in the middle, at call %i: the run goes on", async (call) => {
    gate.hook = async (n, when) => {
      if (n !== call || when !== "before") return undefined;
      await stopApiServer();
      await startApiServer();
      return undefined;
    };
    const patient = settings(prometheus.url, {}, {}, { timeout: 30 });
    const run = await rig.run(patient, { kubeconfig: gate.kubeconfig });
    expect(run).toMatchObject({ code: 0, targets: [{ action: "scaled", from: 2, to: 5 }] });
    expect(await rig.replicas()).toBe(5);
    expect(JSON.parse(await rig.memory())).toMatchObject({ v: 1 });
  });
});
