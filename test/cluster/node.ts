/** A real node with its control plane, for end-to-end tests: pods run, cadvisor measures them, Prometheus scrapes. Needs root; one per machine. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AuditEvent, access, type Cluster, readAudit } from "./controlplane.ts";
import { clusterDir, hold } from "./holder.ts";
import { freePort, type InstantSample } from "./prometheus.ts";

export interface NodeOptions {
  /** Keep an audit log of the API server. */
  readonly audit?: boolean;
  /** CoreDNS and Prometheus; default true. */
  readonly addons?: boolean;
  /** Image archives to import at the start, beside those that every node has. */
  readonly images?: readonly string[];
}

export interface TestNode extends Cluster {
  /** Finished calls so far; see ControlPlane.audit. */
  audit(username?: string): Promise<AuditEvent[]>;
  /** Runs a program of this machine inside the node's network; resolves to stdout. */
  exec(args: readonly string[], input?: string): Promise<string>;
  importImage(archive: string): Promise<void>;
  /** Asks the cluster's Prometheus, through the API server's service proxy. */
  promql(query: string): Promise<InstantSample[]>;
  /** Makes host:port of the node's network reachable from this machine; gives http://127.0.0.1:PORT, open until stop(). */
  forward(target: string): Promise<string>;
  /** Ends everything. May be called twice. */
  stop(): Promise<void>;
}

/** Starts a node and waits until it is Ready and the add-ons answer (10 to 20 s). It also ends when this process ends, however that happens. */
export async function startNode(options: NodeOptions = {}): Promise<TestNode> {
  const dir = await mkdtemp(join(tmpdir(), "pnode-"));
  const holder = await hold("node.sh", {
    STATE: dir,
    AUDIT: options.audit ? "1" : "",
    ADDONS: options.addons === false ? "0" : "1",
    IMAGES: (options.images ?? []).join(" "),
  });
  return attach(dir, Number(holder.ready[0]), () => holder.end());
}

/** The helpers over a node that runs already, with its state in `dir` (also one started by `npm run cluster -- up`). */
export async function attach(dir: string, port: number, end: () => Promise<void>): Promise<TestNode> {
  const cluster = access(dir, `https://127.0.0.1:${port}`, join(dir, "kubeconfig"));
  const script = (args: readonly string[], input?: string) => runScript(dir, args, input);
  const forwards: ChildProcess[] = [];
  return {
    ...cluster,
    audit: (username) => readAudit(join(dir, "audit.log"), username),
    exec: (args, input) => script(["exec", ...args], input),
    importImage: async (archive) => {
      await script(["import", archive]);
    },
    promql: async (query) => {
      const path = `/api/v1/namespaces/monitoring/services/prometheus:9090/proxy/api/v1/query?query=${encodeURIComponent(query)}`;
      const answer = JSON.parse(await cluster.kubectl(["get", "--raw", path])) as { data: { result: InstantSample[] } };
      return answer.data.result;
    },
    forward: async (target) => {
      const child = await forward((await readFile(join(dir, "init.pid"), "utf8")).trim(), target);
      forwards.push(child.process);
      return child.url;
    },
    stop: async () => {
      for (const child of forwards.splice(0)) child.kill("SIGKILL");
      await end();
    },
  };
}

function runScript(dir: string, args: readonly string[], input: string | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { env: { ...process.env, STATE: dir }, maxBuffer: 64 << 20 };
    const child = execFile(`${clusterDir}node.sh`, [...args], options, (error, stdout, stderr) => {
      if (error) reject(new Error(`${args.join(" ")}: ${stderr.trim() || error.message}`, { cause: error }));
      else resolve(stdout);
    });
    child.stdin?.on("error", () => {}); // a program may end without reading its stdin
    child.stdin?.end(input ?? "");
  });
}

/** One socat that enters the node's network for each connection. */
async function forward(init: string, target: string): Promise<{ process: ChildProcess; url: string }> {
  const port = await freePort();
  const inner = `EXEC:nsenter -t ${init} -n -- socat - TCP\\:${target.replace(":", "\\:")}`;
  const outer = `TCP-LISTEN:${port},bind=127.0.0.1,fork,reuseaddr`;
  const child = spawn("/usr/bin/setpriv", ["--pdeathsig", "KILL", "socat", outer, inner], { stdio: "ignore" });
  await once(child, "spawn");
  // socat tells nobody that it listens: asked again for half a minute
  for (let tries = 0; tries < 600 && !(await listening(port)); tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  return { process: child, url: `http://127.0.0.1:${port}` };
}

async function listening(port: number): Promise<boolean> {
  const tcp = await readFile("/proc/net/tcp", "utf8");
  return tcp.includes(`:${port.toString(16).toUpperCase().padStart(4, "0")} 00000000:0000 0A`);
}
