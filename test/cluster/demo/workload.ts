/** A Deployment of the stress-app on the node under test: what the demo reads of it and does to it. */
import type { TestNode } from "../node.ts";

/** One workload in one namespace. */
export interface Workload {
  readonly namespace: string;
  /** Base URL of its Service from this machine. */
  readonly url: string;
  scale(): Promise<{ replicas: number; ready: number }>;
  scaleTo(replicas: number): Promise<void>;
  /** Total CPU as Prometheus has it now, cores; NaN without an answer. */
  cpu(): Promise<number>;
  /** Its pods as the API server lists them. */
  pods<T>(): Promise<readonly T[]>;
}

/** Deploys nothing: waits for `deployment/stress-app` of the namespace and opens a way to its Service. */
export async function openWorkload(node: TestNode, namespace: string): Promise<Workload> {
  const kubectl = (...args: string[]) => node.kubectl(["-n", namespace, ...args]);
  await kubectl("rollout", "status", "deployment/stress-app", "--timeout=120s");
  const address = await kubectl("get", "service", "stress-app", "-o", "jsonpath={.spec.clusterIP}");
  const url = await node.forward(`${address}:80`);
  return {
    namespace,
    url,
    async scale() {
      const text = await kubectl(
        "get",
        "deployment",
        "stress-app",
        "-o",
        "jsonpath={.spec.replicas} {.status.readyReplicas}",
      );
      const [replicas, ready] = text.split(" ");
      return { replicas: Number(replicas), ready: Number(ready || 0) };
    },
    async scaleTo(replicas) {
      await kubectl("scale", "deployment/stress-app", `--replicas=${replicas}`);
    },
    async cpu() {
      const query = `sum(rate(container_cpu_usage_seconds_total{namespace="${namespace}",pod=~"stress-app-.*",container!="",container!="POD"}[1m]))`;
      const [sample] = await node.promql(query);
      return sample === undefined ? Number.NaN : Number(sample.value[1]);
    },
    async pods<T>() {
      const text = await kubectl("get", "pods", "-l", "app.kubernetes.io/name=stress-app", "-o", "json");
      return (JSON.parse(text) as { items: readonly T[] }).items;
    },
  };
}
