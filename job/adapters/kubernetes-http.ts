/** The one importer of client-node: its KubeConfig finds the API server and the credentials; requests are plain HTTPS, bounded in time and size. */
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import type { KubernetesSettings } from "../config/types.ts";
import type { Seconds } from "../core/units.ts";
import { ClusterError, codeOf, isTransientCode, isTransientStatus } from "./errors.ts";
import { realTiming, retry, retryAfter, type Timing, type Verdict } from "./retry.ts";

/** One call. A `write` is tried again only where it surely was not carried out. */
export interface Call {
  readonly method: "GET" | "PATCH" | "POST";
  /** Path with its query. */
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
}

/** An API server. */
export interface Kubernetes {
  /** Sends one call; gives the parsed JSON. Throws ClusterError. */
  send(call: Call): Promise<unknown>;
  close(): void;
}

/** Environment that says where the cluster is; main.ts gives it, for only main.ts touches `process`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A ConfigMap holds at most 1 MiB, a list of a thousand HPAs about 4 MiB. */
const largestBody = 32 * 1024 * 1024;
const serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/** Opens the API server named by the settings, KUBECONFIG, the ServiceAccount or ~/.kube/config, in this order. Throws ClusterError. */
export async function openKubernetes(
  settings: KubernetesSettings,
  env: Environment,
  timing: Timing = realTiming,
): Promise<Kubernetes> {
  // config.js alone: a quarter less to load than the whole of client-node with its generated APIs
  const { KubeConfig } = await import("@kubernetes/client-node/dist/config.js");
  const config = new KubeConfig();
  await load(config, settings, env);
  if (settings.context !== undefined) {
    if (config.getContextObject(settings.context) === null) {
      const known = config.getContexts().map((c) => c.name);
      throw new ClusterError(
        "kubeconfig",
        undefined,
        "",
        `no context ${settings.context}; there are ${known.join(", ")}`,
      );
    }
    config.setCurrentContext(settings.context);
  }
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new ClusterError("kubeconfig", undefined, "", "the current context names no cluster");
  const options: RequestOptions = {};
  const agents = new Set<{ destroy(): void }>();
  return {
    send: async (call) => {
      // at each call: client-node reads a rotated ServiceAccount token again when a minute has passed
      await config.applyToHTTPSOptions(options).catch((error: unknown) => {
        throw new ClusterError("credentials", undefined, "", messageOf(error), error);
      });
      keepAlive(options.agent, agents);
      return sendWithRetries(server, options, call, settings.timeout, timing);
    },
    close: () => {
      for (const agent of agents) agent.destroy();
    },
  };
}

interface Loadable {
  loadFromFile(file: string): void;
  loadFromDefault(): void;
  loadFromCluster(): void;
}

async function load(config: Loadable, settings: KubernetesSettings, env: Environment): Promise<void> {
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

/** client-node makes its agent without keep-alive: each of the run's calls would pay a TLS handshake. Idle sockets do not hold the process. */
function keepAlive(agent: unknown, agents: Set<{ destroy(): void }>): void {
  if (typeof agent !== "object" || agent === null || !("destroy" in agent)) return;
  Object.assign(agent, { keepAlive: true });
  agents.add(agent as { destroy(): void });
}

async function sendWithRetries(
  server: string,
  options: RequestOptions,
  call: Call,
  timeout: Seconds,
  timing: Timing,
): Promise<unknown> {
  const asked = `${call.method} ${call.path.split("?")[0]}`;
  const write = call.method !== "GET";
  const answer = await retry(
    async (milliseconds) => {
      const got = await exchange(server, options, call, milliseconds).catch((error: unknown) => {
        throw new NoAnswer(error, milliseconds);
      });
      if (isTransientStatus(got.status)) throw new Busy(got);
      return got;
    },
    (error) => judge(error, write),
    { attempts: 3, timeout, deadline: timeout * 2 },
    timing,
  ).catch((error: unknown): Got => {
    if (error instanceof Busy) return error.got;
    throw new ClusterError(asked, undefined, "", messageOf(error), error instanceof NoAnswer ? error.cause : error);
  });
  return result(asked, answer);
}

interface Got {
  readonly status: number;
  readonly body: string;
  readonly retryAfter?: string;
}

class Busy extends Error {
  readonly got: Got;
  constructor(got: Got) {
    super(`status ${got.status}`);
    this.got = got;
  }
}

class NoAnswer extends Error {
  readonly code: string;
  constructor(cause: unknown, milliseconds: number) {
    const late = cause instanceof Error && cause.name === "AbortError";
    const seconds = (milliseconds / 1000).toFixed(1);
    super(late ? `no answer within ${seconds} s` : messageOf(cause) || codeOf(cause), { cause });
    this.code = late ? "ETIMEDOUT" : codeOf(cause);
  }
}

/** A write whose answer was lost may have been carried out: only a refused connection and 429 say that it was not. */
function judge(error: unknown, write: boolean): Verdict {
  if (error instanceof Busy) {
    const after = retryAfter(error.got.retryAfter, Date.now() / 1000);
    return { again: !write || error.got.status === 429, ...(after === undefined ? {} : { after }) };
  }
  if (!(error instanceof NoAnswer)) return { again: false };
  return { again: write ? error.code === "ECONNREFUSED" : isTransientCode(error.code) };
}

function exchange(server: string, options: RequestOptions, call: Call, milliseconds: number): Promise<Got> {
  const url = new URL(server.replace(/\/+$/, "") + call.path);
  const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
  const headers = {
    ...(options.headers as Readonly<Record<string, string>> | undefined),
    Accept: "application/json",
    "User-Agent": "prophet-autoscaler",
    ...(body ? { "Content-Type": call.contentType ?? "application/json", "Content-Length": String(body.length) } : {}),
  };
  const signal = AbortSignal.timeout(Math.max(1, Math.round(milliseconds)));
  const send = url.protocol === "http:" ? httpRequest : httpsRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, { ...options, method: call.method, headers, signal }, (response) => {
      collect(response).then(resolve, reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}

async function collect(response: IncomingMessage): Promise<Got> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) throw new Error(`the answer is larger than ${largestBody / 1024 / 1024} MiB`);
    chunks.push(chunk);
  }
  const after = response.headers["retry-after"];
  const body = Buffer.concat(chunks).toString("utf8");
  return { status: response.statusCode ?? 0, body, ...(after === undefined ? {} : { retryAfter: after }) };
}

function result(asked: string, { status, body }: Got): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch (error) {
    throw new ClusterError(asked, status, "NotJson", body.slice(0, 100).replace(/\s+/g, " "), error);
  }
  if (status >= 200 && status < 300) return parsed;
  const { reason, message, details } = (parsed ?? {}) as { reason?: unknown; message?: unknown; details?: unknown };
  // details.causes name the fields of an invalid object; they tell a failed `test` from a refused value
  throw new ClusterError(asked, status, String(reason ?? "Unknown"), String(message ?? body.slice(0, 200)), details);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
