/** What is good to know of a target beside its replicas: rollout, pause annotation, other scalers and writers; unknown where the Role does not allow it. */

import type { Conditions } from "../core/policy/conditions.ts";
import type { PodResources } from "../core/policy/pod-resources.ts";
import type { ScaleTargetRef, TargetConfig } from "../core/target.ts";
import { actuatorOf } from "./actuators.ts";
import { ClusterError } from "./errors.ts";
import type { Kubernetes } from "./kubernetes-http.ts";
import { isManifestFree, otherWriter } from "./kubernetes-managers.ts";
import type { Hpa, HpaList, ManagedField, Workload } from "./kubernetes-objects.ts";
import { collectionPath, objectPath } from "./kubernetes-path.ts";
import { podResourcesOf } from "./kubernetes-resources.ts";

/** Set to "true" on a workload, it stops scaling until it is removed. */
export const pauseAnnotation = "prophet-autoscaler/paused";
/** HPAs a page: with their managedFields about 1 MB. */
const PAGE_SIZE = 200;
/** 10,000 HPAs in one namespace; what comes after them is not looked at. */
const MAX_PAGES = 50;
/** How long a list of HPAs is used again: targets of one run ask once per namespace. */
const LIST_LIFETIME_MS = 10_000;

type Log = (level: "debug" | "warn", message: string) => void;

/** What one look gave. */
export interface Inspection {
  readonly conditions: Conditions;
  /** Replicas as the workload itself has them; absent where it may not be read or where its kind may keep them elsewhere. */
  readonly replicas?: unknown;
  readonly uid?: string | undefined;
  /** Of its pods; absent where it may not be read. */
  readonly resources?: PodResources;
}

/** A reader that never fails: every part it may not or cannot read is left out. */
export function conditionsReader(
  kubernetes: () => Promise<Kubernetes>,
  log: Log,
): (target: TargetConfig, signal?: AbortSignal) => Promise<Inspection> {
  const lists = new Map<string, { readonly at: number; readonly hpas: Promise<readonly Hpa[] | undefined> }>();
  const forbidden = new Set<string>();
  const get = async (path: string, signal: AbortSignal | undefined): Promise<unknown> => {
    const key = path.split("?")[0]!;
    if (forbidden.has(key)) return undefined;
    try {
      return await (await kubernetes()).send({ method: "GET", path, signal });
    } catch (error) {
      const refused = error instanceof ClusterError && error.status === 403;
      if (refused) forbidden.add(key);
      log(refused ? "debug" : "warn", `not known: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  };
  const hpasOf = (namespace: string, signal: AbortSignal | undefined) => {
    const known = lists.get(namespace);
    if (known && performance.now() - known.at < LIST_LIFETIME_MS) return known.hpas;
    const path = collectionPath("autoscaling/v2", namespace, "horizontalpodautoscalers");
    const hpas = pagesOf(path, (page) => get(page, signal));
    lists.set(namespace, { at: performance.now(), hpas });
    return hpas;
  };
  return async (target, signal) => {
    const path = objectPath(target.namespace, target.scaleTargetRef);
    const [object, hpas] = await Promise.all([get(path, signal), hpasOf(target.namespace, signal)]);
    const workload = (object ?? {}) as Workload;
    const { spec, metadata } = workload;
    const conditions = {
      ...(object === undefined ? {} : conditionsOf(workload)),
      ...(hpas === undefined ? {} : { otherScaler: otherScaler(target, hpas) }),
    };
    // an answer without a spec is no workload, and says nothing of 0 replicas
    const known = spec !== undefined && keepsReplicasInSpec(target.scaleTargetRef);
    const resources = podResourcesOf(workload);
    const pods = resources === undefined ? {} : { resources };
    return { conditions, uid: metadata?.uid, ...pods, ...(known ? { replicas: spec.replicas ?? 0 } : {}) };
  };
}

/** All HPAs of a list, page by page; undefined when one of the pages may not or could not be read. */
async function pagesOf(path: string, get: (path: string) => Promise<unknown>): Promise<readonly Hpa[] | undefined> {
  const hpas: Hpa[] = [];
  let token = "";
  for (let page = 0; page < MAX_PAGES; page++) {
    const list = (await get(`${path}?limit=${PAGE_SIZE}${token}`)) as HpaList | null | undefined;
    if (!Array.isArray(list?.items)) return undefined;
    // what is not used (status, managedFields) is not kept
    for (const item of list.items as readonly (Hpa | null)[]) {
      const { name, labels } = item?.metadata ?? {};
      hpas.push({ metadata: { name, labels }, spec: { scaleTargetRef: item?.spec?.scaleTargetRef } } as Hpa);
    }
    if (!list.metadata?.continue) return hpas;
    token = `&continue=${encodeURIComponent(list.metadata.continue)}`;
  }
  return hpas;
}

/** Kinds whose /scale is their own spec.replicas; a custom resource may map it to any field. */
function keepsReplicasInSpec({ apiVersion, kind }: ScaleTargetRef): boolean {
  return apiVersion === "apps/v1" && ["Deployment", "StatefulSet", "ReplicaSet"].includes(kind);
}

/** Conditions of a Deployment's or StatefulSet's own fields. */
export function conditionsOf({ metadata, status }: Workload): Conditions {
  const writer = otherWriter((metadata?.managedFields ?? []) as readonly ManagedField[]);
  return {
    paused: metadata?.annotations?.[pauseAnnotation] === "true",
    ...(inRollout(status) ? { rollout: true } : {}),
    ...(status?.readyReplicas === undefined ? {} : { readyReplicas: status.readyReplicas }),
    ...(writer === undefined ? {} : { otherWriter: writer }),
    ...(isManifestFree(metadata) ? { manifestFree: true } : {}),
  };
}

/** Old pods beside new ones. A Deployment that is merely being scaled has only updated pods. */
function inRollout(status: Workload["status"]): boolean {
  if (status === undefined) return false;
  if ("updateRevision" in status) return status.currentRevision !== status.updateRevision;
  return (status.replicas ?? 0) > (status.updatedReplicas ?? 0);
}

/** Name of another scaler; null: there is none. */
function otherScaler(target: TargetConfig, hpas: readonly Hpa[]): string | null {
  const { apiVersion, kind, name } = target.scaleTargetRef;
  const group = groupOf(apiVersion);
  const other = hpas.find((hpa) => {
    const ref = hpa.spec?.scaleTargetRef;
    const ours = actuatorOf(target).isOwn(target, hpa);
    return !ours && ref?.kind === kind && ref.name === name && groupOf(ref.apiVersion ?? apiVersion) === group;
  });
  return other === undefined ? null : nameOf(other);
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
