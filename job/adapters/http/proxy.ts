/** Finds the proxy for a URL by HTTPS_PROXY, HTTP_PROXY and NO_PROXY, with the rules of Go's net/http, which kubectl and promtool follow. */

import { BlockList, isIP } from "node:net";
import type { Environment } from "../../config/environment.ts";

/** A proxy. */
export interface ProxyServer {
  /** With user and password, where given. */
  readonly url: string;
  /** Without user and password: safe to print. */
  readonly shown: string;
  /** The variable that named it. */
  readonly variable: string;
}

/** The proxy for a URL, or undefined for a direct connection. Throws if the variable is not the URL of a usable proxy. */
export function proxyFor(url: URL, env: Environment): ProxyServer | undefined {
  const scheme = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const variable = [scheme, scheme.toLowerCase()].find((name) => env[name]);
  if (variable === undefined || isDirect(url, env.NO_PROXY || env.no_proxy || "")) return undefined;
  const given = env[variable]!;
  const text = given.includes("://") ? given : `http://${given}`;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (proxy === undefined || !/^https?:$/.test(proxy.protocol)) {
    throw new Error(`${variable} must be the http:// or https:// URL of a proxy; NO_PROXY=${url.hostname} bypasses it`);
  }
  return { url: text, shown: proxy.origin, variable };
}

/**
 * Whether a URL needs no proxy: loopback never does, others by the comma-separated list.
 * Its entries are `*`, a domain with those below it (`.domain`: only those), an address or a CIDR, each with `:port` or for any port.
 */
function isDirect(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  const matches = (entry: string) => entry === "*" || matchesAddress(entry, host) || matchesName(entry, host, port);
  if (host === "localhost" || matchesAddress("127.0.0.0/8", host) || matchesAddress("::1", host)) return true;
  return list.split(",").some((entry) => entry.trim() !== "" && matches(entry.trim().toLowerCase()));
}

function matchesAddress(entry: string, host: string): boolean {
  const [address = "", prefix] = entry.split("/");
  const family = isIP(address);
  if (family === 0 || isIP(host) !== family) return false;
  const type = family === 4 ? "ipv4" : "ipv6";
  const bits = prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix);
  const block = new BlockList();
  try {
    block.addSubnet(address, bits, type);
  } catch {
    return false; // a prefix that is none
  }
  return block.check(host, type);
}

function matchesName(entry: string, host: string, port: string): boolean {
  const [, name = "", wanted] = /^(.*?)(?::(\d+))?$/.exec(entry.replace(/^\*\./, ".")) ?? [];
  if (wanted !== undefined && wanted !== port) return false;
  if (isIP(host) !== 0) return name.replace(/^\[|\]$/g, "") === host;
  return name.startsWith(".") ? host.endsWith(name) : host === name || host.endsWith(`.${name}`);
}
