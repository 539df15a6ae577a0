/** Types of the API's objects as JSON: client-node's types with every field optional, and dates as texts. */
import type {
  CoreV1Event,
  V1ConfigMap,
  V1Deployment,
  V1ManagedFieldsEntry,
  V1ObjectMeta,
  V1ObjectReference,
  V1Scale,
  V1StatefulSet,
  V1Status,
  V2HorizontalPodAutoscaler,
} from "@kubernetes/client-node";

/** A type of client-node as JSON. */
type Wire<T> = T extends Date
  ? string
  : T extends readonly (infer I)[]
    ? readonly Wire<I>[]
    : T extends object
      ? { readonly [K in keyof T]?: Wire<T[K]> }
      : T;

/** The /scale subresource of a workload. */
export type Scale = Wire<V1Scale>;
/** What every object says of itself. */
export type ObjectMeta = Wire<V1ObjectMeta>;
/** A ConfigMap. */
export type ConfigMap = Wire<V1ConfigMap>;
/** A HorizontalPodAutoscaler of autoscaling/v2. */
export type Hpa = Wire<V2HorizontalPodAutoscaler>;
/** An Event of the core API. */
export type Event = Wire<CoreV1Event>;
/** The object that an Event is about. */
export type ObjectReference = Wire<V1ObjectReference>;
/** A workload; also a custom resource with the same fields. */
export type Workload = Wire<V1Deployment | V1StatefulSet>;
/** Why a call was refused, or how it ended. */
export type Status = Wire<V1Status>;
/** An entry of managedFields, whose `fieldsV1` client-node leaves untyped. */
export type ManagedField = Wire<Omit<V1ManagedFieldsEntry, "fieldsV1">> & {
  readonly fieldsV1?: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
};
