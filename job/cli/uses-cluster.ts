/** Whether a run has a cluster. The run decides by it, and what tells of flags without effect asks the same. */
import type { Environment } from "../config/environment.ts";
import type { Flags } from "./io.ts";

/** Variables that name a cluster. */
const CLUSTER_VARIABLES = [
  "KUBECONFIG",
  "PROPHET_AUTOSCALER_KUBERNETES_KUBECONFIG",
  "PROPHET_AUTOSCALER_KUBERNETES_CONTEXT",
  "KUBERNETES_SERVICE_HOST",
];

/** Whether a run reads replicas from a cluster. With a history file it does so only where one is named: a trial must not change replicas. */
export function usesCluster(flags: Flags, env: Environment): boolean {
  if (flags.replicas !== undefined) return false;
  const isNamed =
    flags.kubeconfig !== undefined || flags.context !== undefined || CLUSTER_VARIABLES.some((name) => env[name]);
  const hasWorkload = flags.deployment !== undefined || flags.config !== undefined;
  return flags["history-file"] === undefined || (isNamed && hasWorkload);
}
