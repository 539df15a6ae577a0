/** The servers of the fault bench: a real Prometheus with all histories, a real API server, and lanes with a namespace and proxies each. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startPrometheus } from "../../test/cluster/prometheus.ts";
import { type Rig, startRig } from "../../test/integration/rig.ts";
import { type ApiAnswer, clientOf } from "./client.ts";
import type { FaultCase } from "./fault-case.ts";
import { loadsOpenMetrics } from "./load.ts";
import { type Relay, startRelay } from "./wire.ts";

const ROOT = join(import.meta.dirname, "../..");
const ANNOTATION = "prophet-autoscaler/last-forecast";
const STATE = "prophet-autoscaler-state";

/** The workloads of a lane; cases with one target have the first. */
export const [FIRST, SECOND] = ["stress-app", "second"] as const;

/** Secrets that are planted where secrets belong. None may reach any output. */
export const CANARIES = {
  bearer: "cAnary7f3Q-bearer-9xZkw5Tb8",
  header: "cAnary7f3Q-header-4mPq2Vn6s",
  kubernetes: "cAnary7f3Q-account-8jRd3Lh1y",
} as const;

/** One namespace with its proxies, in which cases run one after the other. */
export interface Lane {
  readonly namespace: string;
  /** Scratch folder, and the built job in it. */
  readonly folder: string;
  readonly job: string;
  readonly prometheus: Relay;
  readonly api: Relay;
  /** Through the proxy, with a canary as its token; the proxy puts the ServiceAccount's own in its place. */
  readonly kubeconfig: string;
  /** When the histories end. */
  readonly end: number;
  /** Replicas as somebody else last set them, by workload. */
  readonly set: Map<string, number>;
  /** Everything that no output may hold. */
  readonly secrets: readonly string[];
  /** One call as administrator, of a path below the namespace's; rejects where it is refused. */
  admin(method: string, path: string, body?: object): Promise<ApiAnswer>;
  setReplicas(replicas: number, name?: string): Promise<void>;
  replicas(name: string): Promise<number>;
  /** The annotation; null for none. */
  setState(text: string | null): Promise<void>;
  state(): Promise<string | null>;
  /** Events of the job, as JSON. */
  events(): Promise<string>;
  clearEvents(): Promise<void>;
}

/** The running servers, with their lanes. */
export interface FaultWorld {
  readonly lanes: readonly Lane[];
  stop(): Promise<void>;
}

/** The step of the job's queries, in seconds: the default of its settings. */
export const QUERY_STEP = 15;

/** The last time of the queries' grid at or before `time`, in seconds since 1970. */
export function onGrid(time: number): number {
  return Math.floor(time / QUERY_STEP) * QUERY_STEP;
}

/** Starts the servers with the histories of all cases and so many lanes. It takes about 20 s. */
export async function startWorld(cases: readonly FaultCase[], lanes: number): Promise<FaultWorld> {
  const names = Array.from({ length: lanes }, (_, i) => `faults-${i + 1}`);
  // on the grid of the job's queries, so that a case sees its own samples, not the ones beside them
  // a step back: `offset 0s` is none that Prometheus takes
  const end = onGrid(Date.now() / 1000) - QUERY_STEP;
  const loads = cases.flatMap(({ name, load }) => (load === undefined ? [] : [[name, load] as const]));
  const history = loadsOpenMetrics(loads, names, end);
  const prometheus = await startPrometheus({ history });
  const rigs: Rig[] = [];
  try {
    for (const name of names) rigs.push(await startRig(name, "manifests/base", rigs[0]));
    const token = await adminToken(rigs[0]!);
    const open = await Promise.all(rigs.map((rig) => openLane(rig, prometheus.url, token, end)));
    return {
      lanes: open,
      stop: async () => {
        for (const { prometheus: p, api } of open) await Promise.all([p.stop(), api.stop()]);
        await rigs[0]?.stop();
        await prometheus.stop();
      },
    };
  } catch (error) {
    await rigs[0]?.stop();
    await prometheus.stop();
    throw error;
  }
}

async function adminToken({ cluster }: Rig): Promise<string> {
  await cluster.kubectl(["-n", "default", "create", "serviceaccount", "faults"]);
  const binding = ["create", "clusterrolebinding", "faults", "--clusterrole=cluster-admin"];
  await cluster.kubectl([...binding, "--serviceaccount=default:faults"]);
  return cluster.token("default", "faults");
}

async function openLane(rig: Rig, prometheusUrl: string, adminsToken: string, end: number): Promise<Lane> {
  const { cluster, namespace } = rig;
  await cluster.kubectl(["-n", namespace, "apply", "-f", join(ROOT, "manifests/components/inspect/role.yaml")]);
  await cluster.kubectl(["-n", namespace, "apply", "-f", "-"], JSON.stringify(secondWorkload()));
  const ca = await readFile(cluster.caFile);
  const own = await cluster.token(namespace, "prophet-autoscaler");
  const asJob = clientOf(cluster.url, ca, (came) =>
    came === `Bearer ${CANARIES.kubernetes}` ? `Bearer ${own}` : came,
  );
  const asAdmin = clientOf(cluster.url, ca, () => `Bearer ${adminsToken}`);
  const [prometheus, api] = await Promise.all([startRelay(clientOf(prometheusUrl)), startRelay(asJob)]);
  const kubeconfig = join(cluster.dir, `${namespace}.faults.kubeconfig`);
  await writeFile(kubeconfig, kubeconfigText(api.url, namespace), { mode: 0o600 });
  const admin: Lane["admin"] = async (method, path, given) => {
    const [group, rest] = path.startsWith("/") ? ["", path] : pathOf(namespace, path);
    const headers = { "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json" };
    const text = given === undefined ? "" : JSON.stringify(given);
    const answer = await asAdmin({ method, url: `${group}${rest}`, headers, body: text });
    if (answer.status >= 300) throw new Error(`${method} ${rest}: ${answer.status} ${answer.body}`);
    return answer;
  };
  const set = new Map<string, number>();
  return {
    namespace,
    folder: cluster.dir,
    job: join(cluster.dir, "dist/job.js"),
    prometheus,
    api,
    kubeconfig,
    end,
    set,
    secrets: [...Object.values(CANARIES), own],
    admin,
    setReplicas: async (replicas, name = FIRST) => {
      await admin("PATCH", `deployments/${name}/scale`, { spec: { replicas } });
      set.set(name, replicas);
    },
    replicas: async (name) => {
      const { body } = await admin("GET", `deployments/${name}/scale`);
      return (JSON.parse(body) as { spec: { replicas?: number } }).spec.replicas ?? 0;
    },
    setState: async (text) => {
      await admin("PATCH", `configmaps/${STATE}`, { metadata: { annotations: { [ANNOTATION]: text } } });
    },
    state: async () => {
      const { body } = await admin("GET", `configmaps/${STATE}`);
      const { metadata } = JSON.parse(body) as { metadata: { annotations?: Record<string, string> } };
      return metadata.annotations?.[ANNOTATION] ?? null;
    },
    events: async () => (await admin("GET", `events?fieldSelector=${OURS}`)).body,
    clearEvents: async () => {
      await admin("DELETE", `events?fieldSelector=${OURS}`);
    },
  };
}

const OURS = encodeURIComponent("reportingComponent=prophet-autoscaler");

/** A path below the namespace -> that of the API server. */
function pathOf(namespace: string, path: string): readonly [string, string] {
  const group = /^(deployments|statefulsets)/.test(path)
    ? "/apis/apps/v1"
    : path.startsWith("horizontalpodautoscalers")
      ? "/apis/autoscaling/v2"
      : /^role/.test(path)
        ? "/apis/rbac.authorization.k8s.io/v1"
        : "/api/v1";
  return [group, `/namespaces/${namespace}/${path}`];
}

function kubeconfigText(url: string, namespace: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "g", cluster: { server: url, "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user: { token: CANARIES.kubernetes } }],
    contexts: [{ name: "c", context: { cluster: "g", user: "u", namespace } }],
    "current-context": "c",
  });
}

/** The second Deployment and the right to scale it; the right to scale one that is not there, too. */
function secondWorkload(): object {
  const labels = { app: SECOND };
  const containers = [{ name: "app", image: "none" }];
  const rules = [
    { apiGroups: ["apps"], resources: ["deployments/scale"], resourceNames: [SECOND, "gone"], verbs: ["get", "patch"] },
    { apiGroups: ["apps"], resources: ["deployments"], resourceNames: [SECOND, "gone"], verbs: ["get"] },
  ];
  const metadata = { name: SECOND };
  const subjects = [{ kind: "ServiceAccount", name: "prophet-autoscaler" }];
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: SECOND };
  const rbac = { apiVersion: "rbac.authorization.k8s.io/v1", metadata };
  const spec = {
    replicas: 3,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers } },
  };
  return {
    apiVersion: "v1",
    kind: "List",
    items: [
      { apiVersion: "apps/v1", kind: "Deployment", metadata, spec },
      { ...rbac, kind: "Role", rules },
      { ...rbac, kind: "RoleBinding", roleRef, subjects },
    ],
  };
}
