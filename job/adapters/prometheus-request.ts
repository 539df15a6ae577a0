/** Makes the HTTP request of a query to Prometheus: URL and form, tenant headers and credentials. */

import type { Environment } from "../config/environment.ts";
import type { PrometheusSettings, ServerSettings } from "../config/types.ts";
import type { Redactor } from "../output/redactor.ts";
import type { UnsignedRequest } from "./auth/provider.ts";
import { openAuth } from "./auth/providers.ts";
import { readSecret } from "./auth/read-secret.ts";
import { readNamed } from "./bounded-file.ts";
import type { HttpRequest } from "./http/exchange.ts";
import { type Tls, through } from "./http/pool.ts";
import type { ProxyServer } from "./http/proxy.ts";
import type { AdapterLog } from "./log.ts";

/** POST: a long query does not fit a URL. GET where that is refused. */
export type HttpMethod = "GET" | "POST";
/** Parameters of one query. */
export type QueryParameters = Readonly<Record<string, string>>;

/** The base URL with the parameters of all queries: its own (`?namespace=x`) and those of the settings. */
export function urlOf({ url: base, parameters }: PrometheusSettings): URL {
  const url = new URL(base);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.append(name, value);
  return url;
}

/** The URL of a path without parameters, one of which may be a token. */
export function printable(base: URL, path: string): string {
  return base.origin + pathUnder(base, path);
}

function pathUnder({ pathname }: URL, path: string): string {
  return pathname.replace(/\/+$/, "") + path;
}

/** One query, not yet signed. */
export function queryRequest(
  base: URL,
  method: HttpMethod,
  path: string,
  form: QueryParameters,
): UnsignedRequest & { method: HttpMethod } {
  const url = new URL(base);
  url.pathname = pathUnder(base, path);
  const headers = { accept: "application/json", "user-agent": "prophet-autoscaler" };
  if (method === "POST") {
    const type = { "content-type": "application/x-www-form-urlencoded" };
    return { method, url, headers: { ...headers, ...type }, body: new URLSearchParams(form).toString() };
  }
  for (const [name, value] of Object.entries(form)) url.searchParams.append(name, value);
  return { method, url, headers };
}

/** Adds headers and credentials to a query, and registers them with the redactor. */
export type SignRequest = (query: UnsignedRequest & { method: HttpMethod }) => Promise<Omit<HttpRequest, "agent">>;

/** What a signer needs. */
export interface SigningTools {
  readonly env: Environment;
  readonly redactor: Redactor;
  readonly log: AdapterLog;
  readonly proxy: ProxyServer | undefined;
}

/** Opens the authentication method that the settings choose. Warns at the first request where a proxy sees the credentials. */
export async function openSigner(settings: ServerSettings, tools: SigningTools): Promise<SignRequest> {
  const { env, redactor, log, proxy } = tools;
  const authenticate = await openAuth(settings, env, redactor.learn);
  let seen = proxy !== undefined && settings.url.startsWith("http:");
  return async ({ method, url, headers: plain, body }) => {
    const own = await ownHeaders(settings);
    redactor.learn(...Object.values(own));
    const headers = { ...plain, ...(settings.tenant && { "x-scope-orgid": settings.tenant }), ...own };
    const unsigned = { method, url, headers, ...(body === undefined ? {} : { body }) };
    const proof = await authenticate?.(unsigned);
    if (seen && (proof !== undefined || Object.keys(own).length > 0)) {
      log("warn", `credentials for ${url.host} are sent unencrypted${through(proxy)}: use https, or NO_PROXY`);
      seen = false;
    }
    return { ...unsigned, url: url.href, headers: { ...headers, ...proof?.headers } };
  };
}

/** Further headers by lower-case name. Those of the environment are already in the settings' headers; files are read at each request. */
async function ownHeaders({ headers, headersFrom }: ServerSettings): Promise<Record<string, string>> {
  const files = Object.entries(headersFrom).map(async ([name, { file }]) =>
    file === undefined ? [] : [[name, await readSecret(file)] as const],
  );
  const all = [...Object.entries(headers), ...(await Promise.all(files)).flat()];
  return Object.fromEntries(all.map(([name, value]) => [name.toLowerCase(), value]));
}

/** The TLS settings, read from their files. Throws where one cannot be read. */
export async function tlsOf({ tls }: ServerSettings, url: URL): Promise<Tls> {
  const rejectUnauthorized = tls?.insecureSkipVerify !== true;
  if (url.protocol !== "https:") return { rejectUnauthorized };
  const read = async (file: string | undefined) => (file === undefined ? undefined : readNamed(file));
  const [ca, cert, key] = await Promise.all([read(tls?.caFile), read(tls?.certFile), read(tls?.keyFile)]);
  return { ca, cert, key, rejectUnauthorized };
}
