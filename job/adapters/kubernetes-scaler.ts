/** Scaler over the API server: each target by its actuator; never the workload itself. */

import type { TargetConfig } from "../core/target.ts";
import type { ScaleReading, Scaler } from "../ports.ts";
import type { Reading } from "./actuator.ts";
import { workloadOf } from "./actuator-scale.ts";
import { actuatorOf } from "./actuators.ts";
import { type ConditionsReader, conditionsReader, type Inspection } from "./kubernetes-conditions.ts";
import type { Kubernetes } from "./kubernetes-http.ts";
import { nameOf, ownersOf } from "./kubernetes-managers.ts";
import { count } from "./kubernetes-number.ts";
import type { ObjectReference } from "./kubernetes-objects.ts";
import { fieldManager, objectPath } from "./kubernetes-path.ts";
import type { AdapterLog } from "./log.ts";

/** Options of a Scaler. */
export interface ScalerOptions {
  /** Whether to read the workload and other HPAs; what the Role does not allow stays unknown. */
  readonly inspect: boolean;
  readonly log: AdapterLog;
  /** Called with the object that was read for a target, for Events about it. */
  readonly read?: (target: TargetConfig, about: ObjectReference) => void;
  /** What a list of this run told of a target's workload. */
  readonly found?: (target: TargetConfig) => Inspection | undefined;
}

/** A Scaler, and the list of the HPAs of all namespaces, for who finds its targets there. */
export interface KubernetesScaler extends Scaler, Pick<ConditionsReader, "readAllHpas"> {}

/** A Scaler; `kubernetes` is awaited at the first call. */
export function kubernetesScaler(kubernetes: () => Promise<Kubernetes>, options: ScalerOptions): KubernetesScaler {
  const { inspect, log, found = () => undefined } = options;
  const conditions = conditionsReader(kubernetes, { inspect, log, found });
  return {
    readAllHpas: conditions.readAllHpas,
    read: async (target, signal) => {
      const api = await kubernetes();
      const number = () => actuatorOf(target).read(api, target, signal);
      const known = found(target) !== undefined;
      const look = inspect || known ? () => conditions.read(target, signal) : null;
      const { about, ...reading } = await readBy(look, target, number, known);
      options.read?.(target, about);
      return reading;
    },
    otherWriter: async (target, replicas, signal) => {
      if (!actuatorOf(target).ownReplicas) return undefined;
      try {
        const owners = await ownersOf(await kubernetes(), target, replicas, signal);
        const others = owners.filter((owner) => owner.manager !== fieldManager).map(nameOf);
        return others.length === 0 ? undefined : others.join(", ");
      } catch (error) {
        options.log("debug", `writer not known: ${error instanceof Error ? error.message : String(error)}`);
        return undefined;
      }
    },
    scale: async (target, from, to, signal) => actuatorOf(target).write(await kubernetes(), target, from, to, signal),
  };
}

/** The number, and the conditions where they may be read. */
async function readBy(
  inspect: (() => Promise<Inspection>) | null,
  target: TargetConfig,
  number: () => Promise<Reading>,
  found: boolean,
): Promise<Reading & ScaleReading> {
  if (inspect === null) return { ...(await number()), conditions: {} };
  if (!actuatorOf(target).ownReplicas) {
    // of what was found a list may have told the number too
    const inspection = inspect();
    const [reading, { conditions, resources }] = await Promise.all([
      found ? inspection.then(({ number: listed }) => listed ?? number()) : number(),
      inspection,
    ]);
    return { ...reading, conditions, ...(resources && { resources }) };
  }
  // the workload itself shows its replicas too: one call less than reading /scale beside it
  const { conditions, replicas, uid, resources } = await inspect();
  const seen = { conditions, ...(resources && { resources }) };
  if (replicas === undefined) return { ...(await number()), ...seen };
  const path = objectPath(target.namespace, target.scaleTargetRef);
  return { replicas: count(path, replicas), about: workloadOf(target, uid), ...seen };
}
