/** One node for the tests of this folder: most of a test is waiting for the minutes of its CronJob, so they wait beside each other, each in namespaces of its own. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { parseAllDocuments } from "yaml";
import { missingNode } from "../../cluster/available.ts";
import { clusterDir } from "../../cluster/holder.ts";
import { buildImage } from "../../cluster/image.ts";
import { startNode, type TestNode } from "../../cluster/node.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The node's folder and the port of its API server. */
    sharedNode: { readonly dir: string; readonly port: number };
  }
}

/** What the cluster's Prometheus scrapes beside cadvisor: every pod's port named http. */
const SCRAPE_PODS = {
  job_name: "pods",
  kubernetes_sd_configs: [{ role: "pod" }],
  relabel_configs: [
    { source_labels: ["__meta_kubernetes_pod_container_port_name"], action: "keep", regex: "http" },
    { source_labels: ["__meta_kubernetes_namespace"], target_label: "namespace" },
    { source_labels: ["__meta_kubernetes_pod_name"], target_label: "pod" },
  ],
};

let node: TestNode | undefined;

/** Builds the images and starts the node; where that cannot be, the tests say why. */
export async function setup(project: TestProject): Promise<void> {
  if (missingNode() !== undefined) return;
  const job = await buildImage("Dockerfile", "docker.io/library/prophet-autoscaler:0.1.0");
  const app = await buildImage("stress-app/Dockerfile", "docker.io/library/prophet-autoscaler-stress-app:0.1.0");
  node = await startNode({ images: [job.archive, app.archive] });
  await scrapePods(node);
  project.provide("sharedNode", { dir: node.dir, port: Number(new URL(node.url).port) });
}

export async function teardown(): Promise<void> {
  await node?.stop();
}

async function scrapePods({ kubectl }: TestNode): Promise<void> {
  const documents = parseAllDocuments(await readFile(join(clusterDir, "conf/prometheus.yaml"), "utf8"));
  const map = documents.map((document) => document.toJS() as { kind: string; data?: Record<string, string> });
  const config = map.find(({ kind }) => kind === "ConfigMap")!;
  const [settings] = parseAllDocuments(config.data!["prometheus.yml"]!).map(
    (document) => document.toJS() as { scrape_configs: unknown[] },
  );
  const more = { ...settings, scrape_configs: [...settings!.scrape_configs, SCRAPE_PODS] };
  const made = { ...config, data: { "prometheus.yml": JSON.stringify(more) } };
  await kubectl(["apply", "-f", "-"], JSON.stringify(made));
  await kubectl(["-n", "monitoring", "rollout", "restart", "deployment/prometheus"]);
  await kubectl(["-n", "monitoring", "rollout", "status", "deployment/prometheus", "--timeout=90s"]);
}
