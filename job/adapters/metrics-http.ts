/** Posts metrics to a server with the credentials, proxies and limits of Prometheus' reader. An error names the place and nothing secret. */
import type { Agent } from "node:http";
import type { ServerSettings, Settings } from "../config/types.ts";
import { excerpt, TransportError } from "./errors.ts";
import { nodeTransport } from "./http/node-transport.ts";
import { openAgent, proxyOf, through } from "./http/pool.ts";
import { send } from "./http/send.ts";
import { redirected } from "./http/verdict.ts";
import { openSigner, tlsOf } from "./prometheus-request.ts";
import type { SourceTools } from "./source.ts";

/** Metrics did not arrive. */
export class MetricsError extends Error {
  override readonly name = "MetricsError";
  /** The server's status; absent: no answer. */
  readonly status: number | undefined;
  constructor(message: string, status?: number, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.status = status;
  }
}

/** Where and how metrics are sent. */
export type MetricsSettings = Settings["metrics"];

/** What a sink needs. */
export interface MetricsTools extends SourceTools {
  /** The name of this job among several: where its state is. */
  readonly instance: string;
  readonly version: string;
}

/** Names this program among others that send metrics: the label `job`. */
export const JOB_LABEL = "prophet-autoscaler";

/** A body, its content type, and headers that the protocol wants besides. */
export interface Posted {
  readonly url: URL;
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly more?: Readonly<Record<string, string>>;
}

/** Posts bodies one after the other over one connection. */
export type Post = (posted: Posted, signal: AbortSignal | undefined) => Promise<void>;

/** Opens a connection for as long as `work` takes. All of its posts share the time of the settings. Throws MetricsError. */
export async function withPost(
  base: URL,
  settings: MetricsSettings,
  { redactor, env, log }: SourceTools,
  work: (post: Post) => Promise<void>,
): Promise<void> {
  const end = performance.now() + settings.timeout * 1000;
  const server: ServerSettings = { ...settings, url: base.href };
  let request = `metrics to ${base.origin}${base.pathname}`;
  let opened: Agent | undefined;
  try {
    const proxy = await proxyOf(base, env);
    request += through(proxy);
    const agent = openAgent(base, await tlsOf(server, base), 1, proxy);
    opened = agent;
    const prove = await openSigner(server, { env, redactor, log, proxy });
    await work(async ({ url, type, body, more }, signal) => {
      const headers = { "content-type": type, "user-agent": "prophet-autoscaler", ...more };
      const make = async () => ({ ...(await prove({ method: "POST", url, headers, body })), agent });
      const left = Math.max(0.001, (end - performance.now()) / 1000);
      const limits = { attempts: 2, timeout: left, deadline: left, bytes: 64 * 1024, write: true, signal };
      const { status, body: said, location } = await send(nodeTransport, make, limits);
      const taken = status >= 200 && status < 300;
      // no receiver of metrics answers with a page: it is a sign-in, or a proxy's, and nothing was stored
      const isPage = /^\s*<(!doctype html|html)\b/i.test(said);
      if (taken && !isPage) return;
      const begin = excerpt(said, taken ? 100 : 200);
      const why =
        status >= 300 && status < 400 ? redirected(location) : taken ? `a page and no receipt: ${begin}` : begin;
      throw new MetricsError(redactor(`${request}: ${status}: ${why}`), status);
    });
  } catch (error) {
    if (error instanceof MetricsError) throw error;
    const words = error instanceof Error ? error.message : String(error);
    const cause = error instanceof TransportError ? undefined : error;
    throw new MetricsError(redactor(`${request}: ${words}`), undefined, cause);
  } finally {
    opened?.destroy();
  }
}

/** A path below a base URL; the base keeps its query. */
export function below(base: URL, path: string): URL {
  const url = new URL(base);
  url.pathname = url.pathname.replace(/\/+$/, "") + path;
  return url;
}
