/** Two metrics on a real node: real pods are scaled by the requests that they count while their CPU is low, and by their CPU when that is the larger need. */
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Outcome } from "../../../job/ports.ts";
import { missingNode, skip } from "../../cluster/available.ts";
import type { TestNode } from "../../cluster/node.ts";
import { sharedNode } from "./node.ts";

const BASE = join(import.meta.dirname, "../../../manifests/base");
const NAMESPACE = "two-metrics";

/** One pod should carry 100m of CPU, half its limit, or 10 requests a second, of which it could answer hundreds. */
const CONFIG = `
prometheus: { url: "http://prometheus.monitoring.svc:9090", timeout: 5 }
kubernetes: { timeout: 5, detectScalers: false, events: false }
state: { configMap: { name: prophet-autoscaler-state } }
report: { logFormat: json, logLevel: debug }
targets:
  - scaleTargetRef: { name: stress-app }
    targetCpu: 100m
    podCpuLimit: 200m
    maxReplicas: 6
    metrics:
      - name: requests
        unit: requests/s
        query: sum(rate(http_request_duration_seconds_count{namespace="$namespace",pod=~"$pods",route="/healthz"}[1m]))
        averageValue: 10
`;

/** Requests to a URL at a rate, answered or not, until it is stopped. What a late timer has missed is sent after: the rate is kept. */
function traffic(url: string, perSecond: number): { stop(): void } {
  const began = performance.now();
  let sent = 0;
  // a rate is requests in time
  const timer = setInterval(() => {
    for (const due = ((performance.now() - began) / 1000) * perSecond; sent < due; sent++) {
      fetch(url, { signal: AbortSignal.timeout(5000) }).then(
        (answer) => answer.arrayBuffer(),
        () => undefined,
      );
    }
  }, 1000 / perSecond);
  return { stop: () => clearInterval(timer) };
}

describe.skipIf(skip(missingNode()))("a target with two metrics", () => {
  let node: TestNode;
  let url = "";
  const kubectl = (...args: string[]) => node.kubectl(["-n", NAMESPACE, ...args]);
  const replicas = async () => Number(await kubectl("get", "deployment/stress-app", "-o", "jsonpath={.spec.replicas}"));

  beforeAll(async () => {
    node = await sharedNode();
    await node.kubectl(["create", "namespace", NAMESPACE]);
    await apply();
    await suspend(true);
    await kubectl("rollout", "status", "deployment/stress-app", "--timeout=120s");
    const ip = await kubectl("get", "service", "stress-app", "-o", "jsonpath={.spec.clusterIP}");
    url = await node.forward(`${ip}:80`);
  });
  afterAll(() => node?.stop());

  /** The manifests' base with the two metrics in its settings. */
  async function apply(): Promise<void> {
    const folder = join(node.dir, "two-metrics");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "config.yaml"), CONFIG);
    const generator = `[{ name: prophet-autoscaler, behavior: replace, files: [config.yaml], options: { disableNameSuffixHash: true } }]`;
    const text = `namespace: ${NAMESPACE}\nresources: [${relative(folder, BASE)}]\nconfigMapGenerator: ${generator}\n`;
    await writeFile(join(folder, "kustomization.yaml"), text);
    await node.kubectl(["apply", "-k", folder]);
  }

  const suspend = (value: boolean) =>
    kubectl("patch", "cronjob/prophet-autoscaler", "-p", JSON.stringify({ spec: { suspend: value } }));

  /** The outcomes that the CronJob's runs have told so far, oldest first. */
  async function decisions(): Promise<readonly Pick<Outcome, "action" | "to" | "reason" | "metrics">[]> {
    const pods = await kubectl("get", "pods", "-l", "app.kubernetes.io/name=prophet-autoscaler", "-o", "name");
    const logs = await Promise.all(
      pods
        .split("\n")
        .filter(Boolean)
        .map((pod) => kubectl("logs", pod).catch(() => "")),
    );
    return logs.flatMap((log) =>
      log.split("\n").flatMap((line) => {
        if (!line.includes('"trail"')) return [];
        return [JSON.parse(line) as Pick<Outcome, "action" | "to" | "reason" | "metrics">];
      }),
    );
  }

  test("is scaled out by its requests while its CPU needs one pod", async () => {
    const load = traffic(`${url}/healthz`, 40);
    try {
      // a run in the first minute would see them rise, and the pod start: it takes the mean of its last steps
      const rate = `sum(rate(http_request_duration_seconds_count{namespace="${NAMESPACE}",route="/healthz"}[1m]))`;
      const mean = async () => Number((await node.promql(`avg_over_time(${rate}[1m:15s])`))[0]?.value[1] ?? 0);
      await expect.poll(mean, { timeout: 180_000, interval: 2000 }).toBeGreaterThan(30);
      await suspend(false);
      // 40 requests a second of 10 a pod are four pods
      await expect.poll(replicas, { timeout: 300_000, interval: 2000 }).toBeGreaterThanOrEqual(4);
    } finally {
      load.stop();
    }
    const told = await decisions();
    const out = told.find(({ metrics }) => metrics?.some(({ name, replicas: n }) => name === "requests" && n >= 4))!;
    const [cpu, requests] = out.metrics as [Outcome["metrics"][number], Outcome["metrics"][number]];
    expect(cpu).toMatchObject({ name: "cpu", unit: "cores" });
    expect(requests).toMatchObject({ name: "requests", unit: "requests/s" });
    expect(requests.demand).toBeGreaterThan(25);
    // measured by cadvisor, not made up: idle pods burn a little, and far less than one pod should carry
    if (cpu.demand !== null) expect(cpu.demand).toBeLessThan(0.1);
    expect(cpu.replicas).toBeLessThanOrEqual(1);
    const cores = await node.promql(
      `sum(rate(container_cpu_usage_seconds_total{namespace="${NAMESPACE}",container="stress-app"}[1m]))`,
    );
    expect(Number(cores[0]?.value[1])).toBeLessThan(0.1);
  });

  test("the memory holds both metrics by name", async () => {
    const map = JSON.parse(await kubectl("get", "configmap", "prophet-autoscaler-state", "-o", "json")) as {
      metadata: { annotations: Record<string, string> };
    };
    const state = JSON.parse(map.metadata.annotations["prophet-autoscaler/last-forecast"]!) as {
      t: Record<string, { g?: number; x?: Record<string, { g?: number }> }>;
    };
    expect(state.t[`${NAMESPACE}/stress-app`]?.x?.requests?.g).toBeGreaterThan(0);
  });
});
