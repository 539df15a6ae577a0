/** A small HTTP server on loopback that answers as a test says: slowly, wrongly, not at all; and remembers what it was asked. */
import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";

/** One request as it came. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body as it came, where it is no text. */
  readonly bytes: Buffer;
}

/** What to answer. `hang`: never; `cut`: headers and half the body, then the connection is reset; `silent`: reset before any byte. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | (() => Iterable<string>);
  readonly delay?: number;
  readonly end?: "hang" | "cut" | "silent";
}

export interface FakeServer {
  readonly url: string;
  readonly seen: ReceivedRequest[];
  /** How many connections were made to it. */
  connections(): number;
  stop(): Promise<void>;
}

/** Starts a server; `reply` gets the request and its number, from 1. */
export async function fakeServer(
  reply: (seen: ReceivedRequest, number: number) => Reply | Promise<Reply>,
  tls?: { readonly cert: string; readonly key: string; readonly ca?: string; readonly requestCert?: boolean },
): Promise<FakeServer> {
  const seen: ReceivedRequest[] = [];
  const listener: RequestListener = async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const body = bytes.toString();
    const one = { method: request.method ?? "", url: request.url ?? "", headers: request.headers, body, bytes };
    seen.push(one);
    await send(await reply(one, seen.length), request, response);
  };
  const server: Server = tls
    ? createTlsServer({ ...tls, rejectUnauthorized: tls.requestCert === true }, listener)
    : createServer(listener);
  let connections = 0;
  server.on("connection", () => {
    connections += 1;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `${tls ? "https" : "http"}://127.0.0.1:${address.port}`,
    seen,
    connections: () => connections,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function send(
  { status = 200, headers = {}, body: text = "", delay = 0, end }: Reply,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // a slow server is the fault that is played
  if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
  if (end === "hang") return;
  if (end === "silent") return void request.socket.destroy();
  if (end === "cut") {
    const whole = typeof text === "string" ? text : "";
    response.writeHead(status, { ...headers, "content-length": String(whole.length) });
    response.write(whole.slice(0, whole.length / 2), () => request.socket.destroy());
    return;
  }
  response.writeHead(status, { "content-type": "application/json", ...headers });
  if (typeof text !== "function") return void response.end(text);
  for (const part of text()) if (!response.write(part)) await once(response, "drain").catch(() => {});
  response.end();
}

/** The body of a query_range answer with one series of these pairs. */
export function matrix(values: readonly (readonly [number, string])[], more: object = {}): string {
  return JSON.stringify({
    status: "success",
    data: { resultType: "matrix", result: [{ metric: {}, values }] },
    ...more,
  });
}
