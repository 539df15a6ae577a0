/** A gate between the job and the API server: forwards each call, and lets a test act before or after any of them. */
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { request } from "node:https";
import { join } from "node:path";
import type { Rig } from "./rig.ts";

export type Hook = (n: number, when: "before" | "after", call: string) => Promise<"drop" | undefined> | undefined;

export interface Gate {
  /** A kubeconfig that goes through the gate with the ServiceAccount's token. */
  readonly kubeconfig: string;
  /** Called before and after the n-th call (from 1), with its method and path; "drop" cuts the connection there. */
  hook: Hook;
  /** Starts counting at 1 again. */
  reset(): void;
  stop(): Promise<void>;
}

/** Opens a gate on loopback. Plain HTTP on the job's side, the cluster's own TLS behind. */
export async function openGate(rig: Rig): Promise<Gate> {
  const ca = await readFile(rig.cluster.caFile);
  let count = 0;
  const gate: { hook: Hook } = { hook: () => undefined };
  const server = createServer(async (incoming, outgoing) => {
    count += 1;
    const n = count;
    const call = `${incoming.method} ${incoming.url?.split("?")[0]}`;
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    if ((await gate.hook(n, "before", call)) === "drop") return void incoming.socket.destroy();
    const url = new URL(incoming.url ?? "/", rig.cluster.url);
    const { host: _host, connection: _connection, ...headers } = incoming.headers;
    const forwarded = request(url, { ca, method: incoming.method ?? "GET", headers }, async (answer) => {
      const body: Buffer[] = [];
      for await (const chunk of answer as AsyncIterable<Buffer>) body.push(chunk);
      if ((await gate.hook(n, "after", call)) === "drop") return void incoming.socket.destroy();
      const { "transfer-encoding": _encoding, connection: _kept, ...kept } = answer.headers;
      outgoing.writeHead(answer.statusCode ?? 500, kept);
      outgoing.end(Buffer.concat(body));
    });
    forwarded.on("error", () => incoming.socket.destroy());
    forwarded.end(Buffer.concat(chunks));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const token = await rig.cluster.token(rig.namespace, "prophet-autoscaler");
  const kubeconfig = join(rig.cluster.dir, `gate-${address.port}.kubeconfig`);
  const text = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      { name: "g", cluster: { server: `http://127.0.0.1:${address.port}`, "insecure-skip-tls-verify": true } },
    ],
    users: [{ name: "u", user: { token } }],
    contexts: [{ name: "c", context: { cluster: "g", user: "u" } }],
    "current-context": "c",
  };
  await writeFile(kubeconfig, JSON.stringify(text), { mode: 0o600 });
  return Object.assign(gate, {
    kubeconfig,
    reset: () => {
      count = 0;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  });
}
