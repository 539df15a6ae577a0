/** Objects of the API as they come over the wire: client-node's types, every field possibly absent, dates as the texts that they are. */
import type {
  CoreV1Event,
  V1ConfigMap,
  V1Deployment,
  V1ManagedFieldsEntry,
  V1ObjectReference,
  V1Scale,
  V1StatefulSet,
  V1Status,
  V2HorizontalPodAutoscaler,
  V2HorizontalPodAutoscalerList,
} from "@kubernetes/client-node";

/** A type of client-node as JSON. */
type Wire<T> = T extends Date
  ? string
  : T extends readonly (infer I)[]
    ? readonly Wire<I>[]
    : T extends object
      ? { readonly [K in keyof T]?: Wire<T[K]> }
      : T;

export type Scale = Wire<V1Scale>;
export type ConfigMap = Wire<V1ConfigMap>;
export type Hpa = Wire<V2HorizontalPodAutoscaler>;
/** A page of them; client-node calls the token of the next one `_continue`. */
export type HpaList = Wire<Omit<V2HorizontalPodAutoscalerList, "metadata">> & {
  readonly metadata?: { readonly continue?: string };
};
export type Event = Wire<CoreV1Event>;
/** What an Event is about. */
export type ObjectReference = Wire<V1ObjectReference>;
/** Also of a custom resource that has the same fields. */
export type Workload = Wire<V1Deployment | V1StatefulSet>;
/** Why a call was refused, or how it ended. */
export type Status = Wire<V1Status>;
/** An entry of managedFields, of which client-node leaves the fields open. */
export type ManagedField = Wire<Omit<V1ManagedFieldsEntry, "fieldsV1">> & {
  readonly fieldsV1?: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
};
