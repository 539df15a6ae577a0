/** spec.replicas out of a manifest, by the steps of docs/operations.md to the letter, against a real API server; and what becomes of them without. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { missingControlPlane, programs, skip } from "../cluster/available.ts";
import { type FakeServer, fakeServer } from "../fault/server.ts";
import { objectsOf } from "./helm-program.ts";
import { answer, type Rig, settings, startRig } from "./rig.ts";

const NAMESPACE = "prophet-demo";
const docs = readFileSync(join(import.meta.dirname, "../../docs/operations.md"), "utf8");
const section = docs.split("### Replicas in a manifest\n")[1]?.split("\n### ")[0] ?? "";
const [client = "", server = ""] = [...section.matchAll(/```sh\n(.*?)```/gs)].map((block) => block[1]!);

describe.skipIf(skip(missingControlPlane()))("replicas that leave a manifest", () => {
  let rig: Rig;
  let prometheus: FakeServer;
  let config: object;
  let deployment: { readonly metadata: object; readonly spec: { readonly replicas?: number } };
  const kubectl = (...args: string[]) => rig.cluster.kubectl(["-n", NAMESPACE, ...args]);
  const manifest = async (replicas?: number) => {
    const { replicas: _, ...spec } = deployment.spec;
    const file = join(rig.cluster.dir, "web.yaml");
    await writeFile(file, JSON.stringify({ ...deployment, spec: { ...spec, ...(replicas && { replicas }) } }));
    return file;
  };
  /** A block of the docs, with our names. */
  const follow = (steps: string) =>
    promisify(execFile)(
      "bash",
      [
        "-euc",
        steps
          .replaceAll("-n shop", `-n ${NAMESPACE}`)
          .replaceAll(" web ", " stress-app ")
          .replace("name: web ", "name: stress-app "),
      ],
      {
        cwd: rig.cluster.dir,
        env: { ...process.env, KUBECONFIG: rig.cluster.kubeconfig, PATH: `${programs("kube")}:${process.env.PATH}` },
      },
    );

  beforeAll(async () => {
    prometheus = await fakeServer((seen) => ({ body: answer(seen.body, seen.url, () => 0.22) }));
    rig = await startRig(NAMESPACE, "manifests/overlays/demo");
    config = settings(prometheus.url, {}, {}, { detectScalers: true, events: false });
    const objects = objectsOf(await rig.cluster.kubectl(["kustomize", "manifests/overlays/demo"]));
    const found = objects.find(({ kind }) => kind === "Deployment")!;
    deployment = { ...found, metadata: { ...(found.metadata as object), namespace: NAMESPACE } } as never;
  });
  afterAll(async () => {
    await prometheus?.stop();
    await rig?.stop();
  });
  beforeEach(async () => {
    await rig.setMemory(null);
    await kubectl("delete", "deployment", "stress-app", "--ignore-not-found");
  });

  const tools = [
    ["kubectl apply", ["apply"], client],
    ["a server-side apply", ["apply", "--server-side", "--force-conflicts", "--field-manager=flux"], server],
  ] as const;

  test.each(tools)("%s: merely dropped, they become 1", async (_, apply) => {
    await kubectl(...apply, "-f", await manifest(4));
    await kubectl(...apply, "-f", await manifest());
    expect(await rig.replicas()).toBe(1);
  });

  test.each(tools)(
    "%s: in the steps of the docs they stay, and a job that was overruled goes on at once",
    async (_, apply, steps) => {
      const reasons = [];
      for (let sync = 0; sync < 4; sync++) {
        await kubectl(...apply, "-f", await manifest(4));
        expect(await rig.replicas()).toBe(4);
        reasons.push((await rig.run(config)).targets[0]!.reason);
      }
      expect(reasons.at(-1)).toBe("Overruled");
      await manifest();
      await follow(steps);
      expect(await rig.replicas()).toBe(4);
      expect((await rig.run(config)).targets[0]).toMatchObject({ action: "scaled", from: 4, to: 5 });
      await kubectl(...apply, "-f", await manifest());
      expect(await rig.replicas()).toBe(5);
    },
  );
});
