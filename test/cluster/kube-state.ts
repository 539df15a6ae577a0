/** Stands in for kube-state-metrics: its series that the shipped rules ask for and the replicas that are set, made of the objects of an API server at each scrape. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { Api } from "./demo/api.ts";

interface Meta {
  readonly name: string;
  readonly namespace: string;
  readonly creationTimestamp: string;
}

export interface CronJobObject {
  readonly metadata: Meta;
  readonly spec: { readonly suspend?: boolean };
  readonly status: { readonly lastScheduleTime?: string; readonly lastSuccessfulTime?: string };
}

export interface JobObject {
  readonly metadata: Meta & { readonly annotations?: Readonly<Record<string, string>> };
  readonly status: {
    readonly startTime?: string;
    readonly failed?: number;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly lastTransitionTime: string;
    }[];
  };
}

export interface DeploymentObject {
  readonly metadata: Meta;
  readonly spec: { readonly replicas: number };
  readonly status?: { readonly readyReplicas?: number };
}

/** The reasons that it knows; a Job that failed for another has none. */
const REASONS = ["BackoffLimitExceeded", "DeadlineExceeded", "Evicted"];

/** Names, labels and values as in its docs/cronjob-metrics.md, docs/job-metrics.md and docs/deployment-metrics.md; text in the exposition format. */
export function kubeState(
  cronJobs: readonly CronJobObject[],
  jobs: readonly JobObject[],
  deployments: readonly DeploymentObject[] = [],
): string {
  const seconds = (time: string) => Date.parse(time) / 1000;
  const lines: string[] = [];
  const add = (name: string, labels: object, value: number) => {
    const text = Object.entries(labels).map(([key, label]) => `${key}=${JSON.stringify(label)}`);
    lines.push(`${name}{${text.join()}} ${value}`);
  };
  for (const { metadata, spec, status } of cronJobs) {
    const labels = { namespace: metadata.namespace, cronjob: metadata.name };
    add("kube_cronjob_created", labels, seconds(metadata.creationTimestamp));
    if (spec.suspend !== undefined) add("kube_cronjob_spec_suspend", labels, Number(spec.suspend));
    if (status.lastSuccessfulTime !== undefined)
      add("kube_cronjob_status_last_successful_time", labels, seconds(status.lastSuccessfulTime));
  }
  for (const { metadata, status } of jobs) {
    const labels = { namespace: metadata.namespace, job_name: metadata.name };
    const reason = status.conditions?.find(({ type }) => type === "Failed")?.reason;
    const failed = status.failed ?? 0;
    const known = reason !== undefined && REASONS.includes(reason);
    if (failed === 0) add("kube_job_status_failed", labels, 0);
    else if (!known) add("kube_job_status_failed", { ...labels, reason: "" }, failed);
    else for (const one of REASONS) add("kube_job_status_failed", { ...labels, reason: one }, Number(one === reason));
  }
  for (const { metadata, spec, status } of deployments) {
    const labels = { namespace: metadata.namespace, deployment: metadata.name };
    add("kube_deployment_spec_replicas", labels, spec.replicas);
    add("kube_deployment_status_replicas_ready", labels, status?.readyReplicas ?? 0);
  }
  return `${lines.join("\n")}\n`;
}

/** Serves them on loopback, at /metrics of `target` (host:port); a scrape reads the objects as they are then. */
export async function serveKubeState(api: Api): Promise<{ readonly target: string; stop(): Promise<void> }> {
  const server = createServer(async (_request, response) => {
    try {
      const [cronJobs, jobs, deployments] = await Promise.all([
        api.get<{ items: CronJobObject[] }>("/apis/batch/v1/cronjobs"),
        api.get<{ items: JobObject[] }>("/apis/batch/v1/jobs"),
        api.get<{ items: DeploymentObject[] }>("/apis/apps/v1/deployments"),
      ]);
      response.setHeader("content-type", "text/plain; version=0.0.4");
      response.end(kubeState(cronJobs.items, jobs.items, deployments.items));
    } catch {
      response.writeHead(500).end(); // the scrape fails, as that of one that is down
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    target: `127.0.0.1:${address.port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
