/** The interface of an actuator: which number it sets, where, and with which permissions. */
import type { TargetConfig } from "../core/target.ts";
import type { Replicas } from "../core/units.ts";
import type { ScaleReading } from "../ports.ts";
import type { Check } from "./check.ts";
import type { Kubernetes } from "./kubernetes-http.ts";
import type { Hpa, ObjectReference } from "./kubernetes-objects.ts";

/** The object to read and patch, as RBAC names it. The doctor's permission checks and the chart's Role use it. */
export interface ActuatedObject {
  /** API group and plural; absent: those of the workload itself. */
  readonly kind?: { readonly group: string; readonly resource: string };
  readonly subresource?: string;
  /** Fields of the target that may name the object; the first one given counts. */
  readonly named: readonly ("hpaName" | "scaleTargetRef.name")[];
}

/** One reading. `floor`: the number that is set, where it is not the replicas themselves. */
export interface Reading extends Omit<ScaleReading, "conditions"> {
  /** The object that is set, for Events about it. */
  readonly about: ObjectReference;
}

/** An actuator. Its settings are fields of a target in the table. */
export interface Actuator {
  readonly object: ActuatedObject;
  /** Fields of a target that only this actuator reads. */
  readonly settings: readonly string[];
  /** Whether the number is the workload's own replicas. Then reading the workload gives it, and others may set it too. */
  readonly ownReplicas: boolean;
  /** Reads the number. Throws ClusterError. */
  read(api: Kubernetes, target: TargetConfig, signal?: AbortSignal): Promise<Reading>;
  /** The same from a list of the namespace's HPAs; undefined: it is not in there. Absent: no list holds it. */
  among?(target: TargetConfig, hpas: readonly Hpa[]): Reading | undefined;
  /** Sets the number only if it still is `from`. Throws ClusterError. */
  write(
    api: Kubernetes,
    target: TargetConfig,
    from: Replicas,
    to: Replicas,
    signal?: AbortSignal,
  ): Promise<"done" | "conflict">;
  /** Whether an HPA on the workload is the one that it sets, and hence not another scaler. */
  isOwn(target: TargetConfig, hpa: Hpa): boolean;
  /** The doctor's further checks beside permissions. Never throws. */
  checks(api: Kubernetes, target: TargetConfig, replicas: Replicas): Promise<readonly Check[]>;
}

/** The name of the object that is set for a target. */
export function nameIn({ named }: ActuatedObject, target: TargetConfig): string {
  const values = { hpaName: target.hpaName, "scaleTargetRef.name": target.scaleTargetRef.name };
  return named.map((field) => values[field]).find((value) => value !== undefined)!;
}
