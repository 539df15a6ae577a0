/** GitOps that has `spec.replicas` in its manifest and applies it at every sync, against a real API server: who it was, how often, and the end of the quarrel. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { WRITER_ADVICE } from "../../job/core/policy/writer.ts";
import { missingControlPlane, skip } from "../cluster/available.ts";
import { type FakeServer, fakeServer } from "../fault/server.ts";
import { objectsOf } from "./helm-program.ts";
import { answer, type Rig, settings, startRig } from "./rig.ts";

interface EventObject {
  readonly reason: string;
  readonly type: string;
  readonly message: string;
  readonly count: number;
  readonly involvedObject: object;
  readonly source: object;
}

/** The two ways in which such tools write: who they are to the server, and how they apply. */
const tools: readonly (readonly [string, string, readonly string[]])[] = [
  ["argocd-controller", "server-side", ["--server-side", "--force-conflicts", "--field-manager=argocd-controller"]],
  ["kubectl-client-side-apply", "client-side", []],
];
/** What the job may see: the Deployment and its managedFields, or its /scale alone. */
const sights = [
  { sight: "its managedFields", folder: "manifests/overlays/demo", namespace: "prophet-demo", may: true },
  { sight: "no more than its /scale", folder: "manifests/base", namespace: "shop", may: false },
];

/** Whose control plane the other shares. */
let first: Rig | undefined;
afterAll(() => first?.stop());

describe.skipIf(skip(missingControlPlane())).each(sights)(
  "replicas in the repository, and the job sees $sight",
  ({ folder, namespace, may }) => {
    let rig: Rig;
    let prometheus: FakeServer;
    let config: object;
    /** The Deployment as it is in the repository, with 2 replicas. */
    let manifest: string;
    const kubectl = (...args: string[]) => rig.cluster.kubectl(["-n", namespace, ...args]);
    const events = async () =>
      (JSON.parse(await kubectl("get", "events", "-o", "json")) as { items: EventObject[] }).items.filter(
        ({ source }) => JSON.stringify(source).includes("prophet-autoscaler"),
      );

    beforeAll(async () => {
      // 0.22 cores want 5 pods of 0.05
      prometheus = await fakeServer((seen) => ({ body: answer(seen.body, seen.url, () => 0.22) }));
      rig = await startRig(namespace, folder, first);
      first ??= rig;
      config = settings(prometheus.url, {}, {}, { detectScalers: may, events: may });
      const deployment = objectsOf(await rig.cluster.kubectl(["kustomize", folder])).find(
        ({ kind }) => kind === "Deployment",
      )!;
      manifest = JSON.stringify({
        ...deployment,
        metadata: { ...(deployment.metadata as object), namespace },
        spec: { ...(deployment.spec as object), replicas: 2 },
      });
    });
    afterAll(async () => {
      await prometheus?.stop();
    });
    beforeEach(async () => {
      await rig.setMemory(null);
      await rig.cluster.kubectl(["delete", "--raw", `/api/v1/namespaces/${namespace}/events`]);
    });

    test.each(tools)(
      "%s resets them (%s): named, counted, and after the third time left alone",
      async (manager, _, how) => {
        const sync = () => rig.cluster.kubectl(["-n", namespace, "apply", ...how, "-f", "-"], manifest);
        const runs = [];
        for (let tick = 0; tick < 5; tick++) {
          await sync();
          expect(await rig.replicas()).toBe(2);
          await rig.mark();
          runs.push({ ...(await rig.run(config)), replicas: await rig.replicas(), calls: (await rig.calls()).length });
        }
        const said = runs.map(({ targets }) => targets[0]!);
        expect(said.map(({ action, from, to }) => `${action} ${from} -> ${to}`)).toEqual([
          ...Array(3).fill("scaled 2 -> 5"),
          ...Array(2).fill("held 2 -> 2"),
        ]);
        expect(runs.map(({ replicas }) => replicas)).toEqual([5, 5, 5, 2, 2]);
        expect(said[0]!.message).not.toContain(manager);
        expect(said[1]!.message).toContain(`; ${manager} set 2 replicas after our last change`);
        expect(said[2]!.message).toContain(`; ${manager} set 2 replicas after our last change, the 2nd time in a row`);
        for (const { reason, message } of said.slice(3)) {
          expect(reason).toBe("Overruled");
          expect(message).toMatch(new RegExp(`^${manager} undid our last 3 changes`));
        }
        // the log warns from the second time on: once may be a person
        expect(runs.map(({ stderr }) => stderr.includes(WRITER_ADVICE))).toEqual([false, false, true, true, true]);
        for (const { calls } of runs) expect(calls).toBeLessThan(8);
        await expectEvents(manager);
      },
    );

    // nothing shows it to a job that sees no more than /scale: that one waits for half an hour
    if (may) {
      test("the manifest lets them go, and the job goes on in the next run", async () => {
        const { spec, ...rest } = JSON.parse(manifest) as { spec: Record<string, unknown> };
        const { replicas: _, ...free } = spec;
        const without = JSON.stringify({ ...rest, spec: free });
        const decide = async () => {
          const { targets } = await rig.run(config);
          return `${targets[0]!.action} ${targets[0]!.reason} ${await rig.replicas()}`;
        };
        const seen = [];
        for (let tick = 0; tick < 4; tick++) {
          await rig.cluster.kubectl(["-n", namespace, "apply", "-f", "-"], manifest);
          seen.push(await decide());
        }
        expect(seen.at(-1)).toBe("held Overruled 2");
        // the note of the manifest first: an apply that takes the field away would set it to 1
        await rig.cluster.kubectl(["-n", namespace, "apply", "set-last-applied", "-f", "-"], without);
        // four carry 0.22 cores within the tolerance, which pays; the present demand needs five
        expect(await decide()).toBe("scaled ReactiveFloor 5");
        await rig.cluster.kubectl(["-n", namespace, "apply", "-f", "-"], without);
        expect(await decide()).toMatch(/^(unchanged|held) .* 5$/);
      });
    }

    /** One for each change and one for the stop, on the workload; none without the right to create them. */
    async function expectEvents(manager: string): Promise<void> {
      const seen = await events();
      expect(seen.map(({ reason }) => reason).toSorted()).toEqual(
        may ? ["Overruled", ...Array(3).fill("SuccessfulRescale")] : [],
      );
      if (!may) return;
      expect(seen.filter(({ message }) => message.includes(`${manager} set 2 replicas`))).toHaveLength(2);
      const stop = seen.find(({ reason }) => reason === "Overruled")!;
      expect(stop).toMatchObject({
        type: "Warning",
        count: 1,
        involvedObject: { apiVersion: "apps/v1", kind: "Deployment", name: "stress-app", namespace },
      });
      expect(stop.message).toMatch(new RegExp(`^2 -> 2 replicas, Overruled: ${manager} undid our last 3 changes`));
      expect(stop.message).toContain(WRITER_ADVICE);
    }
  },
);
