/** The smallest API server that the adapters can be held against without a cluster: one Scale, one ConfigMap, versions, JSON patch with `test`. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kubernetesPorts } from "../../job/adapters/kubernetes.ts";
import { fakeServer, type Reply, type Seen } from "../fault/server.ts";
import { kubernetesSettings } from "../fault/settings.ts";

/** Ports over a fresh one, at 3 replicas and without memory; end it after the test. */
export async function fakeCluster() {
  let replicas = 3;
  let version = 1;
  let annotations: Record<string, string> = {};
  const failure = (code: number, reason: string): Reply => ({
    status: code,
    body: JSON.stringify({ reason, message: reason }),
  });
  const scale = (): Reply => ({ body: JSON.stringify({ spec: replicas === 0 ? {} : { replicas } }) });
  const map = (): Reply => ({ body: JSON.stringify({ metadata: { resourceVersion: String(version), annotations } }) });
  const patchScale = (body: string): Reply => {
    const [expected, wanted] = JSON.parse(body) as { value: number | null }[];
    if ((expected!.value ?? 0) !== replicas) return failure(422, "Invalid");
    replicas = wanted!.value ?? 0;
    return scale();
  };
  const patchMap = (body: string): Reply => {
    const { metadata } = JSON.parse(body) as {
      metadata: { resourceVersion: string; annotations: Record<string, string> };
    };
    if (metadata.resourceVersion !== String(version)) return failure(409, "Conflict");
    version += 1;
    annotations = { ...annotations, ...metadata.annotations };
    return map();
  };
  const server = await fakeServer(({ method, url, body }: Seen) => {
    if (url.includes("/scale")) return method === "GET" ? scale() : patchScale(body);
    if (url.includes("/configmaps/state")) return method === "GET" ? map() : patchMap(body);
    return failure(404, "NotFound");
  });
  const dir = await mkdtemp(join(tmpdir(), "api-"));
  const kubeconfig = join(dir, "kubeconfig");
  const text = {
    clusters: [{ name: "c", cluster: { server: server.url, "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user: { token: "t" } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  };
  await writeFile(kubeconfig, JSON.stringify(text));
  const ports = kubernetesPorts(
    kubernetesSettings(kubeconfig),
    { configMap: { namespace: "shop", name: "state" } },
    { env: {} },
  );
  return {
    ports,
    stop: async () => {
      ports.close();
      await server.stop();
      await rm(dir, { recursive: true });
    },
  };
}
