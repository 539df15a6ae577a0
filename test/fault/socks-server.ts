/** A SOCKS5 proxy on loopback that leads every name to one server. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** How many connections were led on is `led()`. */
export interface SocksServer {
  readonly url: string;
  led(): number;
  stop(): Promise<void>;
}

const NO_PASSWORD = Buffer.from([5, 0]);
const CONNECTED = Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]);

/** Starts it; `target` is the URL of the server. */
export async function socksServer(target: string): Promise<SocksServer> {
  const { port } = new URL(target);
  const open = new Set<Socket>();
  let led = 0;
  const server = createServer((client) => {
    open.add(client);
    client.on("error", () => client.destroy());
    client.once("data", () => {
      client.write(NO_PASSWORD);
      client.once("data", () => {
        led += 1;
        const on = connect(Number(port), "127.0.0.1", () => {
          client.write(CONNECTED);
          on.pipe(client).pipe(on);
        });
        on.on("error", () => client.destroy());
        client.on("close", () => on.destroy());
      });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const stop = async () => {
    for (const client of open) client.destroy();
    server.close();
  };
  return { url: `socks5://127.0.0.1:${address.port}`, led: () => led, stop };
}
