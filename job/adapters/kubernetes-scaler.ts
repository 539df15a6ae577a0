/** Scaler over the API server: each target by its actuator; never the workload itself. */
import type { TargetConfig } from "../core/target.ts";
import type { ScaleReading, Scaler } from "../ports.ts";
import type { Reading } from "./actuator.ts";
import { actuatorOf } from "./actuators.ts";
import { conditionsReader, type Look } from "./kubernetes-conditions.ts";
import type { Kubernetes } from "./kubernetes-http.ts";
import { nameOf, ownersOf } from "./kubernetes-managers.ts";
import { count } from "./kubernetes-number.ts";
import { fieldManager, objectPath } from "./kubernetes-path.ts";

export interface ScalerOptions {
  /** Look at the workload and at HPAs beside it; what the Role does not allow stays unknown. */
  readonly inspect: boolean;
  readonly log: (level: "debug" | "warn", message: string) => void;
}

/** A Scaler; `kubernetes` is awaited at the first call. */
export function kubernetesScaler(kubernetes: () => Promise<Kubernetes>, options: ScalerOptions): Scaler {
  const inspect = conditionsReader(kubernetes, options.log);
  return {
    read: async (target) => {
      const api = await kubernetes();
      const number = () => actuatorOf(target).read(api, target);
      if (!options.inspect) return { ...(await number()), conditions: {} };
      // the workload itself tells its replicas too: one call less than reading /scale beside it
      if (actuatorOf(target).ownReplicas) return readWithWorkload(target, await inspect(target), number);
      const [reading, look] = await Promise.all([number(), inspect(target)]);
      return { ...reading, conditions: look.conditions };
    },
    otherWriter: async (target, replicas) => {
      if (!actuatorOf(target).ownReplicas) return undefined;
      try {
        const owners = await ownersOf(await kubernetes(), target, replicas);
        const others = owners.filter((owner) => owner.manager !== fieldManager).map(nameOf);
        return others.length === 0 ? undefined : others.join(", ");
      } catch (error) {
        options.log("debug", `writer not known: ${error instanceof Error ? error.message : String(error)}`);
        return undefined;
      }
    },
    scale: async (target, from, to) => actuatorOf(target).write(await kubernetes(), target, from, to),
  };
}

async function readWithWorkload(
  target: TargetConfig,
  look: Look,
  number: () => Promise<Reading>,
): Promise<ScaleReading> {
  const { conditions, replicas } = look;
  const path = objectPath(target.namespace, target.scaleTargetRef);
  return replicas === undefined ? { ...(await number()), conditions } : { replicas: count(path, replicas), conditions };
}
