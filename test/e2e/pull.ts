/** An image that cannot be pulled, on the real node: two CronJobs of the manifests in a namespace of their own, and the shipped alerts over what becomes of them. */
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { type Api, openApi } from "../cluster/demo/api.ts";
import { type CronJobObject, type JobObject, serveKubeState } from "../cluster/kube-state.ts";
import type { TestNode } from "../cluster/node.ts";
import { startPrometheus } from "../cluster/prometheus.ts";

const MANIFESTS = join(import.meta.dirname, "../../manifests");
const NAMESPACE = "pull";
export const ABSENT = "test.local/absent:1";
export const PRESENT = "docker.io/library/prophet-autoscaler:0.1.0";
/** As shipped; and one whose deadline of 70 s is after the next slot, as it is for ever without `activeDeadlineSeconds`. */
export const [CRON_JOB, LONG_CRON_JOB] = ["prophet-autoscaler", "prophet-autoscaler-long"] as const;
/** Past the next slot by so much that it is seen to be blocked, and short enough for that slot to begin within its 30 s. */
export const LONG_DEADLINE = 70;

interface PodObject {
  readonly metadata: { readonly name: string };
  readonly status: { readonly containerStatuses?: readonly { readonly state: { waiting?: { reason: string } } }[] };
}

/** One Job of a CronJob. Times in epoch seconds. */
export interface Attempt {
  readonly name: string;
  readonly slot: number;
  readonly created: number;
  /** Why it failed and how many seconds after its start. */
  readonly failed: { readonly reason: string; readonly after: number } | null;
}

export interface Pull {
  cronJob(name: string): Promise<CronJobObject>;
  /** Oldest first. */
  attempts(cronJob: string): Promise<readonly Attempt[]>;
  /** What the containers of a Job's pods wait for. */
  waiting(job: string): Promise<readonly string[]>;
  /** Reasons of the Events about a CronJob. */
  events(cronJob: string): Promise<readonly string[]>;
  setImage(cronJob: string, image: string): Promise<void>;
  /** Makes the last success as old as this, seconds: the Jobs that tell otherwise are deleted, as their TTL would, and the status is set. */
  age(cronJob: string, seconds: number): Promise<void>;
  /** Names of CronJobs about which the alert fires. */
  firing(alert: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** Applies them and begins to watch; the image of the shipped one is there, that of the other is not. */
export async function openPull(node: TestNode): Promise<Pull> {
  const kubectl = (...args: string[]) => node.kubectl(["-n", NAMESPACE, ...args]);
  await apply(node);
  const api = await openApi(node.kubeconfig);
  const metrics = await serveKubeState(api);
  const prometheus = await startPrometheus({
    scrape: [{ job: "kube-state-metrics", targets: [metrics.target] }],
    interval: 5,
    rules: [join(MANIFESTS, "monitoring/rules.yaml")],
  });
  const cronJob = (name: string) => api.get<CronJobObject>(`/apis/batch/v1/namespaces/${NAMESPACE}/cronjobs/${name}`);
  return {
    cronJob,
    attempts: (name) => attempts(api, name),
    waiting: async (job) => {
      const path = `/api/v1/namespaces/${NAMESPACE}/pods?labelSelector=batch.kubernetes.io/job-name%3D${job}`;
      const { items } = await api.get<{ items: PodObject[] }>(path);
      return items.flatMap(
        ({ status }) => status.containerStatuses?.map(({ state }) => state.waiting?.reason ?? "") ?? [],
      );
    },
    events: async (name) => {
      const about = encodeURIComponent(`involvedObject.kind=CronJob,involvedObject.name=${name}`);
      const path = `/api/v1/namespaces/${NAMESPACE}/events?fieldSelector=${about}`;
      return (await api.get<{ items: { reason: string }[] }>(path)).items.map(({ reason }) => reason);
    },
    setImage: async (name, image) => {
      await kubectl("set", "image", `cronjob/${name}`, `prophet-autoscaler=${image}`);
    },
    age: async (name, seconds) => {
      for (const { name: job } of await attempts(api, name)) await kubectl("delete", "job", job);
      const lastSuccessfulTime = new Date(Date.now() - seconds * 1000).toISOString().replace(/\.\d+/, "");
      const patch = JSON.stringify({ status: { lastSuccessfulTime } });
      await kubectl("patch", "cronjob", name, "--subresource=status", "--type=merge", "-p", patch);
    },
    firing: async (alert) => {
      const found = await prometheus.query(`ALERTS{alertname="${alert}",alertstate="firing"}`);
      return found.map(({ metric }) => `${metric.namespace}/${metric.cronjob}`);
    },
    stop: async () => {
      await prometheus.stop();
      await metrics.stop();
      await api.stop();
    },
  };
}

async function apply(node: TestNode): Promise<void> {
  const folder = join(node.dir, NAMESPACE);
  await mkdir(folder);
  const overlay = { namespace: NAMESPACE, resources: [relative(folder, join(MANIFESTS, "base"))] };
  await writeFile(join(folder, "kustomization.yaml"), JSON.stringify(overlay));
  await node.kubectl(["create", "namespace", NAMESPACE]);
  await node.kubectl(["apply", "-k", folder]);
  const shipped = JSON.parse(await node.kubectl(["-n", NAMESPACE, "get", "cronjob", CRON_JOB, "-o", "json"]));
  const { template, ...job } = shipped.spec.jobTemplate.spec;
  const [container] = template.spec.containers;
  const pod = { ...template, spec: { ...template.spec, containers: [{ ...container, image: ABSENT }] } };
  const jobTemplate = { spec: { ...job, activeDeadlineSeconds: LONG_DEADLINE, template: pod } };
  const long = {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: LONG_CRON_JOB, namespace: NAMESPACE },
    spec: { ...shipped.spec, jobTemplate },
  };
  await node.kubectl(["apply", "-f", "-"], JSON.stringify(long));
}

async function attempts(api: Api, cronJob: string): Promise<readonly Attempt[]> {
  const { items } = await api.get<{ items: JobObject[] }>(`/apis/batch/v1/namespaces/${NAMESPACE}/jobs`);
  const seconds = (time: string | undefined) => Date.parse(time ?? "") / 1000;
  return items
    .filter(({ metadata }) => metadata.name.replace(/-\d+$/, "") === cronJob)
    .map(({ metadata, status }) => {
      const end = status.conditions?.find(({ type, status: is }) => type === "Failed" && is === "True");
      const after = seconds(end?.lastTransitionTime) - seconds(status.startTime);
      return {
        name: metadata.name,
        slot: seconds(metadata.annotations?.["batch.kubernetes.io/cronjob-scheduled-timestamp"]),
        created: seconds(metadata.creationTimestamp),
        failed: end === undefined ? null : { reason: end.reason ?? "", after },
      };
    })
    .sort((a, b) => a.slot - b.slot);
}
