/** The demo on a real node: the CronJob of the manifests, pods with CPU limits, cadvisor, the cluster's Prometheus. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { buildImage } from "../image.ts";
import { startNode, type TestNode } from "../node.ts";
import type { InstantSample } from "../prometheus.ts";
import { type Api, openApi } from "./api.ts";
import { startLoad } from "./load.ts";
import { valuesOf } from "./recorded.ts";
import { type DemoRun, runOf } from "./runs.ts";
import { type DemoPod, type DemoWorkload, deploymentPath, NAME, numberOf, scaleTo } from "./workload.ts";
import { type DemoWorld, OTHER, OURS } from "./world.ts";

const PROMETHEUS = "/api/v1/namespaces/monitoring/services/prometheus:9090/proxy/api/v1/query?query=";
const MANIFESTS = join(import.meta.dirname, "../../../manifests");

/** The world and the node under it, for those who do more there. */
export interface NodeWorld extends DemoWorld {
  readonly node: TestNode;
}

/** Builds the images, starts the node (one per machine, root) and deploys; 1 to 3 minutes. `audit`: the API server logs each call. */
export async function openNodeWorld(log: (line: string) => void, audit = false): Promise<NodeWorld> {
  log("building the images of the autoscaler and the stress-app");
  const job = await buildImage("Dockerfile", "docker.io/library/prophet-autoscaler:0.1.0");
  const app = await buildImage("stress-app/Dockerfile", "docker.io/library/prophet-autoscaler-stress-app:0.1.0");
  log("starting the node");
  const node = await startNode({ audit, images: [job.archive, app.archive] });
  let api: Api | undefined;
  const stop = async () => {
    await api?.stop();
    await node.stop();
  };
  try {
    await node.kubectl(["create", "namespace", OTHER]);
    await node.kubectl(["-n", OTHER, "apply", "-f", join(MANIFESTS, "base/stress-app.yaml")]);
    await node.kubectl(["apply", "-k", join(MANIFESTS, "overlays/demo")]);
    api = await openApi(node.kubeconfig);
    const addresses = [await addressOf(node, OURS), await addressOf(node, OTHER)] as const;
    const launcher = await insideOf(node);
    return {
      node,
      what: "pods on a real node, the autoscaler as its CronJob",
      every: 60,
      ours: workload(api, OURS),
      other: workload(api, OTHER),
      load: ({ seconds, period }) => {
        const [ours, other] = addresses.map((url) => startLoad(url, { seconds, period, fresh: true }, launcher));
        return [ours!, other!];
      },
      runs: watchJobs(api),
      recorded: async (selector) => {
        const path = `${PROMETHEUS}${encodeURIComponent(`${selector}[1h]`)}`;
        return valuesOf(await api!.get(path));
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits for the pods and gives the Service's address in the node's network. */
async function addressOf(node: TestNode, namespace: string): Promise<string> {
  await node.kubectl(["-n", namespace, "rollout", "status", `deployment/${NAME}`, "--timeout=120s"]);
  const ip = await node.kubectl(["-n", namespace, "get", "service", NAME, "-o", "jsonpath={.spec.clusterIP}"]);
  return `http://${ip}:80`;
}

/** Put before a command, it runs in the node's network, where Services answer, and ends with this process. */
async function insideOf(node: TestNode): Promise<readonly string[]> {
  const init = (await readFile(join(node.dir, "init.pid"), "utf8")).trim();
  return ["/usr/bin/setpriv", "--pdeathsig", "KILL", "nsenter", "-t", init, "-n", "--"];
}

interface PodJson {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly status: {
    readonly startTime?: string;
    readonly phase: NonNullable<DemoPod["phase"]>;
    readonly conditions?: readonly { type: string; status: "True" | "False" | "Unknown"; lastTransitionTime: string }[];
  };
}

function workload(api: Api, namespace: string): DemoWorkload {
  const query = `sum(rate(container_cpu_usage_seconds_total{namespace="${namespace}",pod=~"${NAME}-.*",container!="",container!="POD"}[1m]))`;
  return {
    namespace,
    async scale() {
      type Deployment = { spec: { replicas: number }; status: { readyReplicas?: number } };
      const { spec, status } = await api.get<Deployment>(deploymentPath(namespace));
      return { replicas: spec.replicas, ready: status.readyReplicas ?? 0 };
    },
    scaleTo: (replicas) => scaleTo(api, namespace, replicas),
    async cpu() {
      const answer = await api.get<{ data: { result: InstantSample[] } }>(PROMETHEUS + encodeURIComponent(query));
      return numberOf(answer.data.result);
    },
    async pods() {
      const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=app.kubernetes.io/name%3D${NAME}`;
      return (await api.get<{ items: readonly PodJson[] }>(path)).items.map(podOf);
    },
  };
}

function podOf({ metadata, status }: PodJson): DemoPod {
  const seconds = (text: string) => Date.parse(text) / 1000;
  const ready = status.conditions?.find((c) => c.type === "Ready");
  return {
    phase: status.phase,
    deleting: metadata.deletionTimestamp !== undefined,
    ...(status.startTime === undefined ? {} : { startTime: seconds(status.startTime) }),
    ...(ready === undefined ? {} : { ready: ready.status, lastTransitionTime: seconds(ready.lastTransitionTime) }),
  };
}

interface JobJson {
  readonly metadata: { readonly uid: string; readonly name: string; readonly creationTimestamp: string };
  readonly status: { readonly conditions?: readonly { type: string; status: string }[] };
}

/** Jobs by their uid, each once, when it has ended. The CronJob keeps the last one only, so this is to be called oftener than it ticks. */
function watchJobs(api: Api): DemoWorld["runs"] {
  const seen = new Set<string>();
  return async (began) => {
    const { items } = await api.get<{ items: readonly JobJson[] }>(`/apis/batch/v1/namespaces/${OURS}/jobs`);
    const ended = items.filter(
      ({ metadata, status }) =>
        !seen.has(metadata.uid) &&
        status.conditions?.some((c) => c.status === "True" && (c.type === "Complete" || c.type === "Failed")),
    );
    const found: DemoRun[] = [];
    for (const { metadata } of ended) {
      const run = runOf(await logOf(api, metadata.name), began);
      seen.add(metadata.uid);
      const created = Date.parse(metadata.creationTimestamp) / 1000 - began;
      found.push(run ?? { ...UNKNOWN, t: created, message: `${metadata.name} told of no decision` });
    }
    return found.toSorted((a, b) => a.t - b.t);
  };
}

/** A run that ended and said nothing. */
const UNKNOWN: DemoRun = {
  t: 0,
  action: "failed",
  from: null,
  to: null,
  reason: "NoRecord",
  message: "",
  verdict: null,
  demand: null,
  quantile: null,
  level: null,
  lead: null,
  stages: [],
};

async function logOf(api: Api, job: string): Promise<string> {
  const path = `/api/v1/namespaces/${OURS}/pods`;
  const { items } = await api.get<{ items: readonly PodJson[] }>(
    `${path}?labelSelector=batch.kubernetes.io/job-name%3D${job}`,
  );
  const logs = await Promise.all(items.map(({ metadata }) => api.text(`${path}/${metadata.name}/log`)));
  return logs.join("\n");
}
