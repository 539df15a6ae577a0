/** What is good to know of a target beside its replicas: rollout, pause annotation, other scalers and writers; unknown where the Role does not allow it. */
import type { Conditions } from "../core/policy/conditions.ts";
import type { ScaleTargetRef, TargetConfig } from "../core/target.ts";
import { actuatorOf } from "./actuators.ts";
import { ClusterError } from "./errors.ts";
import type { Hpa } from "./hpa.ts";
import type { Kubernetes } from "./kubernetes-http.ts";
import { type ManagedField, otherWriter } from "./kubernetes-managers.ts";
import { collectionPath, objectPath } from "./kubernetes-path.ts";

/** Set to "true" on a workload, it stops scaling until it is removed. */
export const pauseAnnotation = "prophet-autoscaler/paused";
/** How long a list of HPAs is used again: targets of one run ask once per namespace. */
const listLife = 10_000;

interface Workload {
  readonly metadata?: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly managedFields?: readonly ManagedField[];
  };
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
  };
}

type Log = (level: "debug" | "warn", message: string) => void;

/** What one look gave. */
export interface Look {
  readonly conditions: Conditions;
  /** Replicas as the workload itself has them; absent where it may not be read or where its kind may keep them elsewhere. */
  readonly replicas?: unknown;
}

/** A reader that never fails: every part it may not or cannot read is left out. */
export function conditionsReader(
  kubernetes: () => Promise<Kubernetes>,
  log: Log,
): (target: TargetConfig) => Promise<Look> {
  const lists = new Map<string, { readonly at: number; readonly hpas: Promise<readonly Hpa[] | undefined> }>();
  const forbidden = new Set<string>();
  const get = async (path: string): Promise<unknown> => {
    if (forbidden.has(path)) return undefined;
    try {
      return await (await kubernetes()).send({ method: "GET", path });
    } catch (error) {
      const refused = error instanceof ClusterError && error.status === 403;
      if (refused) forbidden.add(path);
      log(refused ? "debug" : "warn", `not known: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  };
  const hpasOf = (namespace: string) => {
    const known = lists.get(namespace);
    if (known && performance.now() - known.at < listLife) return known.hpas;
    const path = collectionPath("autoscaling/v2", namespace, "horizontalpodautoscalers");
    const hpas = get(path).then((list) => (list as { items?: readonly Hpa[] } | undefined)?.items);
    lists.set(namespace, { at: performance.now(), hpas });
    return hpas;
  };
  return async (target) => {
    const path = objectPath(target.namespace, target.scaleTargetRef);
    const [object, hpas] = await Promise.all([get(path), hpasOf(target.namespace)]);
    const workload = (object ?? {}) as Workload;
    const conditions = { ...conditionsOf(workload), ...otherScaler(target, hpas ?? []) };
    const known = object !== undefined && keepsReplicasInSpec(target.scaleTargetRef);
    return { conditions, ...(known ? { replicas: workload.spec?.replicas ?? 0 } : {}) };
  };
}

/** Kinds whose /scale is their own spec.replicas; a custom resource may map it to any field. */
function keepsReplicasInSpec({ apiVersion, kind }: ScaleTargetRef): boolean {
  return apiVersion === "apps/v1" && ["Deployment", "StatefulSet", "ReplicaSet"].includes(kind);
}

/** Conditions of a Deployment's or StatefulSet's own fields. */
export function conditionsOf({ metadata, status }: Workload): Conditions {
  const writer = otherWriter(metadata?.managedFields ?? []);
  return {
    ...(metadata?.annotations?.[pauseAnnotation] === "true" ? { paused: true } : {}),
    ...(inRollout(status) ? { rollout: true } : {}),
    ...(status?.readyReplicas === undefined ? {} : { readyReplicas: status.readyReplicas }),
    ...(writer === undefined ? {} : { otherWriter: writer }),
  };
}

/** Old pods beside new ones. A Deployment that is merely being scaled has only updated pods. */
function inRollout(status: Workload["status"]): boolean {
  if (status === undefined) return false;
  if (status.updateRevision !== undefined) return status.currentRevision !== status.updateRevision;
  return (status.replicas ?? 0) > (status.updatedReplicas ?? 0);
}

function otherScaler(target: TargetConfig, hpas: readonly Hpa[]): Conditions {
  const { apiVersion, kind, name } = target.scaleTargetRef;
  const group = groupOf(apiVersion);
  const other = hpas.find((hpa) => {
    const ref = hpa.spec?.scaleTargetRef;
    const ours = actuatorOf(target).isOwn(target, hpa);
    return !ours && ref?.kind === kind && ref.name === name && groupOf(ref.apiVersion ?? apiVersion) === group;
  });
  return other === undefined ? {} : { otherScaler: nameOf(other) };
}

/** KEDA acts through an HPA of its own, which it labels: so a ScaledObject is seen with the right to list HPAs alone, and named by what its owner knows. */
function nameOf({ metadata }: Hpa): string {
  const scaledObject = metadata?.labels?.["scaledobject.keda.sh/name"];
  return scaledObject === undefined
    ? `HorizontalPodAutoscaler/${metadata?.name ?? "?"}`
    : `ScaledObject/${scaledObject}`;
}

/** The group without its version: an HPA may name another version of the same kind. */
function groupOf(apiVersion: string): string {
  return apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
}
