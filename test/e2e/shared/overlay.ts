/** An overlay of the manifests over workloads of a test: its settings and rights, without the stress-app. */
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { TestNode } from "../../cluster/node.ts";

const OVERLAYS = join(import.meta.dirname, "../../../manifests/overlays");

/** A Deployment of one pod, as JSON. It burns a little: CPU of exactly 0 would mean that nothing was measured. */
export function deployment(namespace: string, name: string): string {
  return JSON.stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [
            {
              name: "web",
              image: "test.local/busybox:1",
              imagePullPolicy: "Never",
              command: ["sh", "-c", "while :; do sleep 0.1; done"],
              resources: { requests: { cpu: "20m", memory: "8Mi" }, limits: { cpu: "200m", memory: "32Mi" } },
            },
          ],
        },
      },
    },
  });
}

/** What an overlay gets of a test. */
export interface Applied {
  readonly namespace: string;
  /** The job's settings. */
  readonly config: object;
  /** The rules of its Role. */
  readonly rules: readonly object[];
  /** JSON patches of its CronJob. */
  readonly cronJob?: readonly object[];
}

/** Applies an overlay; without the stress-app, whose image is not here. */
export async function applyOverlay(
  node: TestNode,
  overlay: string,
  { namespace, config, rules, cronJob = [] }: Applied,
): Promise<void> {
  const folder = join(node.dir, namespace);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "config.yaml"), JSON.stringify(config));
  const kustomization = {
    namespace,
    resources: [relative(folder, join(OVERLAYS, overlay))],
    configMapGenerator: [
      {
        name: "prophet-autoscaler",
        behavior: "replace",
        files: ["config.yaml"],
        options: { disableNameSuffixHash: true },
      },
    ],
    patches: [
      { target: { kind: "Role" }, patch: JSON.stringify([{ op: "replace", path: "/rules", value: rules }]) },
      ...(cronJob.length === 0 ? [] : [{ target: { kind: "CronJob" }, patch: JSON.stringify(cronJob) }]),
      ...["Deployment", "Service"].map((kind) => ({
        patch: JSON.stringify({
          apiVersion: kind === "Service" ? "v1" : "apps/v1",
          kind,
          metadata: { name: "stress-app" },
          $patch: "delete",
        }),
      })),
    ],
  };
  await writeFile(join(folder, "kustomization.yaml"), JSON.stringify(kustomization));
  await node.kubectl(["apply", "-k", folder]);
}
