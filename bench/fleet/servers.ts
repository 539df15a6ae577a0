/** The servers of a fleet: a real Prometheus with its history, and a real API server with a Deployment and permissions per target. */
import { join } from "node:path";
import { ENABLED } from "../../job/config/groups/discover.ts";
import { startPrometheus, type TestPrometheus } from "../../test/cluster/prometheus.ts";
import { type Rig, startRig } from "../../test/integration/rig.ts";
import { fleetOpenMetrics, NAMESPACE, PODS, workloadName } from "./history.ts";
import { limitsOfPod, tellingFleet } from "./process.ts";

/** Replicas before the first run. */
const BEFORE = 4;
/** The first ConfigMap of the state. */
export const FLEET_STATE = "prophet-autoscaler-state";
/** Objects that kubectl creates at a time: it takes 2 minutes for each call at most. */
const BATCH = 500;
/** Seconds that a bench takes at most after the servers are there. */
const AHEAD = 2400;

/** The servers of a fleet, and how the job runs against them. */
export interface FleetServers {
  readonly prometheus: TestPrometheus;
  readonly rig: Rig;
  /** Gives the job the heap of a pod, and makes it tell what it took. */
  readonly env: Readonly<Record<string, string>>;
  /** Gives the job the rights of `discover`, by the shipped Role: until then each of the targets must be listed. */
  allowFinding(): Promise<void>;
  /** The settings of one job over the first so many targets. */
  settings(targets: number, grouped: "auto" | "never"): object;
  stop(): Promise<void>;
}

/**
 * Starts the servers with so many targets. `raw` of them can be read by single queries too. The history goes on for `ahead` seconds
 * after now.
 */
export async function startFleet(targets: number, raw: number, ahead = AHEAD): Promise<FleetServers> {
  const rig = await startRig(NAMESPACE);
  // without a node their pods would only wait to be scheduled: ten thousand objects that are no part of this
  await rig.cluster.stopControllers();
  for (let k = 0; k < targets; k += BATCH) await rig.cluster.kubectl(["create", "-f", "-"], deployments(k, targets));
  const states = statesOf(targets);
  await rig.cluster.kubectl(["apply", "-f", "-"], access(targets, states));
  // at last: the calls above take minutes for 10,000
  const prometheus = await startPrometheus({
    history: fleetOpenMetrics({
      now: Math.floor(Date.now() / 1000),
      ahead,
      targets,
      raw,
      samples: await samplesOfMinute(),
    }),
  });
  const tell = join(rig.cluster.dir, "tell");
  return {
    prometheus,
    rig,
    env: { NODE_OPTIONS: [...limitsOfPod(), ...tellingFleet(tell)].join(" ") },
    settings: (count, grouped) => ({
      timeout: 900,
      prometheus: { url: prometheus.url, timeout: 60, grouped },
      kubernetes: { timeout: 20, detectScalers: false, events: false },
      report: { logFormat: "text" },
      state: { configMap: { name: FLEET_STATE, count: statesOf(count).length } },
      defaults: { targetCpu: 0.5, maxReplicas: PODS },
      targets: Array.from({ length: count }, (_, k) => ({
        scaleTargetRef: { name: workloadName(k) },
      })),
    }),
    allowFinding: () => rig.apply("manifests/discover-namespace"),
    stop: async () => {
      await rig.stop();
      await prometheus.stop();
    },
  };
}

/** How many samples of a counter this Prometheus takes for a window of a minute at 15 s: since version 3 the window is open to the left. */
async function samplesOfMinute(): Promise<4 | 5> {
  const at = Math.floor(Date.now() / 15_000) * 15 - 300;
  const lines = Array.from({ length: 20 }, (_, i) => `x ${i} ${at - 15 * i}`).reverse();
  const server = await startPrometheus({ history: `# TYPE x gauge\n${lines.join("\n")}\n# EOF\n` });
  const [row] = await server.query("count_over_time(x[1m])", at);
  await server.stop();
  return row?.value[1] === "5" ? 5 : 4;
}

function deployments(from: number, targets: number): string {
  const items = Array.from({ length: Math.min(BATCH, targets - from) }, (_, i) => {
    const labels = { app: workloadName(from + i) };
    const pod = { metadata: { labels }, spec: { containers: [{ name: "app", image: "test.local/pause:1" }] } };
    const spec = { replicas: BEFORE, selector: { matchLabels: labels }, template: pod };
    const metadata = { name: workloadName(from + i), namespace: NAMESPACE, labels: { [ENABLED]: "true" } };
    return { apiVersion: "apps/v1", kind: "Deployment", metadata, spec };
  });
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}

/** The ConfigMaps of the state: one for each thousand, since a claim writes the whole of its object. */
function statesOf(targets: number): readonly string[] {
  return Array.from({ length: Math.ceil(targets / 1000) }, (_, i) => (i === 0 ? FLEET_STATE : `${FLEET_STATE}-${i}`));
}

/** As the base and the overlay many-targets have it: two verbs on named objects, and ConfigMaps without data. */
function access(targets: number, states: readonly string[]): string {
  const names = Array.from({ length: targets }, (_, k) => workloadName(k));
  const verbs = ["get", "patch"];
  const role = {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    metadata: { name: "prophet-autoscaler", namespace: NAMESPACE },
    rules: [
      { apiGroups: ["apps"], resources: ["deployments/scale"], resourceNames: names, verbs },
      { apiGroups: [""], resources: ["configmaps"], resourceNames: states, verbs },
    ],
  };
  const maps = states.map((name) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: NAMESPACE },
  }));
  return JSON.stringify({ apiVersion: "v1", kind: "List", items: [role, ...maps] });
}
