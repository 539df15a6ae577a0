/** The job's calls in the API server's audit log: one line each, which Role allowed it, and those that the shipped Roles are for. */
import type { AuditEvent } from "../cluster/controlplane.ts";

const both = (what: string) => [`get ${what}`, `patch ${what}`];
export const STATE_CALLS = both("configmaps prophet-autoscaler-state");
export const SCALE_CALLS = both("deployments/scale stress-app");
export const FLOOR_CALLS = both("horizontalpodautoscalers stress-app");
export const WORKER_CALLS = both("statefulsets/scale worker");
/** With components/inspect: the Deployment itself, other scalers, Events. */
export const INSPECT_CALLS = ["get deployments stress-app", "list horizontalpodautoscalers *", "create events *"];
/** Of `SCALE`. With the right to read the Deployment its replicas are read there: reading /scale is for when that fails. */
export const UNUSED = "get deployments/scale stress-app";

/** Calls as "VERB RESOURCE NAME in NAMESPACE"; a list or a create names no object. */
export function callLines(calls: readonly AuditEvent[]): readonly string[] {
  return calls.map(({ verb, objectRef = {} }) => {
    const { resource, subresource, namespace, name } = objectRef;
    const named = verb === "create" || verb === "list" ? "*" : (name ?? "*");
    return `${verb} ${resource}${subresource === undefined ? "" : `/${subresource}`} ${named} in ${namespace}`;
  });
}

/** The Role that allowed a call, by the server's own word: NAMESPACE/NAME, or what else it said. */
export function roleOf({ annotations = {} }: AuditEvent): string {
  const why = annotations["authorization.k8s.io/reason"] ?? "no reason";
  const [, binding, role] = /^RBAC: allowed by RoleBinding "([^"]+)" of Role "([^"]+)"/.exec(why) ?? [];
  return binding === undefined ? why : `${binding.split("/")[1]}/${role}`;
}

/** The calls of each pod, in the order of the first; those with a token that no pod was given are under "". */
export function byPod(calls: readonly AuditEvent[]): ReadonlyMap<string, readonly AuditEvent[]> {
  return Map.groupBy(calls, ({ user }) => user.extra?.["authentication.kubernetes.io/pod-name"]?.[0] ?? "");
}
