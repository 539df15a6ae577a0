/** One demo run: images, node, manifests, load on both workloads, samples until the end. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { EMPTY_MEMORY } from "../../../job/replay/hpa/defaults.ts";
import type { HpaMemory } from "../../../job/replay/hpa/types.ts";
import { buildImage } from "../image.ts";
import { startNode, type TestNode } from "../node.ts";
import { reactiveSync } from "./reactive.ts";
import type { DemoSample } from "./waves.ts";
import { openWorkload, type Workload } from "./workload.ts";

/** Settings of a run. */
export interface DemoOptions {
  /** Length of the load, seconds. */
  readonly seconds: number;
  /** Of one wave, seconds. */
  readonly period: number;
  readonly log: (line: string) => void;
}

/** Samples by name of the policy, ours first, and how many Jobs ran. */
export interface DemoResult {
  readonly samples: Readonly<Record<string, readonly DemoSample[]>>;
  readonly runs: number;
}

const ROOT = `${import.meta.dirname}/../../../`;
const OURS = "prophet-demo";
const OTHER = "reactive-demo";
const SAMPLE_EVERY = 5;
const SYNC_EVERY = 15;

/** Load of the demo: 5 + 4 sin requests a second of 0.05 s each, 0.05 to 0.45 cores. */
const LOAD = { base: 5, amplitude: 4, intensity: 0.05 };

/** Runs the demo to its end; everything that it started has ended when it resolves or rejects. */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  options.log("building the images of the autoscaler and the stress-app");
  const job = await buildImage("Dockerfile", "docker.io/library/prophet-autoscaler:0.1.0");
  const app = await buildImage("stress-app/Dockerfile", "docker.io/library/prophet-autoscaler-stress-app:0.1.0");
  options.log("starting the node");
  const node = await startNode({ images: [job.archive, app.archive] });
  const children: ChildProcess[] = [];
  try {
    const [ours, other] = await deploy(node);
    options.log(
      `load: waves of ${options.period} s for ${options.seconds} s on ${ours.namespace} and ${other.namespace}`,
    );
    for (const workload of [ours, other]) children.push(startLoad(workload.url, options));
    const samples = await watch(ours, other, options);
    return { samples, runs: await countRuns(node) };
  } finally {
    for (const child of children) child.kill("SIGTERM");
    await Promise.all(children.map((child) => (child.exitCode === null ? once(child, "exit") : null)));
    await node.stop();
  }
}

async function deploy(node: TestNode): Promise<[Workload, Workload]> {
  await node.kubectl(["create", "namespace", OTHER]);
  await node.kubectl(["-n", OTHER, "apply", "-f", `${ROOT}manifests/base/stress-app.yaml`]);
  await node.kubectl(["apply", "-k", `${ROOT}manifests/overlays/demo`]);
  return [await openWorkload(node, OURS), await openWorkload(node, OTHER)];
}

function startLoad(url: string, { seconds, period }: DemoOptions): ChildProcess {
  const flags = { url, pattern: "sine", duration: seconds, period, ...LOAD };
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  // noise would blur what leads what
  return spawn(process.execPath, [`${ROOT}stress-app/traffic.ts`, ...args, "--noise=0"], { stdio: "ignore" });
}

async function watch(
  ours: Workload,
  other: Workload,
  { seconds, period, log }: DemoOptions,
): Promise<Record<string, DemoSample[]>> {
  const samples: Record<string, DemoSample[]> = { "prophet-autoscaler": [], "HPA-like": [] };
  const began = Date.now();
  let memory: HpaMemory = EMPTY_MEMORY;
  for (let tick = 0; ; tick++) {
    const t = (Date.now() - began) / 1000;
    if (t > seconds) return samples;
    if ((tick * SAMPLE_EVERY) % SYNC_EVERY === 0) memory = await reactiveSync(other, memory).catch(() => memory);
    const demand = (LOAD.base + LOAD.amplitude * Math.sin((2 * Math.PI * t) / period)) * LOAD.intensity;
    const [mine, theirs] = await Promise.all([look(ours, t, demand), look(other, t, demand)]);
    samples["prophet-autoscaler"]!.push(mine);
    samples["HPA-like"]!.push(theirs);
    if (tick % 6 === 0) {
      const word = (s: DemoSample) => `${s.replicas} replicas, ${s.ready} ready, ${s.measured.toFixed(3)} cores`;
      log(`${t.toFixed(0).padStart(5)} s  load ${demand.toFixed(2)}  ours: ${word(mine)}  HPA-like: ${word(theirs)}`);
    }
    await new Promise((resolve) =>
      setTimeout(resolve, Math.max(0, began + (tick + 1) * SAMPLE_EVERY * 1000 - Date.now())),
    );
  }
}

async function look(workload: Workload, t: number, demand: number): Promise<DemoSample> {
  const [{ replicas, ready }, measured] = await Promise.all([workload.scale(), workload.cpu().catch(() => Number.NaN)]);
  return { t, demand, measured, replicas, ready };
}

/** Jobs are removed after a while: the events of the CronJob remember how many there were. */
async function countRuns(node: TestNode): Promise<number> {
  const text = await node.kubectl([
    "-n",
    OURS,
    "get",
    "events",
    "--field-selector=reason=SuccessfulCreate,involvedObject.kind=CronJob",
    "-o",
    "json",
  ]);
  const { items } = JSON.parse(text) as { items: readonly { count?: number }[] };
  return items.reduce((sum, event) => sum + (event.count ?? 1), 0);
}
