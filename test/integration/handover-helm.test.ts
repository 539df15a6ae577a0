/** spec.replicas in a chart that Helm applies as Helm 3 does, by the lines of docs/operations.md to the letter; and what becomes of them without. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { skip } from "../cluster/available.ts";
import { type ControlPlane, startControlPlane } from "../cluster/controlplane.ts";
import { type Helm, missingHelm, startHelm } from "./helm-program.ts";

const docs = readFileSync(join(import.meta.dirname, "../../docs/operations.md"), "utf8");
const section = docs.split("### Replicas in a manifest\n")[1]?.split("\n### ")[0] ?? "";
const [, lines = ""] = /```yaml\n([\s\S]*?)```/.exec(section) ?? [];

const web = (replicas: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
${replicas}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "web:1" }] }
`;

describe.skipIf(skip(missingHelm()))("replicas in a chart that Helm 3 would apply", () => {
  let cluster: ControlPlane;
  let helm: Helm;
  beforeAll(async () => {
    cluster = await startControlPlane();
    helm = await startHelm(cluster.kubeconfig);
  });
  afterAll(async () => {
    await helm?.stop();
    await cluster?.stop();
  });

  const replicas = async (namespace: string) =>
    Number(await cluster.kubectl(["-n", namespace, "get", "deployment", "web", "-o", "jsonpath={.spec.replicas}"]));
  /** Installs or upgrades a chart of one Deployment with these lines; a comparison of manifests, and no server-side apply. */
  async function upgrade(namespace: string, template: string): Promise<number> {
    const folder = join(helm.dir, namespace);
    mkdirSync(join(folder, "templates"), { recursive: true });
    writeFileSync(join(folder, "Chart.yaml"), "apiVersion: v2\nname: web\nversion: 0.0.1\n");
    writeFileSync(join(folder, "templates/web.yaml"), web(template));
    await helm("upgrade", "web", folder, "--install", "-n", namespace, "--create-namespace", "--server-side=false");
    return replicas(namespace);
  }
  const scale = (namespace: string, to: number) =>
    cluster.kubectl(["-n", namespace, "scale", "deployment", "web", `--replicas=${to}`]);

  test("merely dropped, they become 1", async () => {
    expect(await upgrade("dropped", "  replicas: 4")).toBe(4);
    await scale("dropped", 6);
    expect(await upgrade("dropped", "")).toBe(1);
  });

  test("by the lines of the docs they stay what they are, from the first upgrade on", async () => {
    expect(await upgrade("kept", "  replicas: 4")).toBe(4);
    await scale("kept", 6);
    expect(await upgrade("kept", lines)).toBe(6);
    await scale("kept", 9);
    expect(await upgrade("kept", lines)).toBe(9);
    // where there is none yet
    expect(await upgrade("new", lines)).toBe(2);
  });
});
