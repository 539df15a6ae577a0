/** Reads a target's conditions: rollout, pause annotation, other scalers and writers. What the Role does not allow stays unknown. */

import type { Conditions } from "../core/policy/conditions.ts";
import type { PodResources } from "../core/policy/pod-resources.ts";
import type { ScaleTargetRef, TargetConfig } from "../core/target.ts";
import type { Reading } from "./actuator.ts";
import { actuatorOf } from "./actuators.ts";
import { ClusterError } from "./errors.ts";
import { type HpaLists, hpaLists } from "./kubernetes-hpas.ts";
import type { Kubernetes } from "./kubernetes-http.ts";
import { isManifestFree, otherWriter } from "./kubernetes-managers.ts";
import type { Hpa, ManagedField, Workload } from "./kubernetes-objects.ts";
import { listAll } from "./kubernetes-pages.ts";
import { objectPath } from "./kubernetes-path.ts";
import { podResourcesOf } from "./kubernetes-resources.ts";
import type { AdapterLog } from "./log.ts";

/** Set to "true" on a workload, this annotation pauses scaling until it is removed. */
export const pauseAnnotation = "prophet-autoscaler/paused";

/** The result of reading a workload. */
export interface Inspection {
  readonly conditions: Conditions;
  /** Replicas as the workload itself has them; absent where it may not be read or where its kind may keep them elsewhere. */
  readonly replicas?: unknown;
  readonly uid?: string | undefined;
  /** Its pods' CPU requests and limits; absent where it may not be read. */
  readonly resources?: PodResources;
  /** The number that is set, where a list told it and it is another one than the workload's own replicas. */
  readonly number?: Reading;
}

/** Tools and options of a reader. */
export interface ReaderTools {
  readonly log: AdapterLog;
  /** Whether to ask for the workload and the HPAs beside it. What was found is known without asking. */
  readonly inspect: boolean;
  /** What a list told of a target's workload in this run; undefined: it was in none. */
  readonly found: (target: TargetConfig) => Inspection | undefined;
}

/** Reads what is beside the number. */
export interface ConditionsReader {
  /** Never fails: parts that it may not or cannot read are left out. */
  read(target: TargetConfig, signal?: AbortSignal): Promise<Inspection>;
  /** The HPAs of all namespaces, in one list. */
  readonly readAllHpas: HpaLists["readAll"];
}

/** A reader that never fails: parts that it may not or cannot read are left out, and what is forbidden is asked once. */
export function conditionsReader(
  kubernetes: () => Promise<Kubernetes>,
  { log, inspect, found }: ReaderTools,
): ConditionsReader {
  const forbidden = new Set<string>();
  const known = async <T>(path: string, read: (api: Kubernetes) => Promise<T>): Promise<T | undefined> => {
    if (forbidden.has(path)) return undefined;
    try {
      return await read(await kubernetes());
    } catch (error) {
      const refused = error instanceof ClusterError && error.status === 403;
      if (refused) forbidden.add(path);
      log(refused ? "debug" : "warn", `not known: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  };
  const lists = hpaLists((listing, pick) =>
    known(listing.path, async (api) => {
      const { items, error } = await listAll(api, listing, pick);
      if (error !== undefined) throw error;
      return items;
    }),
  );
  const ask = async (target: TargetConfig, signal: AbortSignal | undefined): Promise<Inspection> => {
    const path = objectPath(target.namespace, target.scaleTargetRef);
    const { kind } = target.scaleTargetRef;
    const object = await known(path, (api) => api.send({ method: "GET", path, kind, signal }));
    return object === undefined ? { conditions: {} } : inspectionOf(object as Workload | null, target.scaleTargetRef);
  };
  return {
    readAllHpas: lists.readAll,
    read: async (target, signal) => {
      const listed = found(target);
      if (!inspect) return listed ?? { conditions: {} };
      const [inspection, hpas] = await Promise.all([listed ?? ask(target, signal), lists.of(target.namespace, signal)]);
      if (hpas === undefined) return inspection;
      const conditions = { ...inspection.conditions, otherScaler: otherScaler(target, hpas) };
      // a workload that must not be asked for has an HPA that need not be
      const number = listed && actuatorOf(target).among?.(target, hpas);
      return { ...inspection, conditions, ...(number && { number }) };
    },
  };
}

/** What a workload tells of itself. */
export function inspectionOf(object: Workload | null, ref: ScaleTargetRef): Inspection {
  const workload = object ?? {};
  const { spec, metadata } = workload;
  // an answer without a spec is no workload, and says nothing of 0 replicas
  const known = spec !== undefined && keepsReplicasInSpec(ref);
  const resources = podResourcesOf(workload);
  return {
    conditions: conditionsOf(workload),
    uid: metadata?.uid,
    ...(resources && { resources }),
    ...(known ? { replicas: spec.replicas ?? 0 } : {}),
  };
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

/** Whether old pods exist beside new ones. A Deployment that is only being scaled has updated pods alone. */
function inRollout(status: Workload["status"]): boolean {
  if (status === undefined) return false;
  if ("updateRevision" in status) return status.currentRevision !== status.updateRevision;
  return (status.replicas ?? 0) > (status.updatedReplicas ?? 0);
}

/** The name of another scaler; null: there is none. */
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

/** The scaler's name. KEDA acts through a labelled HPA of its own: so the right to list HPAs is enough to find a ScaledObject and name it. */
function nameOf({ metadata }: Hpa): string {
  const scaledObject = metadata?.labels?.["scaledobject.keda.sh/name"];
  return scaledObject === undefined
    ? `HorizontalPodAutoscaler/${metadata?.name ?? "?"}`
    : `ScaledObject/${scaledObject}`;
}

/** The API group without its version: an HPA may name another version of the same kind. */
function groupOf(apiVersion: string): string {
  return apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
}
