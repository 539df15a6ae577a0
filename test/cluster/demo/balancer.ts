/** The demo's stand-in for a Service: one address on loopback, each request to the next ready process. */
import { once } from "node:events";
import { Agent, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/** A listening balancer. */
export interface Balancer {
  readonly url: string;
  stop(): Promise<void>;
}

/** `ready` gives the ports that may be asked now. Without any the answer is 503; 502 when the process asked does not answer. */
export async function startBalancer(ready: () => readonly number[]): Promise<Balancer> {
  const agent = new Agent({ keepAlive: true });
  let turn = 0;
  const server = createServer((incoming, outgoing) => {
    incoming.resume();
    const ports = ready();
    const refuse = (code: number) => {
      if (!outgoing.headersSent) outgoing.writeHead(code);
      outgoing.end();
    };
    if (ports.length === 0) return refuse(503);
    const port = ports[turn++ % ports.length]!;
    const onward = request({ host: "127.0.0.1", port, path: incoming.url ?? "/", agent }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502);
      answer.pipe(outgoing);
    });
    onward.on("error", () => refuse(502));
    onward.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}
