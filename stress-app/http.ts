/** The routes of the stress-app over a burn pool and its metrics. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { BurnAbortedError, type BurnPool, QueueFullError } from "./burn-pool.ts";
import { parseIntensity, wallLimit } from "./intensity.ts";
import type { Metrics } from "./metrics.ts";

interface Answer {
  readonly code: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Route = (url: URL, gone: AbortSignal) => Answer | Promise<Answer>;

const HELP = `stress-app
  GET /stress?intensity=SECONDS  burns so many seconds of CPU (0 to 60)
  GET /healthz                   200 while the server takes requests
  GET /metrics                   Prometheus metrics
`;

/** A second: burns are short, so a slot is likely to be free by then. */
const RETRY_AFTER = { "retry-after": "1" };

function routesOf(pool: BurnPool, metrics: Metrics, draining: () => boolean): ReadonlyMap<string, Route> {
  const health: Route = () => (draining() ? { code: 503, body: "draining\n" } : { code: 200, body: "ok\n" });
  const stress: Route = async (url, gone) => {
    const intensity = parseIntensity(url.searchParams.getAll("intensity"));
    if ("error" in intensity) return { code: 400, body: `${intensity.error}\n` };
    if (draining()) return { code: 503, body: "draining\n", headers: RETRY_AFTER };
    try {
      const missing = await pool.run(intensity.seconds, gone);
      if (missing === 0) return { code: 200, body: `burned ${intensity.seconds} s\n` };
      const body = `${missing.toFixed(3)} of ${intensity.seconds} s of CPU were not to be had in ${wallLimit(intensity.seconds)} s\n`;
      return { code: 503, body, headers: RETRY_AFTER };
    } catch (error) {
      if (!(error instanceof QueueFullError || error instanceof BurnAbortedError)) throw error;
      return { code: 503, body: `${error.message}\n`, headers: RETRY_AFTER };
    }
  };
  return new Map<string, Route>([
    ["/", () => ({ code: 200, body: HELP })],
    ["/healthz", health],
    ["/stress", stress],
    [
      "/metrics",
      async () => ({ code: 200, body: await metrics.text(), headers: { "content-type": metrics.contentType } }),
    ],
  ]);
}

/** Reads the target of the request; undefined where it is not a path (like `GET //` or an absolute form of another host). */
function targetOf(request: IncomingMessage): URL | undefined {
  const target = request.url ?? "/";
  return target.startsWith("/") && !target.startsWith("//") && URL.canParse(target, "http://localhost")
    ? new URL(target, "http://localhost")
    : undefined;
}

function send(response: ServerResponse, answer: Answer, draining: boolean): void {
  if (response.destroyed) return;
  response.writeHead(answer.code, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(answer.body),
    ...(draining ? { connection: "close" } : {}),
    ...answer.headers,
  });
  response.end(answer.body);
}

/**
 * An HTTP server that does not listen yet. Once `draining` is true, /healthz and /stress answer 503, and each answer closes its
 * connection.
 */
export function createStressServer(pool: BurnPool, metrics: Metrics, draining: () => boolean): Server {
  const routes = routesOf(pool, metrics, draining);

  async function answer(request: IncomingMessage, route: Route | undefined, url: URL | undefined, gone: AbortSignal) {
    if (!url) return { code: 400, body: "the target is not a path\n" };
    if (!route) return { code: 404, body: "no such path; see /\n" };
    if (request.method !== "GET" && request.method !== "HEAD") {
      return { code: 405, body: "GET only\n", headers: { allow: "GET, HEAD" } };
    }
    return route(url, gone);
  }

  return createServer((request, response) => {
    const started = performance.now();
    const url = targetOf(request);
    const route = url && routes.get(url.pathname);
    const gone = new AbortController();
    response.on("close", () => {
      gone.abort();
      // 499, as nginx has it: the client left before the answer.
      const code = response.headersSent ? response.statusCode : 499;
      metrics.observe(route && url ? url.pathname : "other", code, (performance.now() - started) / 1000);
    });
    request.resume();
    answer(request, route, url, gone.signal)
      .catch((error: unknown): Answer => ({ code: 500, body: `${error instanceof Error ? error.message : error}\n` }))
      .then((result) => send(response, result, draining()));
  });
}
