/** The API server as plain HTTP on loopback, by one `kubectl proxy`: a kubectl for every look would cost more CPU than the pods. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { programs } from "../available.ts";

/** Calls as the kubeconfig's user. Paths begin with /api or /apis. Rejects with what came back when that is no success. */
export interface Api {
  get<T>(path: string): Promise<T>;
  text(path: string): Promise<string>;
  /** A JSON merge patch. */
  patch(path: string, body: object): Promise<void>;
  /** At once, without the object's time to end in peace. */
  remove(path: string): Promise<void>;
  stop(): Promise<void>;
}

/** Opens the proxy. The kernel ends it with this process. */
export async function openApi(kubeconfig: string): Promise<Api> {
  const kubectl = `${programs("kube")}/kubectl`;
  const args = ["--pdeathsig", "KILL", kubectl, "proxy", "--port=0", "--address=127.0.0.1"];
  const child = spawn("/usr/bin/setpriv", args, {
    env: { ...process.env, KUBECONFIG: kubeconfig },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const closed = once(child, "close");
  const first = createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  const port = /:(\d+)$/.exec((await first).value ?? "")?.[1];
  if (port === undefined) throw new Error("kubectl proxy did not say where it serves");
  const call = async (path: string, init?: RequestInit): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { ...init, signal: AbortSignal.timeout(10_000) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${init?.method ?? "GET"} ${path}: ${answer.status} ${text.slice(0, 300)}`);
    return text;
  };
  return {
    get: async <T>(path: string) => JSON.parse(await call(path)) as T,
    text: (path) => call(path),
    async patch(path, body) {
      const headers = { "content-type": "application/merge-patch+json" };
      await call(path, { method: "PATCH", headers, body: JSON.stringify(body) });
    },
    async remove(path) {
      await call(`${path}?gracePeriodSeconds=0`, { method: "DELETE" });
    },
    async stop() {
      child.kill("SIGKILL");
      await closed;
    },
  };
}
