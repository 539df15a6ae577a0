/** The image as a cluster runs it: small, the same bytes from the same sources, without a shell, under the strictest pod settings, with its compile cache in use. */
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingNode, skip } from "../../cluster/available.ts";
import { type BuiltImage, buildImage } from "../../cluster/image.ts";
import type { TestNode } from "../../cluster/node.ts";
import { sharedNode } from "./node.ts";

const tag = "test.local/prophet-autoscaler:image-test";
const buildArgs = ["--build-arg", "VERSION=1.2.3", "--build-arg", "REVISION=abc"];
const megabyte = 1_000_000;
const run = [
  "--once",
  "--history-file",
  "/history/sine.json",
  "--target-cpu",
  "0.05",
  "--min",
  "1",
  "--max",
  "10",
  "--dry-run",
  "--json",
];

/** A pod that runs the image once with everything forbidden that a pod can do without. */
function pod(name: string, container: object): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "strict" },
    spec: {
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      volumes: [
        { name: "history", configMap: { name: "history" } },
        { name: "warm", configMap: { name: "warm" } },
        { name: "work", emptyDir: {} },
      ],
      containers: [
        {
          name: "job",
          image: tag,
          imagePullPolicy: "Never",
          securityContext: {
            readOnlyRootFilesystem: true,
            allowPrivilegeEscalation: false,
            capabilities: { drop: ["ALL"] },
          },
          resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "1", memory: "192Mi" } },
          volumeMounts: [
            { name: "history", mountPath: "/history", readOnly: true },
            { name: "warm", mountPath: "/warm", readOnly: true },
            { name: "work", mountPath: "/work" },
          ],
          ...container,
        },
      ],
    },
  };
}

describe.skipIf(skip(missingNode()))("image", () => {
  let image: BuiltImage;
  let node: TestNode;
  let context: string;
  beforeAll(async () => {
    // a copy, so that a file saved in an editor meanwhile does not look like an unstable build
    context = await mkdtemp(join(tmpdir(), "sources-"));
    for (const name of [
      "Dockerfile",
      ".dockerignore",
      "LICENSE",
      "package.json",
      "package-lock.json",
      "job",
      "scripts",
    ]) {
      await cp(name, join(context, name), { recursive: true });
    }
    image = await buildImage("Dockerfile", tag, buildArgs, context);
    node = await sharedNode();
    await node.importImage(image.archive);
    await node.kubectl(["create", "namespace", "strict"]);
    await node.kubectl(["label", "namespace", "strict", "pod-security.kubernetes.io/enforce=restricted"]);
    await node.kubectl(["-n", "strict", "create", "configmap", "history", "--from-file=fixtures/recorded/sine.json"]);
    await node.kubectl(["-n", "strict", "create", "configmap", "warm", "--from-file=scripts/warm.ts"]);
    await node.kubectl(["-n", "strict", "wait", "--for=create", "serviceaccount/default", "--timeout=30s"]);
  });
  afterAll(async () => {
    await node?.stop();
    await rm(context, { recursive: true, force: true });
  });

  /** Runs a pod to its end; gives its phase and its log. */
  async function runPod(name: string, container: object): Promise<{ phase: string; log: string }> {
    await node.kubectl(["apply", "-f", "-"], JSON.stringify(pod(name, container)));
    const phase = () => node.kubectl(["-n", "strict", "get", "pod", name, "-o", "jsonpath={.status.phase}"]);
    await expect.poll(phase, { timeout: 120_000, interval: 500 }).toMatch(/Succeeded|Failed/);
    return { phase: await phase(), log: await node.kubectl(["-n", "strict", "logs", name]) };
  }

  test("is under 125 MB, of which our own layers are under 7, and says what it is", () => {
    const [base = 0, ...own] = image.layerBytes;
    const ours = own.reduce((sum, bytes) => sum + bytes, 0);
    console.log(`base ${(base / megabyte).toFixed(1)} MB, own layers ${(ours / megabyte).toFixed(2)} MB`);
    expect(ours).toBeGreaterThan(0);
    // 1.5 MB of them are the public holidays, which a run loads only when its settings name a country; 0.8 MB the code that V8 compiled
    expect(ours).toBeLessThan(7 * megabyte);
    expect(base + ours).toBeLessThan(125 * megabyte);
    expect(image.user).toBe("65532:65532");
    expect(image.labels).toMatchObject({
      "org.opencontainers.image.title": "prophet-autoscaler",
      "org.opencontainers.image.version": "1.2.3",
      "org.opencontainers.image.revision": "abc",
      "org.opencontainers.image.licenses": "Apache-2.0",
    });
  });

  test("decides in a `restricted` namespace, with a read-only root, by code from the cache", async () => {
    const { phase, log } = await runPod("cached", {
      args: run,
      env: [{ name: "NODE_DEBUG_NATIVE", value: "COMPILE_CACHE" }],
    });
    expect(phase, log).toBe("Succeeded");
    const json = log.split("\n").find((line) => line.startsWith("{"));
    expect(JSON.parse(json ?? "{}")).toMatchObject({
      targets: [{ reason: expect.any(String), trail: expect.any(Array) }],
    });
    const cache = log.split("\n").filter((line) => line.startsWith("[compile cache]"));
    // the entry by Node, the program by the entry
    expect(cache.filter((line) => line.includes("was accepted")).length).toBe(2);
    expect(cache.filter((line) => /rejected|mismatch|not initialized/.test(line))).toEqual([]);
  });

  test("has no shell", async () => {
    const { phase } = await runPod("shell", { command: ["sh", "-c", "true"] });
    expect(phase).toBe("Failed");
  });

  test("carries its bill of materials", async () => {
    const code = 'console.log(require("fs").readFileSync("/app/sbom.json", "utf8"))';
    const { log } = await runPod("sbom", { command: ["/nodejs/bin/node", "-e", code] });
    const { bomFormat, components } = JSON.parse(log) as {
      bomFormat: string;
      components: { name: string; version: string }[];
    };
    expect(bomFormat).toBe("CycloneDX");
    const listed = components.map(({ name, version }) => `${name} ${version}`);
    // of this checkout's bundle, which is made of the same sources
    const parts = JSON.parse(await readFile("dist/third-party.json", "utf8")) as { name: string; version: string }[];
    expect(parts.length).toBeGreaterThan(20);
    expect(listed.sort()).toEqual(parts.map(({ name, version }) => `${name} ${version}`).sort());
  });

  test("carries the texts of the licences of what it bundles", async () => {
    const code = 'console.log(require("fs").readFileSync("/app/dist/THIRD-PARTY.txt", "utf8"))';
    const { log } = await runPod("licences", { command: ["/nodejs/bin/node", "-e", code] });
    expect(log.trim()).toBe((await readFile("dist/THIRD-PARTY.txt", "utf8")).trim());
  });

  test("a CronJob's run compiles nothing; what that saves is printed, not asserted: the machine is shared", async () => {
    const command = ["/nodejs/bin/node", "/warm/warm.ts", "--cache", "/app/cache", "--work", "/work", "--measure", "9"];
    const { phase, log } = await runPod("start", { command: [...command, "/app/dist/job.js"] });
    expect(phase, log).toBe("Succeeded");
    const line = log.split("\n").find((text) => text.startsWith("{")) ?? "{}";
    console.log(`cold start in the container, ms, median of 9: ${line}`);
    const { accepted, compiled } = JSON.parse(line) as { accepted: number; compiled: number };
    // and the reader of kubeconfigs
    expect(accepted).toBe(3);
    expect(compiled).toBe(0);
  });

  test("the same sources give the same layers, but for the one of compiled code", async () => {
    const again = await buildImage("Dockerfile", tag, [...buildArgs, "--no-cache"], context);
    expect(again.layers.length).toBe(image.layers.length);
    // which functions a run has compiled by its end depends on its timing: that layer, and so the digest, may differ
    expect(again.layers.filter((layer, i) => layer !== image.layers[i]).length).toBeLessThanOrEqual(1);
  });
});
