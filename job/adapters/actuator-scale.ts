/** The actuator that sets the replicas through the workload's /scale. */
import type { TargetConfig } from "../core/target.ts";
import type { Actuator } from "./actuator.ts";
import { count, patchNumber } from "./kubernetes-number.ts";
import type { ObjectReference, Scale } from "./kubernetes-objects.ts";
import { objectPath } from "./kubernetes-path.ts";

const KIND = "Scale";

function scalePath(target: TargetConfig): string {
  return `${objectPath(target.namespace, target.scaleTargetRef)}/scale`;
}

/** The replicas of a Scale. JSON leaves out 0 but never the spec: an answer without a spec is no Scale and has no number. */
function replicasOf(scale: Scale | null): unknown {
  const spec = scale?.spec;
  return spec === undefined || spec === null ? undefined : (spec.replicas ?? 0);
}

/** The workload of a target, for Events about it. */
export function workloadOf({ namespace, scaleTargetRef }: TargetConfig, uid: string | undefined): ObjectReference {
  const { apiVersion, kind, name } = scaleTargetRef;
  return { apiVersion, kind, name, namespace, ...(uid === undefined ? {} : { uid }) };
}

/** Sets spec.replicas through the /scale subresource of the workload. */
export const SCALE: Actuator = {
  object: { subresource: "scale", named: ["scaleTargetRef.name"] },
  settings: [],
  ownReplicas: true,
  read: async (api, target, signal) => {
    const path = scalePath(target);
    const scale = (await api.send({ method: "GET", path, kind: KIND, signal })) as Scale;
    // a Scale carries the uid of its workload
    return { replicas: count(path, replicasOf(scale)), about: workloadOf(target, scale.metadata?.uid) };
  },
  write: (api, target, from, to, signal) =>
    patchNumber(
      api,
      { path: scalePath(target), kind: KIND, field: "/spec/replicas", of: replicasOf },
      from,
      to,
      signal,
    ),
  isOwn: () => false,
  checks: async (api, target, replicas) => {
    const { writerCheck } = await import("./writer-check.ts");
    return [await writerCheck(api, target, replicas)];
  },
};
