/** The demo's stand-in for a node: as many stress-app processes as a workload has replicas, each ready some time after its start. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { DemoPod } from "./workload.ts";

const SERVER = join(import.meta.dirname, "../../../stress-app/server.ts");

/** What a kubelet needs. */
export interface KubeletOptions {
  /** Ports of loopback, one for each process at a time; a few more than replicas, for those that still end. */
  readonly ports: readonly number[];
  /** The replicas that are wanted now. */
  readonly wanted: () => Promise<number>;
  /** A process that answers counts as ready no sooner than this many seconds after its start. */
  readonly startup: number;
}

/** A running kubelet. */
export interface Kubelet {
  /** Ports of ready processes, oldest first. */
  ready(): readonly number[];
  /** Processes that are not being ended, as pods. */
  pods(): readonly DemoPod[];
  /** Ends all processes. */
  stop(): Promise<void>;
}

interface Pod {
  readonly port: number;
  readonly child: ChildProcess;
  readonly started: number;
  /** Epoch seconds; 0: not yet. */
  ready: number;
  ending: boolean;
}

const LOOK_EVERY = 500;

/** Starts it; the first processes follow within a second. A process that dies is started again at the next look. */
export function startKubelet({ ports, wanted, startup }: KubeletOptions): Kubelet {
  const pods = new Set<Pod>();
  const alive = () => [...pods].filter((pod) => !pod.ending);
  let stopped = false;

  const start = (port: number) => {
    const args = [
      "--pdeathsig",
      "KILL",
      process.execPath,
      SERVER,
      `--port=${port}`,
      "--workers=1",
      "--drain-seconds=5",
    ];
    const child = spawn("/usr/bin/setpriv", args, { stdio: "ignore" });
    const pod: Pod = { port, child, started: Date.now() / 1000, ready: 0, ending: false };
    pods.add(pod);
    child.once("exit", () => pods.delete(pod));
  };
  const end = (pod: Pod) => {
    pod.ending = true;
    pod.child.kill("SIGTERM");
  };
  const look = async () => {
    const want = await wanted().catch(() => alive().length);
    // a look under way when stop() was called must not start anything
    if (stopped) return;
    // as the ReplicaSet does: pods that are not ready go first, then the youngest
    const extra = alive().toSorted((a, b) => Number(a.ready > 0) - Number(b.ready > 0) || b.started - a.started);
    for (const pod of extra.slice(0, Math.max(0, extra.length - want))) end(pod);
    const taken = new Set([...pods].map((pod) => pod.port));
    const free = ports.filter((port) => !taken.has(port));
    for (const port of free.slice(0, Math.max(0, want - alive().length))) start(port);
    await Promise.all(alive().map((pod) => probe(pod, startup)));
  };
  const loop = (async () => {
    while (!stopped) {
      await look();
      // as a kubelet probes: at its own pace
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    }
  })();

  return {
    ready: () => alive().flatMap((pod) => (pod.ready > 0 ? [pod.port] : [])),
    pods: () => alive().map(podOf),
    async stop() {
      stopped = true;
      await loop;
      await Promise.all(
        [...pods].map(async ({ child }) => {
          const gone = child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined;
          child.kill("SIGKILL");
          await gone;
        }),
      );
    },
  };
}

/** The readiness probe. */
async function probe(pod: Pod, startup: number): Promise<void> {
  if (pod.ready > 0 || Date.now() / 1000 < pod.started + startup) return;
  const answer = await fetch(`http://127.0.0.1:${pod.port}/healthz`, { signal: AbortSignal.timeout(1000) }).catch(
    () => undefined,
  );
  if (answer?.ok) pod.ready = Date.now() / 1000;
}

function podOf({ started, ready }: Pod): DemoPod {
  return {
    phase: ready > 0 ? "Running" : "Pending",
    startTime: started,
    ready: ready > 0 ? "True" : "False",
    lastTransitionTime: ready > 0 ? ready : started,
  };
}
