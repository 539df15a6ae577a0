/** What the tests of the whole job share: a control plane with the base manifests applied, the built job, and a Prometheus whose past is made up. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { type AuditEvent, type ControlPlane, startControlPlane } from "../cluster/controlplane.ts";

const root = join(import.meta.dirname, "../..");
export const annotation = "prophet-autoscaler/last-forecast";

/** What one run of the job left. */
export interface RigRunResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** That which was decided for. */
  readonly time: string;
  readonly targets: readonly {
    readonly name: string;
    readonly action: string;
    readonly from: number | null;
    readonly to: number | null;
    readonly reason: string;
    readonly message: string;
    readonly forecast: { readonly max: number; readonly quantile: number; readonly level: number } | null;
  }[];
  readonly stderr: string;
}

export interface Rig {
  readonly cluster: ControlPlane;
  readonly namespace: string;
  /** Kubeconfig of the job's own ServiceAccount. */
  readonly kubeconfig: string;
  readonly user: string;
  /** Runs `dist/job.js --once --json --config` with these settings. `kubeconfig` stands in for the ServiceAccount's; `started` gets the process. */
  run(settings: object, options?: RunSettings): Promise<RigRunResult>;
  /** Applies a folder of manifests in the namespace. */
  apply(folder: string): Promise<void>;
  replicas(name?: string): Promise<number>;
  setReplicas(replicas: number): Promise<void>;
  /** The stored annotation; "" when there is none. */
  memory(): Promise<string>;
  setMemory(text: string | null): Promise<void>;
  /** The ServiceAccount's calls since the last `mark()`. */
  calls(): Promise<AuditEvent[]>;
  mark(): Promise<void>;
  stop(): Promise<void>;
}

export interface RunSettings {
  readonly kubeconfig?: string;
  readonly started?: (child: ChildProcess) => void;
  readonly env?: Readonly<Record<string, string>>;
  /** In place of `--once`. */
  readonly args?: readonly string[];
}

/**
 * Starts a control plane, applies manifests/base (or another folder) in a namespace, and waits for nothing: no pod runs here. `beside`: no control
 * plane of its own, which takes 6 s, but that of another rig, to be stopped before it.
 */
export async function startRig(namespace = "shop", folder = "manifests/base", beside?: Rig): Promise<Rig> {
  const cluster = beside?.cluster ?? (await startWithJob());
  const kubectl = cluster.kubectl;
  await kubectl(["create", "namespace", namespace]);
  await kubectl(["apply", "-k", await overlay(cluster.dir, namespace, join(root, folder))]);
  const kubeconfig = await cluster.kubeconfigFor(namespace, "prophet-autoscaler");
  const user = `system:serviceaccount:${namespace}:prophet-autoscaler`;
  // an absolute number of calls, for the log is only ever longer
  let marked = 0;
  const inNamespace = (args: readonly string[]) => kubectl(["-n", namespace, ...args]);
  const state = ["configmap", "prophet-autoscaler-state"];
  return {
    cluster,
    namespace,
    kubeconfig,
    user,
    run: (settings, options = {}) => runJob(cluster.dir, namespace, settings, { kubeconfig, ...options }),
    apply: async (folder) => {
      await kubectl(["apply", "-k", await overlay(cluster.dir, namespace, join(root, folder))]);
    },
    replicas: async (name = "deployment/stress-app") =>
      Number(await inNamespace(["get", name, "-o", "jsonpath={.spec.replicas}"])),
    setReplicas: async (replicas) => {
      await inNamespace(["scale", "deployment/stress-app", `--replicas=${replicas}`]);
    },
    memory: async () => {
      const map = JSON.parse(await inNamespace(["get", ...state, "-o", "json"])) as {
        metadata: { annotations?: Record<string, string> };
      };
      return map.metadata.annotations?.[annotation] ?? "";
    },
    setMemory: async (text) => {
      const change = text === null ? `${annotation}-` : `${annotation}=${text}`;
      await inNamespace(["annotate", "--overwrite", ...state, change]);
    },
    calls: async () => (await cluster.audit(user)).slice(marked),
    mark: async () => {
      marked = (await cluster.audit(user)).length;
    },
    stop: async () => {
      if (beside === undefined) await cluster.stop();
    },
  };
}

/** A control plane that keeps an audit log, with the built job in its folder. */
async function startWithJob(): Promise<ControlPlane> {
  // PROPHET_DIST: a build elsewhere, while somebody else works on this one
  const dist = process.env.PROPHET_DIST ?? join(root, "dist");
  if (!existsSync(join(dist, "job.js"))) {
    await promisify(execFile)(process.execPath, ["scripts/build.ts"], { cwd: root });
  }
  const cluster = await startControlPlane({ audit: true });
  // a copy: a build that somebody starts meanwhile empties dist/ first
  await cp(dist, join(cluster.dir, "dist"), { recursive: true });
  await cp(join(root, "package.json"), join(cluster.dir, "package.json"));
  return cluster;
}

async function overlay(dir: string, namespace: string, folder: string): Promise<string> {
  const own = join(dir, `overlay-${namespace}`);
  await mkdir(own, { recursive: true });
  await writeFile(join(own, "kustomization.yaml"), `namespace: ${namespace}\nresources: [${relative(own, folder)}]\n`);
  return own;
}

let files = 0;

async function runJob(
  dir: string,
  namespace: string,
  settings: object,
  { kubeconfig, started, env, args = ["--once"] }: RunSettings,
): Promise<RigRunResult> {
  files += 1;
  const config = join(dir, `config-${files}.yaml`);
  await writeFile(config, JSON.stringify(settings));
  const child = spawn(process.execPath, [join(dir, "dist/job.js"), ...args, "--json", "--config", config], {
    env: {
      PATH: process.env.PATH ?? "",
      KUBECONFIG: kubeconfig ?? "",
      PROPHET_AUTOSCALER_NAMESPACE: namespace,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  started?.(child);
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.on("close", (exit, by) => resolve([exit, by]));
  });
  // a run that ends without its one object has broken off: why is in the log
  if (signal === null && !stdout.startsWith("{")) throw new Error(`exit ${code}: ${stderr}`);
  const none = { time: "", targets: [] };
  const { time, targets } = stdout.startsWith("{")
    ? (JSON.parse(stdout) as Pick<RigRunResult, "time" | "targets">)
    : none;
  return { code, signal, time, targets, stderr };
}

/** Settings of one target with deadlines for a busy machine; `target` and `prometheus` add to them. */
export function settings(url: string, target: object = {}, prometheus: object = {}, kubernetes: object = {}): object {
  return {
    prometheus: { url, timeout: 20, measurePodStart: false, ...prometheus },
    kubernetes: { timeout: 20, detectScalers: false, events: false, ...kubernetes },
    targets: [
      {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "stress-app" },
        targetCpu: 0.05,
        minReplicas: 1,
        maxReplicas: 10,
        scaleDownCooldown: 0,
        suddenDropHold: 0,
        ...target,
      },
    ],
  };
}

/** Answers range queries with `load(time)` cores at each step, and instant ones with `now()`. */
export function answer(
  body: string,
  url: string,
  load: (time: number) => number,
  now = () => Date.now() / 1000,
): string {
  if (url.endsWith("/query")) {
    const result = [{ metric: {}, value: [now(), "1"] }];
    return JSON.stringify({ status: "success", data: { resultType: "vector", result } });
  }
  const form = new URLSearchParams(body);
  const [start, end, step] = ["start", "end", "step"].map((name) => Number(form.get(name))) as [number, number, number];
  const values: [number, string][] = [];
  for (let time = start; time <= end; time += step) values.push([time, String(load(time))]);
  return JSON.stringify({ status: "success", data: { resultType: "matrix", result: [{ metric: {}, values }] } });
}
