/** A Deployment of the stress-app in one namespace: what the demo reads of it and does to it. */
import type { HpaPod } from "../../../job/replay/hpa/types.ts";
import type { InstantSample } from "../prometheus.ts";
import type { Api } from "./api.ts";

/** A pod as the HPA-like policy sees it. */
export type DemoPod = Pick<HpaPod, "phase" | "deleting" | "startTime" | "ready" | "lastTransitionTime">;

/** One workload. */
export interface DemoWorkload {
  readonly namespace: string;
  scale(): Promise<{ replicas: number; ready: number }>;
  scaleTo(replicas: number): Promise<void>;
  /** Total CPU as Prometheus has it now, cores; NaN without an answer. */
  cpu(): Promise<number>;
  pods(): Promise<readonly DemoPod[]>;
}

/** The name of the Deployment in the manifests. */
export const NAME = "stress-app";

/** Where the API lists a Deployment of the demo. */
export function deploymentPath(namespace: string): string {
  return `/apis/apps/v1/namespaces/${namespace}/deployments/${NAME}`;
}

/** Sets the replicas as a person would. */
export async function scaleTo(api: Api, namespace: string, replicas: number): Promise<void> {
  await api.patch(`${deploymentPath(namespace)}/scale`, { spec: { replicas } });
}

/** The one number of an instant query; NaN for none. */
export function numberOf(samples: readonly InstantSample[]): number {
  return samples[0] === undefined ? Number.NaN : Number(samples[0].value[1]);
}
