/** Two processes that live long and overlap, as at the hand-over of an hour: each decision is claimed by one of them, and carried out once. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingControlPlane, skip } from "../cluster/available.ts";
import { type FakeServer, fakeServer } from "../fault/server.ts";
import { type Gate, openGate } from "./gate.ts";
import { answer, type Rig, settings, startRig } from "./rig.ts";

describe.skipIf(skip(missingControlPlane()))("two processes overlap", () => {
  let rig: Rig;
  let prometheus: FakeServer;
  let gate: Gate;
  let start: number;
  /** 5 pods of 0.05 at first, and from then on one more every two seconds. */
  const load = (time: number) => 0.22 + 0.05 * Math.max(0, Math.floor((time - start) / 2));

  beforeAll(async () => {
    prometheus = await fakeServer((seen) => ({ body: answer(seen.body, seen.url, load) }));
    rig = await startRig("hourly");
    gate = await openGate(rig);
  });
  afterAll(async () => {
    await gate?.stop();
    await prometheus?.stop();
    await rig?.stop();
  });

  /** Holds each claim until that of the other process has come, for a second at most: both have then read the same state. */
  function meeting(): Gate["hook"] {
    let waiting: (() => void) | undefined;
    return async (_n, when, call) => {
      if (when !== "before" || call.startsWith("GET") || !call.includes("/configmaps/")) return undefined;
      if (waiting !== undefined) waiting();
      else {
        await new Promise<void>((go) => {
          waiting = go;
          setTimeout(go, 1000); // the other process may be between two ticks
        });
      }
      waiting = undefined;
      return undefined;
    };
  }

  test("of two claims over the same state one is made, and only its process scales; nothing is scaled twice, or back", async () => {
    await rig.setReplicas(2);
    await rig.mark();
    const generation = async () =>
      Number(
        await rig.cluster.kubectl([
          "-n",
          "hourly",
          "get",
          "deployment/stress-app",
          "-o",
          "jsonpath={.metadata.generation}",
        ]),
      );
    const before = await generation();
    gate.hook = meeting();
    start = Date.now() / 1000;
    const config = settings(prometheus.url, { step: 1, history: 60, maxReplicas: 60 });
    const process = (seconds: number) =>
      rig.run(config, { args: ["--every", "1s", "--for", `${seconds}s`], kubeconfig: gate.kubeconfig });
    const old = process(14);
    // the second starts while the first is in the middle of its ticks
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const young = process(16);
    const ends = await Promise.all([old, young]);
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    const said = ends.map(({ stderr }) => stderr).join("");
    // one chain of changes, each made once, by whichever of them it was
    const changes = [...said.matchAll(/ action=scaled from=(\d+) to=(\d+) /g)].map(([, from, to]) =>
      [from, to].map(Number),
    );
    changes.sort(([a], [b]) => a! - b!);
    expect(changes.map(([from]) => from)).toEqual([2, ...changes.slice(0, -1).map(([, to]) => to)]);
    expect(changes.at(-1)![1]).toBe(await rig.replicas());
    expect(changes.length).toBeGreaterThan(3);
    expect(ends.filter(({ stderr }) => / action=scaled /.test(stderr))).toHaveLength(2);
    // they did meet, and one of each two went away empty-handed
    expect(said.match(/ reason=StateConflict\b/g)!.length).toBeGreaterThan(1);
    expect(said).not.toMatch(/ScaleConflict|Overruled|WARN|ERROR/);
    const calls = await rig.calls();
    const patches = (resource: string, code: number) =>
      calls.filter((c) => c.verb === "patch" && c.objectRef?.resource === resource && c.responseStatus?.code === code);
    expect(patches("configmaps", 409).length).toBeGreaterThanOrEqual(said.match(/ reason=StateConflict\b/g)!.length);
    // what the server saw is what they said
    expect(patches("deployments", 200)).toHaveLength(changes.length);
    expect(await generation()).toBe(before + changes.length);
    expect(JSON.parse(await rig.memory())).toMatchObject({ v: 1, t: { "hourly/stress-app": {} } });
  });
});
