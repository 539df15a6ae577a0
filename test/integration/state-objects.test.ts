/** A state of three ConfigMaps on a real API server, with the job's own Role: thousands of targets fit, nothing is lost on the way from one, and what the Role does not name fails alone. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kubernetesPorts } from "../../job/adapters/kubernetes.ts";
import { readState } from "../../job/adapters/state-text.ts";
import { BLANK } from "../../job/core/state/memory.ts";
import { placeOf } from "../../job/core/state/rendezvous.ts";
import type { TargetState } from "../../job/core/state/types.ts";
import { missingControlPlane, skip } from "../cluster/available.ts";
import { type FakeServer, fakeServer } from "../fault/server.ts";
import { kubernetesSettings } from "../fault/settings.ts";
import { annotation, answer, type Rig, settings, startRig } from "./rig.ts";

const NAME = "prophet-autoscaler-state";
const AT = 1_764_230_000;

/** What a target remembers after an hour, with numbers of its own. */
function memory(i: number): TargetState {
  const amount = Number((1 + (Math.imul(i + 1, 0x9e3779b1) >>> 0) / 2 ** 32).toPrecision(6));
  const lastForecast = {
    at: AT,
    expires: AT + 150,
    max: amount,
    quantile: amount,
    level: 0.9,
    mean: amount,
    method: "auto",
  };
  const recommendations = [
    { at: AT - 60 * (1 + (i % 5)), replicas: 2 + (i % 9) },
    { at: AT, replicas: 2 + (i % 7) },
  ];
  return {
    ...BLANK,
    recommendations,
    metrics: { cpu: { lastForecast, lastGoodData: AT, missingSince: null, incomplete: [] } },
  };
}

describe.skipIf(skip(missingControlPlane()))("three ConfigMaps", () => {
  let rig: Rig;
  let prometheus: FakeServer;
  beforeAll(async () => {
    prometheus = await fakeServer((seen) => ({ body: answer(seen.body, seen.url, () => 0.22) }));
    rig = await startRig("many", "manifests/overlays/many-targets");
  });
  afterAll(async () => {
    await prometheus?.stop();
    await rig?.stop();
  });

  const store = (count: number) =>
    kubernetesPorts(
      kubernetesSettings(rig.kubeconfig),
      { configMap: { namespace: rig.namespace, name: NAME, count } },
      { env: {} },
    ).state;
  const stored = async (name: string) => {
    const text = await rig.cluster.kubectl(["-n", rig.namespace, "get", "configmap", name, "-o", "json"]);
    const { metadata } = JSON.parse(text) as { metadata: { annotations?: Record<string, string> } };
    return metadata.annotations?.[annotation];
  };

  test("3,000 targets fit one, and none is lost when the three share them", async () => {
    const targets = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`many/web-${i}`, memory(i)] as const));
    const one = store(1);
    const before = await one.read();
    expect(await one.claim({ ...before.state, targets }, before.version)).toBe("claimed");
    expect((await stored(NAME))!.length / 3000).toBeLessThan(100);

    const parts = Map.groupBy(Object.keys(targets), (key) => placeOf(key, 3));
    for (let i = 0; i < 3; i++) {
      const keys = parts.get(i)!;
      const part = store(3).of!(keys[0]!);
      const { state, version } = await part.read();
      for (const key of keys) expect(state.targets[key]).toEqual(targets[key]);
      expect(await part.claim(state, version)).toBe("claimed");
    }
    const { state } = await store(3).read();
    expect(state.targets).toEqual(targets);
    for (const i of [1, 2]) expect((await stored(`${NAME}-${i}`))!.length / parts.get(i)!.length).toBeLessThan(100);
  });

  test("the job remembers a target where it has its place, and nowhere else", async () => {
    const config = { ...settings(prometheus.url), state: { configMap: { name: NAME, count: 3 } } };
    const run = await rig.run(config);
    expect(run).toMatchObject({ code: 0, targets: [{ action: "scaled", to: 5 }] });
    const key = "many/stress-app";
    const { state } = await store(3).of!(key).read();
    expect(state.targets[key]?.lastWritten?.replicas).toBe(5);
    const place = placeOf(key, 3);
    const others = [0, 1, 2].filter((i) => i !== place).map((i) => (i === 0 ? NAME : `${NAME}-${i}`));
    const texts = await Promise.all(others.map(stored));
    for (const text of texts) expect(readState(text).state.targets).not.toHaveProperty([key]);
  });

  test("one that the Role does not name fails by name, and nothing is scaled", async () => {
    await rig.setReplicas(2);
    const counts = Array.from({ length: 61 }, (_, i) => 4 + i);
    const count = counts.find((many) => placeOf("many/stress-app", many) > 2)!;
    const config = { ...settings(prometheus.url), state: { configMap: { name: NAME, count } } };
    const run = await rig.run(config);
    expect(run).toMatchObject({ code: 1, targets: [{ action: "failed", reason: "ClusterError" }] });
    expect(run.targets[0]!.message).toContain(`${NAME}-${placeOf("many/stress-app", count)}`);
    expect(await rig.replicas()).toBe(2);
  });
});
