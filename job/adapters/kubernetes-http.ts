/** Calls the API server: one JSON request and answer each, limited in size, with the server's own words in every error. */
import type { Agent } from "node:http";
import type { Environment } from "../config/environment.ts";
import type { KubernetesSettings } from "../config/types.ts";
import { ownTurn } from "../in-parallel.ts";
import type { Redactor } from "../output/redactor.ts";
import { ClusterError, excerpt } from "./errors.ts";
import type { HttpRequest } from "./http/exchange.ts";
import { JsonBoundsError, parseJson } from "./http/json.ts";
import { nodeTransport } from "./http/node-transport.ts";
import { openAgent, proxyOf, type Tls, through } from "./http/pool.ts";
import type { Timing } from "./http/retry.ts";
import { type Sent, send } from "./http/send.ts";
import { isUndone, redirected } from "./http/verdict.ts";
import { type Credentials, findApiServer } from "./kubernetes-config.ts";
import type { ObjectMeta, Status } from "./kubernetes-objects.ts";

/** One call. A write is retried only if it certainly had no effect. */
export interface Call {
  readonly method: "GET" | "PATCH" | "POST";
  /** Path with its query. */
  readonly path: string;
  /** The kind of the answer. One that says another kind, or another name or namespace than the path, is refused. Absent: any object. */
  readonly kind?: string;
  readonly body?: unknown;
  readonly contentType?: string;
  /** Ends it earlier, when the time of the run is over. */
  readonly signal?: AbortSignal | undefined;
  /** How large the answer may be, in bytes and in lists and objects; absent: as one object is. */
  readonly bounds?: { readonly bytes: number; readonly containers: number };
}

/** An API server. */
export interface Kubernetes {
  /** Sends one call; gives the parsed JSON. Throws ClusterError. */
  send(call: Call): Promise<unknown>;
  close(): void;
}

/** What calls need besides the settings. */
export interface KubernetesTools {
  /** For KUBECONFIG, KUBERNETES_SERVICE_HOST, HOME and the proxies. */
  readonly env: Environment;
  /** Learns the token of each call. */
  readonly redactor?: Redactor | undefined;
  readonly timing?: Timing | undefined;
}

/** The largest answer: etcd takes objects of 1.5 MiB, and escapes in JSON make them longer. Lists are read in pages that stay below this. */
const MAX_RESPONSE_BYTES = 3 * 1024 * 1024;
/** The most lists and objects in one answer: a workload has about 200, a page of HPAs with their managedFields up to 20,000. */
const MAX_CONTAINERS = 60_000;
/** Characters of an answer that is parsed as soon as it is there. A page of 500 workloads has 1 to 5 MB, which take 20 to 60 ms. */
const MAX_BODY_IN_PASSING = 64 * 1024;
const MAX_ATTEMPTS = 3;
/** Connections at a time; further calls wait. */
const MAX_SOCKETS = 16;

/** Opens the API server named by the settings, KUBECONFIG, the ServiceAccount or ~/.kube/config, in this order. Throws ClusterError. */
export async function openKubernetes(
  settings: KubernetesSettings,
  { env, timing, redactor }: KubernetesTools,
): Promise<Kubernetes> {
  const server = await findApiServer(settings, env, redactor);
  const url = new URL(server.url);
  const proxy = await proxyOf(url, env).catch((error: unknown) => {
    throw new ClusterError("find the API server", undefined, "", messageOf(error), error);
  });
  const agents = keptAgents((tls) => openAgent(url, tls, MAX_SOCKETS, proxy));
  const { timeout } = settings;
  return {
    send: async (call) => {
      const request = `${call.method} ${call.path.split("?")[0]}${through(proxy)}`;
      const write = call.method !== "GET";
      const make = async () => {
        const credentials = await server.credentials();
        redactor?.learn(credentials.headers.Authorization?.replace(/^\w+ /, ""));
        return requestOf(server.url, call, credentials, agents.of);
      };
      const limits = {
        attempts: MAX_ATTEMPTS,
        timeout,
        deadline: 2 * timeout,
        bytes: call.bounds?.bytes ?? MAX_RESPONSE_BYTES,
        signal: call.signal,
      };
      try {
        const answer = await send(nodeTransport, make, { ...limits, write }, { timing });
        if (answer.body.length > MAX_BODY_IN_PASSING) await ownTurn();
        // after a gateway's refusal, and where it was sent before, a write may have been carried out
        const uncertain = write && (answer.attempts > 1 || answer.status >= 500);
        return result(request, answer, uncertain, call);
      } catch (error) {
        if (error instanceof ClusterError) throw error;
        throw new ClusterError(request, undefined, "", messageOf(error), error, write && !isUndone(error));
      }
    },
    close: agents.close,
  };
}

/** The connections of one server, created anew when its certificates have changed. */
function keptAgents(open: (tls: Tls) => Agent) {
  let kept: { readonly agent: Agent; readonly tls: Tls } | undefined;
  return {
    of: (tls: Tls): Agent => {
      if (kept === undefined || !sameTls(kept.tls, tls)) {
        kept?.agent.destroy();
        kept = { agent: open(tls), tls };
      }
      return kept.agent;
    },
    close: () => kept?.agent.destroy(),
  };
}

function sameTls(a: Tls, b: Tls): boolean {
  return (["ca", "cert", "key"] as const).every((name) => String(a[name] ?? "") === String(b[name] ?? ""));
}

function requestOf(
  server: string,
  { method, path, body, contentType = "application/json" }: Call,
  credentials: Credentials,
  agentOf: (tls: Tls) => Agent,
): HttpRequest {
  return {
    method,
    url: server + path,
    agent: credentials.agent ?? agentOf(credentials.tls),
    headers: {
      ...credentials.headers,
      Accept: "application/json",
      "User-Agent": "prophet-autoscaler",
      ...(body === undefined ? {} : { "Content-Type": contentType }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}

/** The object of a good answer. Throws ClusterError with the server's reason and words, its `details` as the cause. */
function result(request: string, { status, body, location }: Sent, uncertain: boolean, call: Call): unknown {
  if (status >= 300 && status < 400) throw new ClusterError(request, status, "Redirected", redirected(location));
  let parsed: unknown;
  try {
    parsed = parseJson(body, call.bounds?.containers ?? MAX_CONTAINERS);
  } catch (error) {
    if (error instanceof JsonBoundsError)
      throw new ClusterError(request, status, "TooLarge", error.message, error, uncertain);
    throw new ClusterError(request, status, "NotJson", excerpt(body, 100), error, uncertain);
  }
  const { kind, status: word, reason, message, details } = (parsed ?? {}) as Status;
  // a proxy or webhook between may have turned a refusal into a 200
  const failure = kind === "Status" && word === "Failure";
  if (status >= 200 && status < 300 && !failure) {
    const wrong = wrongObject(call, parsed);
    if (wrong === null) return parsed;
    throw new ClusterError(request, status, "Malformed", wrong, null, uncertain);
  }
  // details.causes name the fields of an invalid object; they tell a failed `test` from a refused value
  throw new ClusterError(
    request,
    status,
    String(reason ?? "Unknown"),
    String(message ?? excerpt(body)),
    details,
    uncertain,
  );
}

/** What is wrong with an answer; null: it is what was asked for. A proxy between may answer with another object, or a page of its own. */
function wrongObject({ path, kind }: Call, came: unknown): string | null {
  if (typeof came !== "object" || came === null || Array.isArray(came)) {
    const what = Array.isArray(came) ? "a list" : came === null ? "null" : `a ${typeof came}`;
    return `the answer must be an object, got ${what}`;
  }
  if (kind === undefined) return null;
  const { kind: other = kind, metadata } = came as { kind?: unknown; metadata?: ObjectMeta | null };
  const [, ...parts] = /\/namespaces\/([^/?]+)\/[^/?]+\/([^/?]+)/.exec(path) ?? [];
  if (parts.length === 0)
    return other === kind ? null : `the answer must be a ${kind}, got ${excerpt(String(other), 100)}`;
  const [space, name] = parts.map(decodeURIComponent);
  const { namespace: otherSpace = space, name: otherName = name } = metadata ?? {};
  const [wanted, got] = [`${kind} ${space}/${name}`, `${other} ${otherSpace}/${otherName}`];
  return got === wanted ? null : `the answer must be ${wanted}, got ${excerpt(got, 100)}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
