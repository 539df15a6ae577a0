/** Several ticks in one process against a real API server: each reads, claims and acts as a run of its own does, and tells of what it changed. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { missingControlPlane, skip } from "../cluster/available.ts";
import { type FakeServer, fakeServer } from "../fault/server.ts";
import { answer, type Rig, settings, startRig } from "./rig.ts";

const EVERY = ["--every", "2s", "--for", "7s"];

describe.skipIf(skip(missingControlPlane()))("--every 2s --for 7s", () => {
  let rig: Rig;
  let prometheus: FakeServer;
  /** Cores now; 0.22 wants 5 pods of 0.05. */
  let load = 0.22;
  const kubectl = (...args: string[]) => rig.cluster.kubectl(["-n", rig.namespace, ...args]);

  beforeAll(async () => {
    prometheus = await fakeServer((seen) => ({ body: answer(seen.body, seen.url, () => load) }));
    rig = await startRig("ticks", "manifests/overlays/demo");
  });
  afterAll(async () => {
    await prometheus?.stop();
    await rig?.stop();
  });
  beforeEach(async () => {
    load = 0.22;
    await rig.setReplicas(2);
    await rig.setMemory(null);
    await kubectl("delete", "events", "--all");
    await rig.mark();
    prometheus.seen.length = 0;
  });

  const ticking = (options: object = {}) =>
    rig.run(settings(prometheus.url, { step: 1, history: 60 }, {}, { detectScalers: false, events: true }), {
      args: EVERY,
      ...options,
    });

  test("three or four ticks, the same three questions to Prometheus in each, one patch in all, and its Event", async () => {
    const run = await ticking();
    expect(run).toMatchObject({
      code: 0,
      targets: [{ action: expect.stringMatching(/^(unchanged|held)$/), from: 5, to: 5 }],
    });
    const asked = prometheus.seen.map(({ url }) => url.split("/").at(-1));
    const ticks = asked.length / 3;
    expect([3, 4]).toContain(ticks);
    expect(asked).toEqual(Array.from({ length: ticks }, () => ["query", "query_range", "query_range"]).flat());
    const calls = await rig.calls();
    const verbs = (verb: string, resource: string) =>
      calls.filter((c) => c.verb === verb && c.objectRef?.resource === resource).length;
    expect([verbs("get", "deployments"), verbs("patch", "deployments")]).toEqual([ticks, 1]);
    expect([verbs("get", "configmaps"), verbs("patch", "configmaps")]).toEqual([ticks, ticks]);
    // the change was made by the first tick, and the last is not silent about it
    const events = JSON.parse(await kubectl("get", "events", "-o", "json")) as { items: { reason: string }[] };
    expect(events.items.filter(({ reason }) => reason === "SuccessfulRescale")).toHaveLength(1);
  });

  test("a pause set between two ticks holds from the next on; so do the replicas of somebody else", async () => {
    const config = settings(prometheus.url, { step: 1, history: 60 }, {}, { detectScalers: true });
    let asked = 0;
    const done = rig.run(config, { args: EVERY });
    // the second tick has asked its questions: from the third on the load is higher and the pause is set
    while (asked < 6) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      asked = prometheus.seen.length;
    }
    await kubectl("annotate", "deployment", "stress-app", "prophet-autoscaler/paused=true");
    load = 0.44;
    const run = await done;
    await kubectl("annotate", "deployment", "stress-app", "prophet-autoscaler/paused-");
    expect(run).toMatchObject({ code: 0, targets: [{ action: "held", reason: "Paused", from: 5, to: 5 }] });
    expect(await rig.replicas()).toBe(5);
  });
});
