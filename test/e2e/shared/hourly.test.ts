/** Pods that live long on a real node: the CronJob of the overlay hourly starts the next one while the last still decides, and whoever claims the state scales, once. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingNode, skip } from "../../cluster/available.ts";
import { type Api, openApi } from "../../cluster/demo/api.ts";
import type { TestNode } from "../../cluster/node.ts";
import { sharedNode } from "./node.ts";
import { applyOverlay, deployment } from "./overlay.ts";

const NAMESPACE = "hourly";
const CONFIG = {
  prometheus: { url: "http://prometheus.monitoring.svc:9090", timeout: 5 },
  kubernetes: { timeout: 5, detectScalers: false, events: false },
  report: { logFormat: "json", logLevel: "debug" },
  targets: [{ scaleTargetRef: { name: "web" }, targetCpu: "100m", minReplicas: 2, maxReplicas: 4 }],
};
const RULES = [
  { apiGroups: ["apps"], resources: ["deployments/scale"], resourceNames: ["web"], verbs: ["get", "patch"] },
  { apiGroups: [""], resources: ["configmaps"], resourceNames: ["prophet-autoscaler-state"], verbs: ["get", "patch"] },
];
/** Its hour is a minute here, and a quarter of one longer than that. */
const ARGS = ["--every", "3s", "--for", "75s", "--config", "/etc/prophet-autoscaler/config.yaml"];
const CRON_JOB = [
  { op: "replace", path: "/spec/schedule", value: "* * * * *" },
  { op: "replace", path: "/spec/jobTemplate/spec/template/spec/containers/0/args", value: ARGS },
];

/** What a pod says of one of its decisions. */
interface Decision {
  /** Epoch seconds. */
  readonly now: number;
  readonly action: string;
  readonly reason: string;
  readonly from: number;
  readonly to: number;
}

describe.skipIf(skip(missingNode()))("pods that live long", () => {
  let node: TestNode;
  let api: Api;
  beforeAll(async () => {
    node = await sharedNode();
    await node.kubectl(["create", "namespace", NAMESPACE]);
    await node.kubectl(["apply", "-f", "-"], deployment(NAMESPACE, "web"));
    await applyOverlay(node, "hourly", { namespace: NAMESPACE, config: CONFIG, rules: RULES, cronJob: CRON_JOB });
    api = await openApi(node.kubeconfig);
  });
  afterAll(async () => {
    await api?.stop();
    await node?.stop();
  });

  const kubectl = (...args: string[]) => node.kubectl(["-n", NAMESPACE, ...args]);
  const path = (kind: string) => `/namespaces/${NAMESPACE}/${kind}`;
  type Pod = { metadata: { name: string; creationTimestamp: string }; status: { phase: string } };
  /** Those of the job, the oldest first. */
  const pods = async () => {
    const query = "labelSelector=batch.kubernetes.io%2Fjob-name";
    const { items } = await api.get<{ items: Pod[] }>(`/api/v1${path("pods")}?${query}`);
    return items.toSorted((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1));
  };
  const generation = async (n: number, within: number) => {
    await expect.poll(pods, { timeout: within, interval: 500 }).toHaveLength(n);
    return (await pods())[n - 1]!.metadata.name;
  };
  async function decisionsOf(pod: string): Promise<readonly Decision[]> {
    const log = await api.text(`/api/v1${path("pods")}/${pod}/log`).catch(() => "");
    return log.split("\n").flatMap((line) => (line.includes('"trail"') ? [JSON.parse(line) as Decision] : []));
  }
  const web = async () => {
    type Deployment = { metadata: { generation: number }; spec: { replicas: number } };
    const { metadata, spec } = await api.get<Deployment>(`/apis/apps/v1${path("deployments")}/web`);
    return { replicas: spec.replicas, changes: metadata.generation - 1 };
  };

  test("the next one takes over from the last: each change is made once, by one of them", async () => {
    const first = await generation(1, 90_000);
    await expect.poll(web, { timeout: 60_000, interval: 500 }).toEqual({ replicas: 2, changes: 1 });

    const second = await generation(2, 90_000);
    await kubectl("patch", "cronjob/prophet-autoscaler", "-p", '{"spec":{"suspend":true}}');
    await expect.poll(() => decisionsOf(second), { timeout: 60_000, interval: 300 }).not.toEqual([]);
    // both of them see it
    await kubectl("scale", "deployment/web", "--replicas=1");
    await expect.poll(web, { timeout: 30_000, interval: 300 }).toEqual({ replicas: 2, changes: 3 });

    const phase = async () => (await pods()).find(({ metadata }) => metadata.name === first)!.status.phase;
    await expect.poll(phase, { timeout: 60_000, interval: 500 }).toBe("Succeeded");
    const [old, young] = [await decisionsOf(first), await decisionsOf(second)];
    // they did overlap
    expect(young[0]!.now).toBeLessThan(old.at(-1)!.now);
    // and the young one goes on alone
    await kubectl("scale", "deployment/web", "--replicas=1");
    await expect.poll(web, { timeout: 30_000, interval: 300 }).toEqual({ replicas: 2, changes: 5 });
    const all = [...old, ...(await decisionsOf(second))];
    const scaled = all.filter(({ action }) => action === "scaled");
    expect(scaled.map(({ from, to }) => [from, to])).toEqual(Array(3).fill([1, 2]));
    // whoever lost a claim leaves that decision, and nothing else went wrong
    const failed = all.filter(({ action }) => action === "failed").map(({ reason }) => reason);
    expect(new Set([...failed, "StateConflict"])).toEqual(new Set(["StateConflict"]));
  });
});
