/** The one importer of client-node: its KubeConfig finds the API server and the credentials, by kubeconfig or ServiceAccount. */
import type { Agent } from "node:http";
import type { RequestOptions } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import type { KubernetesSettings } from "../config/types.ts";
import { ClusterError } from "./errors.ts";
import type { Tls } from "./http/pool.ts";
import type { Environment } from "./http/proxy.ts";

/** What the next call takes along. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: Tls;
  /** client-node's own connections, where the kubeconfig names a proxy. */
  readonly agent?: Agent;
}

/** An API server as found. */
export interface ApiServer {
  /** Without a slash at its end. */
  readonly url: string;
  /** Asked for at each call: client-node reads a rotated ServiceAccount token again when a minute has passed. Throws ClusterError. */
  credentials(): Promise<Credentials>;
}

const serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/** Finds the API server named by the settings, KUBECONFIG, the ServiceAccount or ~/.kube/config, in this order. Throws ClusterError. */
export async function findApiServer(settings: KubernetesSettings, env: Environment): Promise<ApiServer> {
  // config.js alone: a quarter less to load than the whole of client-node with its generated APIs
  const { KubeConfig } = await import("@kubernetes/client-node/dist/config.js");
  const config = new KubeConfig();
  await load(config, settings, env);
  if (settings.context !== undefined) {
    if (config.getContextObject(settings.context) === null) {
      const known = config.getContexts().map((c) => c.name);
      const came = `no context ${settings.context}; there are ${known.join(", ")}`;
      throw new ClusterError("kubeconfig", undefined, "", came);
    }
    config.setCurrentContext(settings.context);
  }
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new ClusterError("kubeconfig", undefined, "", "the current context names no cluster");
  return {
    url: cluster.server.replace(/\/+$/, ""),
    credentials: () => credentials(config, cluster.proxyUrl !== undefined),
  };
}

async function load(config: KubeConfig, settings: KubernetesSettings, env: Environment): Promise<void> {
  const { existsSync } = await import("node:fs");
  try {
    if (settings.kubeconfig !== undefined) config.loadFromFile(settings.kubeconfig);
    else if (env.KUBECONFIG && !env.KUBECONFIG.includes(":")) config.loadFromFile(env.KUBECONFIG);
    else if (env.KUBECONFIG) config.loadFromDefault();
    else if (env.KUBERNETES_SERVICE_HOST && existsSync(serviceAccount)) config.loadFromCluster();
    else if (env.HOME && existsSync(`${env.HOME}/.kube/config`)) config.loadFromFile(`${env.HOME}/.kube/config`);
    // client-node would go on to http://localhost:8080 here: never what was meant
    else throw new Error("no --kubeconfig, no KUBECONFIG, no ServiceAccount, no ~/.kube/config");
  } catch (error) {
    throw new ClusterError("find the API server", undefined, "", messageOf(error), error);
  }
}

async function credentials(config: KubeConfig, proxied: boolean): Promise<Credentials> {
  // client-node leaves this open where the kubeconfig says nothing, and NODE_TLS_REJECT_UNAUTHORIZED would decide
  const options: RequestOptions = { rejectUnauthorized: true };
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    throw new ClusterError("credentials", undefined, "", messageOf(error), error);
  }
  const { ca, cert, key, servername, rejectUnauthorized, headers = {}, auth, agent } = options;
  const basic: Record<string, string> =
    auth == null ? {} : { Authorization: `Basic ${Buffer.from(auth).toString("base64")}` };
  const tls = { ca, cert, key, servername, rejectUnauthorized: rejectUnauthorized !== false };
  return {
    headers: { ...(headers as Readonly<Record<string, string>>), ...basic },
    tls,
    ...(proxied && typeof agent === "object" ? { agent } : {}),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
