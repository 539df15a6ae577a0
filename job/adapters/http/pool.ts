/** Connections to one server: kept alive, limited in number, through its proxy where the environment names one. */
import { Agent as HttpAgent } from "node:http";
import { type AgentOptions, Agent as HttpsAgent } from "node:https";
import type { Environment } from "../../config/environment.ts";
import type { ProxyServer } from "./proxy.ts";

/** The TLS settings of a connection. */
export interface Tls extends Pick<AgentOptions, "ca" | "cert" | "key" | "servername"> {
  /** Always set, so that NODE_TLS_REJECT_UNAUTHORIZED=0 in an environment does not switch the check off. */
  readonly rejectUnauthorized: boolean;
}

const PROXY_VARIABLES = ["HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"];

/** The proxy for a URL. The code for proxies is loaded only if one is set. Throws if the proxy cannot be used. */
export async function proxyOf(url: URL, env: Environment): Promise<ProxyServer | undefined> {
  return PROXY_VARIABLES.some((name) => env[name]) ? (await import("./proxy.ts")).proxyFor(url, env) : undefined;
}

/** The proxy in words, for messages; empty for a direct connection. */
export function through(proxy: ProxyServer | undefined): string {
  return proxy === undefined ? "" : ` through the proxy ${proxy.shown} (${proxy.variable})`;
}

/** Creates the pool; nothing is connected yet. `destroy()` ends all connections at once, whatever is in progress. */
export function openAgent(url: URL, tls: Tls, sockets: number, proxy: ProxyServer | undefined): HttpAgent {
  const options = { keepAlive: true, maxSockets: sockets, maxFreeSockets: sockets };
  // an empty proxyEnv is "none", for axios too, which would look into the environment by a rule of its own
  return url.protocol === "https:"
    ? new HttpsAgent({ ...options, ...tls, proxyEnv: proxy === undefined ? {} : { HTTPS_PROXY: proxy.url } })
    : new HttpAgent({ ...options, proxyEnv: proxy === undefined ? {} : { HTTP_PROXY: proxy.url } });
}
