/** A real API server with etcd, controllers and scheduler on loopback, for tests: no node, RBAC on, data thrown away. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programs } from "./available.ts";
import { hold } from "./holder.ts";

/** One finished call in the API server's audit log (only the fields that tests read). */
export interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly requestReceivedTimestamp: string;
  /** `extra` names, for a ServiceAccount's token that was given to a pod, that pod. */
  readonly user: { readonly username: string; readonly extra?: Readonly<Record<string, readonly string[]>> };
  readonly userAgent?: string;
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code: number };
  /** Among them which Role allowed it. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** The body of a create, update or patch. */
  readonly requestObject?: unknown;
}

/** Access to one API server as its administrator, and tokens for others. */
export interface Cluster {
  /** https://127.0.0.1:PORT */
  readonly url: string;
  readonly caFile: string;
  /** The administrator's. */
  readonly kubeconfig: string;
  /** Its own temporary folder, removed by stop(). */
  readonly dir: string;
  /** kubectl as administrator; resolves to stdout, rejects with stderr in the message. `input` is its stdin (for `apply -f -`). */
  kubectl(args: readonly string[], input?: string): Promise<string>;
  /** A token of a ServiceAccount, good for an hour. */
  token(namespace: string, serviceAccount: string): Promise<string>;
  /** The path of a kubeconfig that acts as a ServiceAccount, with its namespace as the default. */
  kubeconfigFor(namespace: string, serviceAccount: string): Promise<string>;
}

export interface ControlPlane extends Cluster {
  /** Set when started with `audit`. */
  readonly auditLog?: string;
  /** Finished calls so far, oldest first; pass a user name to see only that user's. */
  audit(username?: string): Promise<AuditEvent[]>;
  /** Ends the API server at once, as in an outage; the data stays. */
  stopApiServer(): Promise<void>;
  /** Starts it again on the same port and waits until it is ready. */
  startApiServer(): Promise<void>;
  /** Ends the controllers: Deployments then have no pods, and nobody but the test writes. */
  stopControllers(): Promise<void>;
  /** Ends everything and removes the folder. May be called twice. */
  stop(): Promise<void>;
}

/** Starts a control plane (about 6 s); several may run at once. It also ends when this process ends, however that happens. */
export async function startControlPlane(options: { readonly audit?: boolean } = {}): Promise<ControlPlane> {
  const dir = await mkdtemp(join(tmpdir(), "pcp-"));
  const holder = await hold("cp.sh", { STATE: dir, ...(options.audit ? { AUDIT: "1" } : {}) });
  const auditLog = options.audit ? join(dir, "audit.log") : undefined;
  return {
    ...access(dir, `https://127.0.0.1:${holder.ready[0]}`, join(dir, "pki/admin.kubeconfig")),
    ...(auditLog ? { auditLog } : {}),
    audit: (username) => readAudit(auditLog, username),
    stopApiServer: () => holder.command("stop kube-apiserver"),
    stopControllers: () => holder.command("stop kube-controller-manager"),
    startApiServer: () => holder.command("start kube-apiserver"),
    stop: () => holder.end(),
  };
}

/** The helpers over an API server whose PKI is in dir/pki. */
export function access(dir: string, url: string, kubeconfig: string): Cluster {
  const caFile = join(dir, "pki/ca.crt");
  const kubectl = (args: readonly string[], input?: string) => runKubectl(kubeconfig, args, input);
  const token = async (namespace: string, serviceAccount: string) =>
    (await kubectl(["-n", namespace, "create", "token", serviceAccount])).trim();
  return {
    url,
    caFile,
    kubeconfig,
    dir,
    kubectl,
    token,
    kubeconfigFor: async (namespace, serviceAccount) => {
      const file = join(dir, `${namespace}.${serviceAccount}.kubeconfig`);
      await writeFile(file, kubeconfigText(url, caFile, namespace, await token(namespace, serviceAccount)), {
        mode: 0o600,
      });
      return file;
    },
  };
}

function kubeconfigText(url: string, caFile: string, namespace: string, token: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster: { server: url, "certificate-authority": caFile } }],
    users: [{ name: "account", user: { token } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "account", namespace } }],
    "current-context": "test",
  });
}

let kubectlBinary: string | undefined;

function runKubectl(kubeconfig: string, args: readonly string[], input: string | undefined): Promise<string> {
  kubectlBinary ??= `${programs("kube")}/kubectl`;
  const file = kubectlBinary;
  return new Promise((resolve, reject) => {
    const options = { env: { ...process.env, KUBECONFIG: kubeconfig }, maxBuffer: 64 << 20, timeout: 120_000 };
    const child = execFile(file, [...args], options, (error, stdout, stderr) => {
      if (error) reject(new Error(`kubectl ${args.join(" ")}: ${stderr.trim() || error.message}`, { cause: error }));
      else resolve(stdout);
    });
    child.stdin?.on("error", () => {}); // kubectl may end without reading: its own error says why
    child.stdin?.end(input ?? "");
  });
}

/** Reads an audit log; `username` keeps that user's calls only. */
export async function readAudit(file: string | undefined, username: string | undefined): Promise<AuditEvent[]> {
  if (file === undefined) throw new Error("no audit log: startControlPlane({ audit: true }) keeps one");
  if (!existsSync(file)) return [];
  const events = (await readFile(file, "utf8"))
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as AuditEvent);
  return username === undefined ? events : events.filter((event) => event.user.username === username);
}
