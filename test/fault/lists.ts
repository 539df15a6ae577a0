/** Lists of workloads for the tests of finding: a small API server that answers as a test says, and objects as it has them. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kubernetesPorts } from "../../job/adapters/kubernetes.ts";
import type { DiscoverySelector, KubernetesSettings } from "../../job/config/types.ts";
import { config } from "../fakes/config.ts";
import { fakeServer, type ReceivedRequest, type Reply } from "./server.ts";
import { hasty, kubernetesSettings } from "./settings.ts";

const ended: (() => Promise<void>)[] = [];

/** Ends what was opened since the last call. */
export async function endAll(): Promise<void> {
  await Promise.all(ended.splice(0).map((end) => end()));
}

/** Ports over a server that answers so, and the pauses in milliseconds before what was asked again. */
export async function open(
  reply: (path: string, query: URLSearchParams, n: number) => Reply | Promise<Reply>,
  more: Partial<KubernetesSettings> = {},
) {
  const pauses: number[] = [];
  const server = await fakeServer(({ url }: ReceivedRequest, n) => {
    const { pathname, searchParams } = new URL(url, "http://x");
    return reply(pathname, searchParams, n);
  });
  const dir = await mkdtemp(join(tmpdir(), "lists-"));
  ended.push(server.stop, () => rm(dir, { recursive: true }));
  const kubeconfig = join(dir, "kubeconfig");
  const text = {
    clusters: [{ name: "c", cluster: { server: server.url, "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user: { token: "s3cr3t-t0ken" } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  };
  await writeFile(kubeconfig, JSON.stringify(text));
  const place = { configMap: { namespace: "shop", name: "state" } };
  const ports = kubernetesPorts(kubernetesSettings(kubeconfig, more), place, { env: {}, timing: hasty(pauses) });
  return { ...ports, server, pauses };
}

export const SHOP = "/apis/apps/v1/namespaces/shop/deployments";
export const web = (name: string, more: object = {}, metadata: object = {}) => ({
  metadata: {
    name,
    namespace: "shop",
    uid: `uid-of-${name}`,
    annotations: { "prophet-autoscaler/target-cpu": "1", "x/y": "z" },
    ...metadata,
  },
  spec: { replicas: 3 },
  ...more,
});
export const listReply = (items: unknown, next = ""): Reply => ({
  body: JSON.stringify({ items, metadata: { continue: next } }),
});
export const statusReply = (status: number, reason: string, headers = {}): Reply => ({
  status,
  headers,
  body: JSON.stringify({ kind: "Status", status: "Failure", reason, message: `${reason} it is` }),
});
export const discoverySelector = (more: Partial<DiscoverySelector> = {}): DiscoverySelector => ({
  namespaces: ["shop"],
  labelSelector: "prophet-autoscaler/enabled=true",
  kinds: ["Deployment"],
  ...more,
});
export const target = (name: string, more: object = {}) =>
  config({ name, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name }, ...more });

export const names = ({ workloads }: { workloads: readonly { name: string }[] }) => workloads.map(({ name }) => name);
