/** Three shards on a real node: the CronJob's Indexed Job decides each target once, one pod that is lost costs its own targets one minute, and nobody else anything. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { placeOf } from "../../../job/core/state/rendezvous.ts";
import { missingNode, skip } from "../../cluster/available.ts";
import { type Api, openApi } from "../../cluster/demo/api.ts";
import type { TestNode } from "../../cluster/node.ts";
import { sharedNode } from "./node.ts";
import { applyOverlay, deployment } from "./overlay.ts";

const NAMESPACE = "shop";
const SHARDS = 3;
const NAMES = Array.from({ length: 6 }, (_, i) => `web-${i}`);
/** The shard of each: all three have some. */
const shardOf = (name: string) => placeOf(`${NAMESPACE}/${name}`, SHARDS);

const CONFIG = {
  prometheus: { url: "http://prometheus.monitoring.svc:9090", timeout: 5 },
  kubernetes: { timeout: 5, detectScalers: false, events: false },
  shards: { count: SHARDS },
  report: { logFormat: "json", logLevel: "debug" },
  targets: NAMES.map((name) => ({ scaleTargetRef: { name }, targetCpu: "100m", minReplicas: 2, maxReplicas: 4 })),
};

const RULES = [
  { apiGroups: ["apps"], resources: ["deployments/scale"], resourceNames: NAMES, verbs: ["get", "patch"] },
  {
    apiGroups: [""],
    resources: ["configmaps"],
    resourceNames: ["prophet-autoscaler-state", "prophet-autoscaler-state-1", "prophet-autoscaler-state-2"],
    verbs: ["get", "patch"],
  },
];

/** A Job of the CronJob that has ended. */
interface Ended {
  readonly name: string;
  readonly failed: string;
  /** The targets that each of its pods decided, by index. */
  readonly decided: ReadonlyMap<number, readonly string[]>;
}

describe.skipIf(skip(missingNode()))("three shards", () => {
  let node: TestNode;
  let api: Api;
  const kubectl = (...args: string[]) => node.kubectl(["-n", NAMESPACE, ...args]);
  const list = async <T>(group: string, kind: string, selector = "") => {
    const path = `${group}/namespaces/${NAMESPACE}/${kind}?labelSelector=${encodeURIComponent(selector)}`;
    return (await api.get<{ items: T[] }>(path)).items;
  };

  beforeAll(async () => {
    node = await sharedNode();
    await node.kubectl(["create", "namespace", NAMESPACE]);
    await node.kubectl(["apply", "-f", "-"], NAMES.map((name) => deployment(NAMESPACE, name)).join("\n---\n"));
    await kubectl("rollout", "status", "deployment/web-0", "--timeout=120s");
    await applyOverlay(node, "sharded", { namespace: NAMESPACE, config: CONFIG, rules: RULES });
    api = await openApi(node.kubeconfig);
  });
  afterAll(async () => {
    await api?.stop();
    await node?.stop();
  });

  type Job = {
    metadata: { name: string };
    status: { failedIndexes?: string; conditions?: { type: string; status: string }[] };
  };
  type Pod = { metadata: { name: string; annotations: Record<string, string> } };
  const podsOf = (job: string, more = "") => list<Pod>("/api/v1", "pods", `batch.kubernetes.io/job-name=${job}${more}`);
  const jobs = () => list<Job>("/apis/batch/v1", "jobs");

  /** The next Job that is not among these, when it is there. */
  async function next(before: readonly string[]): Promise<string> {
    let found: string | undefined;
    const look = async () => {
      found = (await jobs()).map(({ metadata }) => metadata.name).find((name) => !before.includes(name));
      return found;
    };
    await expect.poll(look, { timeout: 150_000, interval: 200 }).toBeDefined();
    return found!;
  }

  async function ended(name: string): Promise<Ended> {
    const job = async () => (await jobs()).find(({ metadata }) => metadata.name === name)!;
    const over = async () => (await job()).status.conditions?.some(({ type }) => /^(Complete|Failed)$/.test(type));
    await expect.poll(over, { timeout: 120_000, interval: 500 }).toBe(true);
    const decided = new Map<number, readonly string[]>();
    for (const { metadata } of await podsOf(name)) {
      const log = await api.text(`/api/v1/namespaces/${NAMESPACE}/pods/${metadata.name}/log`).catch(() => "");
      const told = log.split("\n").flatMap((line) => {
        if (!line.includes('"trail"')) return [];
        return [(JSON.parse(line) as { name: string }).name];
      });
      const index = Number(metadata.annotations["batch.kubernetes.io/job-completion-index"]);
      decided.set(index, [...(decided.get(index) ?? []), ...told]);
    }
    return { name, failed: (await job()).status.failedIndexes ?? "", decided };
  }

  const expected = (index: number) => NAMES.filter((name) => shardOf(name) === index);
  const seen: string[] = [];
  async function minute(during: (name: string) => Promise<void> = async () => {}): Promise<Ended> {
    const name = await next(seen);
    seen.push(name);
    await during(name);
    return ended(name);
  }

  test("each target is decided once, by its own shard", async () => {
    for (let index = 0; index < SHARDS; index++) expect(expected(index)).not.toEqual([]);
    const { decided, failed } = await minute();
    for (let index = 0; index < SHARDS; index++) expect(decided.get(index), `${index}`).toEqual(expected(index));
    expect(failed).toBe("");
  });

  test("a lost pod costs its targets one minute, and the others nothing", async () => {
    const lost = await minute(async (name) => {
      const pods = () => podsOf(name, ",batch.kubernetes.io/job-completion-index=1");
      await expect.poll(pods, { timeout: 20_000, interval: 50 }).toHaveLength(1);
      for (const { metadata } of await pods())
        await api.remove(`/api/v1/namespaces/${NAMESPACE}/pods/${metadata.name}`);
    });
    for (const index of [0, 2]) expect(lost.decided.get(index)).toEqual(expected(index));
    expect(lost.decided.get(1) ?? []).toEqual([]);
    expect(lost.failed).toBe("1");

    const { decided, failed } = await minute();
    for (let index = 0; index < SHARDS; index++) expect(decided.get(index), `${index}`).toEqual(expected(index));
    expect(failed).toBe("");
  });

  test("all of them act, and each remembers in a ConfigMap of its own", async () => {
    type Deployment = { metadata: { name: string }; spec: { replicas: number } };
    const replicas = async () =>
      (await list<Deployment>("/apis/apps/v1", "deployments")).map(
        ({ metadata, spec }) => `${metadata.name} ${spec.replicas}`,
      );
    await expect.poll(replicas, { timeout: 300_000, interval: 2000 }).toEqual(NAMES.map((name) => `${name} 2`));
    type Map = { metadata: { name: string; annotations?: Record<string, string> } };
    const maps = await list<Map>("/api/v1", "configmaps");
    for (let index = 0; index < SHARDS; index++) {
      const name = index === 0 ? "prophet-autoscaler-state" : `prophet-autoscaler-state-${index}`;
      const text = maps.find(({ metadata }) => metadata.name === name)!.metadata.annotations!;
      const state = JSON.parse(text["prophet-autoscaler/last-forecast"]!) as { t: object };
      expect(Object.keys(state.t).sort()).toEqual(expected(index).map((target) => `${NAMESPACE}/${target}`));
    }
  });
});
