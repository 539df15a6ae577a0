/** The servers of a live run: a real Prometheus with two hours of history, a real API server, and a pod's view of both. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { missingControlPlane, missingPrometheus } from "../../test/cluster/available.ts";
import { startPrometheus } from "../../test/cluster/prometheus.ts";
import { type Rig, startRig } from "../../test/integration/rig.ts";
import { plainEnv, runProcessTimed } from "./processes.ts";

const ROOT = join(import.meta.dirname, "../..");
const NAMESPACE = "bench";
/** What a pod finds its API server by. */
const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";
/** Replicas before a run: two pods can burn what the history says, and should be more. */
const BEFORE = 2;
/** Until the controllers have made or removed the pods of the last change and are quiet again, ms. */
const QUIET = 800;

/** The servers, and what the job needs to run against them as its CronJob would. */
export interface LiveServers {
  /** A scratch folder, removed by stop(). */
  readonly folder: string;
  /** The built job there, and the base manifests' settings with this Prometheus. */
  readonly job: string;
  readonly config: string;
  readonly prometheus: string;
  readonly namespace: string;
  /** The environment of the container: the image's own, its compile cache, filled as the image fills it, and where the API server is. */
  readonly env: Readonly<Record<string, string>>;
  /** Node's flags as the image has them. */
  readonly flags: readonly string[];
  /** A command as it runs where the pod's ServiceAccount is mounted. */
  inPod(command: string, args: readonly string[]): { readonly command: string; readonly args: readonly string[] };
  /** Two replicas and no memory, as before the first run, so that each run reads, decides, claims and scales. Throws when the last one did not. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** What is missing to start the servers here, as a sentence; undefined: nothing. */
export function missingServers(): string | undefined {
  const rootless = process.getuid?.() === 0 ? undefined : "root is needed, for the folder of the pod's ServiceAccount";
  return missingControlPlane() ?? missingPrometheus() ?? rootless;
}

/** Starts the servers. Throws where a program is missing. */
export async function startLiveServers(): Promise<LiveServers> {
  const prometheus = await startPrometheus({ history: history(Math.floor(Date.now() / 1000)) });
  const rig = await startRig(NAMESPACE);
  const folder = join(rig.cluster.dir, "bench");
  await mkdir(join(folder, "account"), { recursive: true });
  const { hostname, port } = new URL(rig.cluster.url);
  await cp(rig.cluster.caFile, join(folder, "account/ca.crt"));
  await writeFile(join(folder, "account/token"), await rig.cluster.token(NAMESPACE, "prophet-autoscaler"));
  await writeFile(join(folder, "account/namespace"), NAMESPACE);
  const job = join(rig.cluster.dir, "dist/job.js");
  const started = { ran: false };
  const image = await imageStart();
  const pod = await mountAccount(join(folder, "account"));
  return {
    folder,
    job,
    config: await writeConfig(folder, prometheus.url),
    prometheus: prometheus.url,
    namespace: NAMESPACE,
    flags: image.flags,
    env: plainEnv({
      ...image.env,
      NODE_COMPILE_CACHE: await fillCache(folder, job),
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
      PROPHET_AUTOSCALER_NAMESPACE: NAMESPACE,
    }),
    inPod: (command, args) => ({
      command: "nsenter",
      args: [`--mount=/proc/${pod.pid}/ns/mnt`, "--", command, ...args],
    }),
    reset: () => reset(rig, started),
    stop: async () => {
      pod.stdin!.end();
      await once(pod, "close");
      await rig.stop();
      await prometheus.stop();
    },
  };
}

async function reset(rig: Rig, state: { ran: boolean }): Promise<void> {
  if (state.ran && (await rig.replicas()) === BEFORE) throw new Error("the last run did not scale");
  state.ran = true;
  await rig.setReplicas(BEFORE);
  await rig.setMemory(null);
  await new Promise((done) => setTimeout(done, QUIET));
}

/** The settings of manifests/base; only the address of Prometheus is this machine's. */
async function writeConfig(folder: string, url: string): Promise<string> {
  const base = await readFile(join(ROOT, "manifests/base/config.yaml"), "utf8");
  if (!/^ {2}url: .*$/m.test(base)) throw new Error("manifests/base/config.yaml names no url");
  const file = join(folder, "config.yaml");
  await writeFile(file, base.replace(/^ {2}url: .*$/m, `  url: ${url}`));
  return file;
}

/** Node's flags and the environment of the image's last stage, as the Dockerfile says them. */
async function imageStart(): Promise<{ readonly flags: readonly string[]; readonly env: Record<string, string> }> {
  const text = await readFile(join(ROOT, "Dockerfile"), "utf8");
  const last = text.slice(text.lastIndexOf("\nFROM "));
  const words = JSON.parse(/^ENTRYPOINT (\[.*\])$/m.exec(last)![1]!) as string[];
  const env = [...last.matchAll(/^ENV (\w+)=(\S+)$/gm)].map(([, name, value]) => [name!, value!] as const);
  return { flags: words.filter((word) => word.startsWith("--")), env: Object.fromEntries(env) };
}

/** The compile cache by the image's own script. */
async function fillCache(folder: string, job: string): Promise<string> {
  const cache = join(folder, "compiled");
  const work = join(folder, "warm");
  await mkdir(work);
  const args = [join(ROOT, "scripts/warm.ts"), "--cache", cache, "--work", work, job];
  await runProcessTimed({ name: "scripts/warm.ts", command: process.execPath, env: plainEnv() }, args);
  return cache;
}

/** Holds a mount namespace in which the folder is where a pod has its ServiceAccount; it ends with its stdin, that is with this process. */
async function mountAccount(folder: string): Promise<ChildProcess> {
  const script = `mount -t tmpfs pod /run && mkdir -p ${ACCOUNT} && cp "$0"/* ${ACCOUNT}/ && echo mounted && exec cat`;
  const child = spawn("unshare", ["--mount", "sh", "-c", script, folder], { stdio: ["pipe", "pipe", "inherit"] });
  const [said] = (await Promise.race([once(child.stdout, "data"), once(child, "close")])) as [unknown];
  if (String(said).trim() !== "mounted") throw new Error("a mount namespace could not be made: unshare --mount");
  return child;
}

/**
 * OpenMetrics of two pods in a wave of five minutes with noise, 0.2 cores together, and of their start as kube-state-metrics has it. It reaches an
 * hour ahead, so that the newest sample is fresh as long as the bench lasts.
 */
function history(now: number): string {
  const [from, to, step] = [now - 7200, now + 3600, 15];
  const lines: string[] = [];
  const add = (name: string, type: string, sample: (labels: string, t: number) => string) => {
    lines.push(`# TYPE ${name} ${type}`);
    for (const pod of ["stress-app-5d4f8c9b7-x2x4z", "stress-app-5d4f8c9b7-bcdfg"]) {
      const labels = `namespace="${NAMESPACE}",pod="${pod}"`;
      for (let t = from; t <= to; t += step) lines.push(`${sample(labels, t)} ${t}`);
    }
  };
  let used = 0;
  add("container_cpu_usage_seconds", "counter", (labels, t) => {
    // by steps, not by the clock: every bench starts from the same history
    const i = (t - from) / step;
    used = i === 0 ? 0 : used + step * (0.1 + 0.04 * Math.sin((2 * Math.PI * i) / 20) + 0.015 * Math.sin(i * i));
    return `container_cpu_usage_seconds_total{${labels},container="stress-app"} ${used.toFixed(4)}`;
  });
  add("kube_pod_created", "gauge", (labels) => `kube_pod_created{${labels}} ${from - 100}`);
  add("kube_pod_status_ready_time", "gauge", (labels) => `kube_pod_status_ready_time{${labels}} ${from - 88}`);
  return `${lines.join("\n")}\n# EOF\n`;
}
