/** The image as a cluster runs it: small, the same bytes from the same sources, without a shell, under the strictest pod settings, with its compile cache in use. */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingNode, skip } from "../cluster/available.ts";
import { type BuiltImage, buildImage } from "../cluster/image.ts";
import { startNode, type TestNode } from "../cluster/node.ts";

const tag = "test.local/prophet-autoscaler:image-test";
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
      volumes: [{ name: "history", configMap: { name: "history" } }],
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
          volumeMounts: [{ name: "history", mountPath: "/history", readOnly: true }],
          ...container,
        },
      ],
    },
  };
}

describe.skipIf(skip(missingNode()))("image", () => {
  let image: BuiltImage;
  let node: TestNode;
  beforeAll(async () => {
    image = await buildImage("Dockerfile", tag, ["--build-arg", "VERSION=1.2.3", "--build-arg", "REVISION=abc"]);
    node = await startNode({ addons: false, images: [image.archive] });
    await node.kubectl(["create", "namespace", "strict"]);
    await node.kubectl(["label", "namespace", "strict", "pod-security.kubernetes.io/enforce=restricted"]);
    await node.kubectl(["-n", "strict", "create", "configmap", "history", "--from-file=fixtures/recorded/sine.json"]);
    await expect
      .poll(() => node.kubectl(["-n", "strict", "get", "serviceaccount", "default"]).catch(() => ""))
      .toContain("default");
  });
  afterAll(() => node?.stop());

  /** Runs a pod to its end; gives its phase and its log. */
  async function runPod(name: string, container: object): Promise<{ phase: string; log: string }> {
    await node.kubectl(["apply", "-f", "-"], JSON.stringify(pod(name, container)));
    const phase = () => node.kubectl(["-n", "strict", "get", "pod", name, "-o", "jsonpath={.status.phase}"]);
    await expect.poll(phase, { timeout: 120_000, interval: 500 }).toMatch(/Succeeded|Failed/);
    return { phase: await phase(), log: await node.kubectl(["-n", "strict", "logs", name]) };
  }

  test("is under 125 MB, of which our own layers are under 4, and says what it is", () => {
    const [base = 0, ...own] = image.layerBytes;
    const ours = own.reduce((sum, bytes) => sum + bytes, 0);
    console.log(`base ${(base / megabyte).toFixed(1)} MB, own layers ${(ours / megabyte).toFixed(2)} MB`);
    expect(ours).toBeGreaterThan(0);
    expect(ours).toBeLessThan(4 * megabyte);
    expect(base + ours).toBeLessThan(125 * megabyte);
    expect(image.user).toBe("65532:65532");
    expect(image.labels).toMatchObject({
      "org.opencontainers.image.title": "prophet-autoscaler",
      "org.opencontainers.image.version": "1.2.3",
      "org.opencontainers.image.revision": "abc",
      "org.opencontainers.image.licenses": "Apache-2.0",
    });
  });

  test("decides in a `restricted` namespace, with a read-only root, by code from the cache and none compiled anew", async () => {
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
    expect(cache.filter((line) => line.includes("was accepted")).length).toBeGreaterThan(2);
    expect(cache.filter((line) => /rejected|mismatch/.test(line))).toEqual([]);
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
    const { dependencies } = JSON.parse(await readFile("package.json", "utf8")) as {
      dependencies: Record<string, string>;
    };
    expect(bomFormat).toBe("CycloneDX");
    const listed = new Map(components.map(({ name, version }) => [name, version]));
    for (const [name, version] of Object.entries(dependencies))
      expect(`${name} ${listed.get(name.split("/").at(-1)!) ?? listed.get(name)}`).toBe(`${name} ${version}`);
  });

  test("starts colder without its cache (printed, not asserted: the machine is shared)", async () => {
    const code = `
      const { spawnSync } = require("node:child_process");
      const time = (env, args) => { const t = performance.now(); spawnSync(process.execPath, args, { env: { ...process.env, ...env } }); return performance.now() - t; };
      const median = (env, args) => Array.from({ length: 7 }, () => time(env, args)).sort((a, b) => a - b)[3].toFixed(0);
      const job = ["/app/dist/job.js", ...${JSON.stringify(run)}];
      console.log(JSON.stringify({ bare: median({}, ["-e", "0"]), cached: median({}, job), uncached: median({ NODE_DISABLE_COMPILE_CACHE: "1" }, job) }));`;
    const { phase, log } = await runPod("start", { command: ["/nodejs/bin/node", "-e", code] });
    expect(phase, log).toBe("Succeeded");
    console.log(`cold start in the container, ms, median of 7: ${log.trim()}`);
  });

  test("the same sources give the same digest", async () => {
    const again = await buildImage("Dockerfile", tag, [
      "--build-arg",
      "VERSION=1.2.3",
      "--build-arg",
      "REVISION=abc",
      "--no-cache",
    ]);
    expect(again.layers).toEqual(image.layers);
    expect(again.digest).toBe(image.digest);
  });
});
