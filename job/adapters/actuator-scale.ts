/** The actuator that sets the replicas through the workload's /scale. */
import type { TargetConfig } from "../core/target.ts";
import type { Actuator } from "./actuator.ts";
import { count, patchNumber } from "./kubernetes-number.ts";
import type { Scale } from "./kubernetes-objects.ts";
import { objectPath } from "./kubernetes-path.ts";

function scalePath(target: TargetConfig): string {
  return `${objectPath(target.namespace, target.scaleTargetRef)}/scale`;
}

export const SCALE: Actuator = {
  object: { subresource: "scale", named: ["scaleTargetRef.name"] },
  settings: [],
  ownReplicas: true,
  read: async (api, target) => {
    const path = scalePath(target);
    const scale = (await api.send({ method: "GET", path })) as Scale;
    // 0 is left out of the JSON
    return { replicas: count(path, scale.spec?.replicas ?? 0) };
  },
  write: (api, target, from, to) => patchNumber(api, scalePath(target), "/spec/replicas", from, to),
  isOwn: () => false,
  checks: async (api, target, replicas) => {
    const { writerCheck } = await import("./writer-check.ts");
    return [await writerCheck(api, target, replicas)];
  },
};
