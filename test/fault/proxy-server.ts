/** A forward proxy on loopback, for http:// by absolute URLs and for https:// by CONNECT. */
import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import { connect, type Socket } from "node:net";

export interface TestProxyServer {
  /** With user and password. */
  readonly url: string;
  /** What it was asked, CONNECT among it. */
  readonly asked: readonly IncomingMessage[];
  stop(): Promise<void>;
}

/** Leads every name to one server; with `refuse` it answers that status instead. */
export async function proxyServer(target: string, refuse = 0): Promise<TestProxyServer> {
  const { port: to } = new URL(target);
  const asked: IncomingMessage[] = [];
  const server = createServer((incoming, outgoing) => {
    asked.push(incoming);
    if (refuse > 0) return void outgoing.writeHead(refuse).end("blocked by policy");
    const { pathname } = new URL(incoming.url ?? "");
    const on = request({
      host: "127.0.0.1",
      port: to,
      path: pathname,
      method: incoming.method,
      headers: incoming.headers,
    });
    on.on("response", (answer) => {
      outgoing.writeHead(answer.statusCode ?? 0);
      answer.pipe(outgoing);
    });
    incoming.pipe(on);
  });
  server.on("connect", (incoming: IncomingMessage, socket: Socket) => {
    asked.push(incoming);
    if (refuse > 0) return void socket.end(`HTTP/1.1 ${refuse} no\r\n\r\n`);
    const on = connect(Number(to), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 ok\r\n\r\n");
      on.pipe(socket).pipe(on);
    });
    for (const end of [on, socket]) end.on("error", () => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const stop = async () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://user:pa55word@127.0.0.1:${address.port}`, asked, stop };
}
