/** Finds the API server and its credentials by kubeconfig or ServiceAccount, through client-node's KubeConfig. The one importer of client-node. */
import { type SpawnOptions, spawn } from "node:child_process";
import type { Agent } from "node:http";
import type { AgentOptions, RequestOptions } from "node:https";
import { isIP } from "node:net";
import { dirname } from "node:path";
import { checkServerIdentity } from "node:tls";
import type { Cluster, KubeConfig } from "@kubernetes/client-node";
import type { Environment } from "../config/environment.ts";
import type { KubernetesSettings } from "../config/types.ts";
import type { Seconds } from "../core/units.ts";
import { fileSentence } from "../output/file-problem.ts";
import type { Redactor } from "../output/redactor.ts";
import { checkNamed, readNamed, readSmall } from "./bounded-file.ts";
import { ClusterError } from "./errors.ts";
import type { Tls } from "./http/pool.ts";

/** The credentials of the next call. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: Tls;
  /** client-node's own connections, where the kubeconfig names a proxy. */
  readonly agent?: Agent;
}

/** An API server. */
export interface ApiServer {
  /** Without a slash at its end. */
  readonly url: string;
  /** Called for each request: client-node reads a rotated ServiceAccount token again after a minute. Throws ClusterError. */
  credentials(): Promise<Credentials>;
}

/** Shorter texts would hide ordinary words. */
const MIN_SECRET_LENGTH = 6;
const SERVICE_ACCOUNT_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/**
 * Finds the API server: by the settings, KUBECONFIG, the ServiceAccount or ~/.kube/config, in this order. The redactor learns every secret of
 * every user there. Throws ClusterError.
 */
export async function findApiServer(
  settings: KubernetesSettings,
  env: Environment,
  redactor: Redactor | undefined,
): Promise<ApiServer> {
  // config.js alone: a quarter less to load than the whole of client-node with its generated APIs
  const { KubeConfig } = await import("@kubernetes/client-node/dist/config.js");
  const config = new KubeConfig();
  boundExec(config, settings.timeout);
  refuseRenewal(config);
  await load(config, settings, env);
  redactor?.learn(...(await secretsOf(config)));
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
  const wrong = wrongCluster(cluster);
  if (wrong !== null) throw new ClusterError("kubeconfig", undefined, "", wrong);
  return {
    url: cluster.server.replace(/\/+$/, ""),
    credentials: () => credentials(config, cluster.proxyUrl ? new URL(cluster.server) : undefined),
  };
}

/** What is wrong with a cluster's addresses, without them: they may hold a password. Null if nothing is. */
function wrongCluster({ server, proxyUrl, skipTLSVerify }: Cluster): string | null {
  if (!URL.canParse(server) || !/^https?:$/.test(new URL(server).protocol))
    return "the `server` of its cluster must be a URL that begins with https:// or http://";
  // an empty one is none, as in kubectl
  if (proxyUrl && !URL.canParse(proxyUrl))
    return "the `proxy-url` of its cluster must be a URL, such as http://proxy:3128";
  // behind a proxy client-node takes it as it is
  if (server.startsWith("http:") && !proxyUrl && !skipTLSVerify)
    return "its cluster's `server` begins with http://, which only `insecure-skip-tls-verify: true` allows";
  return null;
}

/**
 * Ends a hanging exec plugin of the kubeconfig, a moment before the request that waits for it is given up. client-node starts it by its own
 * function.
 */
function boundExec(config: KubeConfig, timeout: Seconds): void {
  const { authenticators } = config as unknown as { authenticators: readonly { execFn?: typeof spawn }[] };
  const exec = authenticators.find((one) => typeof one.execFn === "function");
  if (exec === undefined) throw new Error("client-node no longer starts exec plugins by execFn");
  const start = (command: string, args: readonly string[], options: SpawnOptions) =>
    spawn(command, args ?? [], { ...options, timeout: timeout * 900, killSignal: "SIGKILL" });
  exec.execFn = start as typeof spawn;
}

/**
 * Says what to do about an OIDC token that has expired. client-node's renewal fails at its first call, and it would keep a new refresh token to
 * itself: the one in the kubeconfig may then be worth nothing to kubectl.
 */
function refuseRenewal(config: KubeConfig): void {
  const { authenticators } = config as unknown as { authenticators: readonly { getClient?: () => Promise<never> }[] };
  const oidc = authenticators.find((one) => typeof one.getClient === "function");
  if (oidc === undefined) throw new Error("client-node no longer renews OIDC tokens by getClient");
  oidc.getClient = async () => {
    throw new Error(
      "the id-token of the kubeconfig has expired, and kubectl renews it: run kubectl get namespaces, or use an exec plugin such as kubectl oidc-login",
    );
  };
}

async function load(config: KubeConfig, settings: KubernetesSettings, env: Environment): Promise<void> {
  const { existsSync } = await import("node:fs");
  try {
    if (settings.kubeconfig !== undefined) await loadFile(config, settings.kubeconfig);
    else if (env.KUBECONFIG) await loadFiles(config, env.KUBECONFIG, existsSync);
    else if (env.KUBERNETES_SERVICE_HOST && existsSync(SERVICE_ACCOUNT_TOKEN)) config.loadFromCluster();
    else if (env.HOME && existsSync(`${env.HOME}/.kube/config`)) await loadFile(config, `${env.HOME}/.kube/config`);
    // client-node would go on to http://localhost:8080 here: never what was meant
    else throw new Error("no --kubeconfig, no KUBECONFIG, no ServiceAccount, no ~/.kube/config");
  } catch (error) {
    throw new ClusterError("find the API server", undefined, "", messageOf(error));
  }
}

async function loadFile(config: KubeConfig, file: string): Promise<void> {
  if (!(await hasLoaded(config, file))) throw new Error(`${file} is empty`);
}

/** Loads a file; false: there is nothing in it. */
async function hasLoaded(config: KubeConfig, file: string): Promise<boolean> {
  const text = (await readNamed(file)).toString();
  // as kubectl reads it; client-node refuses all but no character at all
  if (text.split("\n").every((line) => /^(#|---$|null$|$)/.test(line.trim()))) return false;
  // as its own loadFromFile does
  config.loadFromString(text);
  config.makePathsAbsolute(dirname(file));
  return true;
}

/**
 * Several files as kubectl merges them: those that are not there or empty are left out, and the first one counts that has a name, or a current
 * context. client-node takes the last current context, which is another cluster, and refuses a name that comes twice.
 */
async function loadFiles(config: KubeConfig, list: string, exists: (file: string) => boolean): Promise<void> {
  const files = list.split(":").filter((file) => file !== "");
  const there = files.filter(exists);
  let isEmpty = true;
  for (const file of there) {
    const other = new (config.constructor as new () => KubeConfig)();
    if (!(await hasLoaded(other, file))) continue;
    isEmpty = false;
    other.clusters = without(other.clusters, config.clusters);
    other.users = without(other.users, config.users);
    other.contexts = without(other.contexts, config.contexts);
    config.mergeConfig(other, Boolean(config.getCurrentContext()));
  }
  // says what is wrong with the first one
  if (isEmpty) await loadFile(config, there[0] ?? files[0] ?? list);
}

function without<T extends { readonly name: string }>(items: readonly T[], known: readonly T[]): T[] {
  return items.filter(({ name }) => !known.some((one) => one.name === name));
}

/** Tokens, passwords, keys (also in files) and the input of plugins, of all users of a kubeconfig: a server may echo any of them. */
async function secretsOf(config: KubeConfig): Promise<readonly (string | undefined)[]> {
  const read = (file: string | undefined) =>
    typeof file === "string" ? readSmall(file).then(String, () => undefined) : undefined;
  const users = config.getUsers().map(async ({ token, password, keyData, keyFile, exec, authProvider }) => {
    const key = typeof keyData === "string" ? Buffer.from(keyData, "base64").toString("latin1") : undefined;
    const tokenFile: unknown = authProvider?.config?.tokenFile;
    const files = await Promise.all([read(keyFile), read(typeof tokenFile === "string" ? tokenFile : undefined)]);
    return [...textsIn([token, password, keyData, exec?.env, authProvider?.config]), key, ...files];
  });
  return (await Promise.all(users)).flat();
}

/** All texts in a value of any shape, since nobody checks a kubeconfig. Names of variables and providers are too short to matter, or are rare. */
function textsIn(value: unknown, depth = 0): readonly string[] {
  if (typeof value === "string") return value.length < MIN_SECRET_LENGTH ? [] : [value];
  if (typeof value !== "object" || value === null || depth > 4) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    /^(name|cmd-path|cmd-args|command|args|apiVersion|expiry.*|scopes)$/.test(name) ? [] : textsIn(item, depth + 1),
  );
}

/** Whose files could be read. client-node reads them whole at each call, however long they are, and does not say which one it could not read. */
const readable = new WeakSet<KubeConfig>();

/** `proxied` is the server's URL where the kubeconfig names a proxy. */
async function credentials(config: KubeConfig, proxied: URL | undefined): Promise<Credentials> {
  // client-node leaves this open where the kubeconfig says nothing, and NODE_TLS_REJECT_UNAUTHORIZED would decide
  const options: RequestOptions = { rejectUnauthorized: true };
  const user = config.getCurrentUser();
  try {
    if (!readable.has(config)) {
      const tokenFile: unknown = user?.authProvider?.config?.tokenFile;
      for (const file of [config.getCurrentCluster()?.caFile, user?.certFile, user?.keyFile, tokenFile])
        if (typeof file === "string") await checkNamed(file);
      readable.add(config);
    }
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    const plugin = user?.exec?.command;
    const request = plugin === undefined ? "credentials" : `credentials from the exec plugin ${plugin}`;
    throw new ClusterError(request, undefined, "", messageOf(error) || "it failed or took too long");
  }
  const { ca, cert, key, servername, rejectUnauthorized, headers = {}, auth, agent } = options;
  const basic: Record<string, string> =
    auth == null ? {} : { Authorization: `Basic ${Buffer.from(auth).toString("base64")}` };
  const tls = { ca, cert, key, servername, rejectUnauthorized: rejectUnauthorized !== false };
  return {
    headers: { ...(headers as Readonly<Record<string, string>>), ...basic },
    tls,
    ...(proxied && typeof agent === "object" ? { agent: checkingAddress(agent, proxied) } : {}),
  };
}

/** The agent for SOCKS forgets the server's address before it checks the certificate, which then had to be that of "localhost". */
function checkingAddress(agent: Agent, { hostname }: URL): Agent {
  const { options } = agent as unknown as { options: AgentOptions };
  const address = hostname.replace(/^\[|\]$/g, "");
  if (isIP(address) !== 0 && !options.servername)
    options.checkServerIdentity = (_name, certificate) => checkServerIdentity(address, certificate);
  return agent;
}

/** The message of an error without quotes of the input: parsers quote what they read, and here that is credentials. Only the place is named. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof TypeError) return "clusters, users and contexts of the kubeconfig must be lists of mappings";
  if (error instanceof SyntaxError) return "a credential plugin did not return JSON";
  const { mark } = error as { mark?: { line?: unknown } };
  if (error.name === "YAMLException")
    return `the kubeconfig is not valid YAML${typeof mark?.line === "number" ? `, line ${mark.line + 1}` : ""}`;
  return fileSentence(error);
}
