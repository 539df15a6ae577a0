/** The demo without root: a real control plane and Prometheus on loopback, stress-app processes in place of pods. */
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { otlpPrometheus } from "../available.ts";
import { type ControlPlane, startControlPlane } from "../controlplane.ts";
import { freePort, startPrometheus, type TestPrometheus } from "../prometheus.ts";
import { type Api, openApi } from "./api.ts";
import { type Balancer, startBalancer } from "./balancer.ts";
import { type Kubelet, startKubelet } from "./kubelet.ts";
import { startLoad } from "./load.ts";
import { valuesOf } from "./recorded.ts";
import { startTicker } from "./ticker.ts";
import { type DemoWorkload, deploymentPath, numberOf, scaleTo } from "./workload.ts";
import { type DemoWorld, OTHER, OURS } from "./world.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** Times of this world, seconds. */
export interface Pace {
  /** Between two runs of the autoscaler, and two scrapes; the window of rate(), four scrapes as a rule. */
  readonly every: number;
  readonly scrape: number;
  readonly window: number;
  /** From the start of a process until it counts as ready. */
  readonly startup: number;
}

/** As on the node: a run a minute, a scrape every 15 s, rates over a minute, pods ready within seconds. */
export const NODE_PACE: Pace = { every: 60, scrape: 15, window: 60, startup: 4 };

/** Starts it all (about 10 s) from a built dist/. `settings` of the target go over those of the demo's overlay. */
export async function openProcessWorld(
  log: (line: string) => void,
  pace: Pace = NODE_PACE,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<DemoWorld> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    log("starting the control plane and Prometheus");
    const cluster = await startControlPlane();
    stops.push(cluster.stop);
    const api = await openApi(cluster.kubeconfig);
    stops.push(api.stop);
    await deploy(cluster);
    const slots = { [OURS]: await ports(12), [OTHER]: await ports(12) };
    const receiver = otlpPrometheus();
    const prometheus = await startPrometheus({
      scrape: Object.entries(slots).map(([namespace, list]) => ({
        job: namespace,
        targets: list.map((port) => `127.0.0.1:${port}`),
        labels: { namespace },
      })),
      interval: pace.scrape,
      // Debian's takes no metrics of runs
      ...(receiver === undefined ? {} : { binary: receiver, flags: ["--web.enable-otlp-receiver"] }),
    });
    stops.push(prometheus.stop);
    const sides = [];
    for (const namespace of [OURS, OTHER] as const) {
      const side = await openSide({ namespace, ports: slots[namespace], api, prometheus, pace });
      stops.push(side.kubelet.stop, side.balancer.stop);
      sides.push(side);
    }
    const [ours, other] = [sides[0]!, sides[1]!];
    // asked again until a pod of each side is ready: the kubelets tell nobody
    while (sides.some(({ kubelet }) => kubelet.ready().length === 0))
      await new Promise((resolve) => setTimeout(resolve, 200));
    const ticker = startTicker({
      ...(await jobOf(cluster, prometheus, pace, settings)),
      namespace: OURS,
      every: pace.every,
    });
    stops.push(ticker.stop);
    return {
      what: "processes in place of pods, without their CPU limits; a real API server and Prometheus",
      every: pace.every,
      ours: ours.workload,
      other: other.workload,
      load: (options) => [startLoad(ours.balancer.url, options), startLoad(other.balancer.url, options)],
      runs: async (began) => ticker.runs(began),
      recorded: async (selector) => {
        const answer = await fetch(`${prometheus.url}/api/v1/query?query=${encodeURIComponent(`${selector}[1h]`)}`);
        return valuesOf(await answer.json());
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The manifests of the overlay; the CronJob is suspended, since no node would run its pods. */
async function deploy({ kubectl }: ControlPlane): Promise<void> {
  await kubectl(["apply", "-k", join(ROOT, "manifests/overlays/demo")]);
  await kubectl(["-n", OURS, "patch", "cronjob", "prophet-autoscaler", "-p", '{"spec":{"suspend":true}}']);
  await kubectl(["create", "namespace", OTHER]);
  await kubectl(["-n", OTHER, "apply", "-f", join(ROOT, "manifests/base/stress-app.yaml")]);
}

async function ports(count: number): Promise<readonly number[]> {
  const found = new Set<number>();
  while (found.size < count) found.add(await freePort());
  return [...found];
}

interface Part {
  readonly workload: DemoWorkload;
  readonly kubelet: Kubelet;
  readonly balancer: Balancer;
}

async function openSide(parts: {
  readonly namespace: string;
  readonly ports: readonly number[];
  readonly api: Api;
  readonly prometheus: TestPrometheus;
  readonly pace: Pace;
}): Promise<Part> {
  const { namespace, api, prometheus, pace } = parts;
  const replicas = async () => (await api.get<{ spec: { replicas: number } }>(deploymentPath(namespace))).spec.replicas;
  const kubelet = startKubelet({ ports: parts.ports, wanted: replicas, startup: pace.startup });
  const balancer = await startBalancer(kubelet.ready);
  const workload: DemoWorkload = {
    namespace,
    scale: async () => ({ replicas: await replicas(), ready: kubelet.ready().length }),
    scaleTo: (to) => scaleTo(api, namespace, to),
    cpu: async () => numberOf(await prometheus.query(queryOf(namespace, pace))),
    pods: async () => kubelet.pods(),
  };
  return { workload, kubelet, balancer };
}

function queryOf(namespace: string, { window }: Pace): string {
  return `sum(rate(process_cpu_seconds_total{namespace="${namespace}"}[${window}s]))`;
}

/** A copy of the built job, so that a build meanwhile takes nothing away, and the overlay's configuration with this world's metrics. */
async function jobOf(
  cluster: ControlPlane,
  { url }: TestPrometheus,
  pace: Pace,
  settings: Readonly<Record<string, unknown>>,
): Promise<{ readonly job: string; readonly config: string; readonly kubeconfig: string }> {
  await cp(join(ROOT, "dist"), join(cluster.dir, "dist"), { recursive: true });
  await cp(join(ROOT, "package.json"), join(cluster.dir, "package.json"));
  type File = { readonly targets: readonly Record<string, unknown>[] } & Record<string, unknown>;
  const file = parse(await readFile(join(ROOT, "manifests/overlays/demo/config.yaml"), "utf8")) as File;
  // nothing limits a process, so what it can burn says nothing of the metrics
  const { podCpuLimit: _, ...target } = file.targets[0]!;
  const { metrics: __, ...rest } = file;
  const config = join(cluster.dir, "demo.json");
  const text = JSON.stringify({
    ...rest,
    ...(otlpPrometheus() !== undefined && { metrics: { otlp: `${url}/api/v1/otlp` } }),
    prometheus: { url, timeout: 5, measurePodStart: false, query: queryOf("$namespace", pace) },
    targets: [{ ...target, interval: pace.every, step: pace.scrape, ...settings }],
  });
  await writeFile(config, text);
  return {
    job: join(cluster.dir, "dist/job.js"),
    config,
    kubeconfig: await cluster.kubeconfigFor(OURS, "prophet-autoscaler"),
  };
}
