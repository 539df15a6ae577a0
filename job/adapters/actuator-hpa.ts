/** The actuator that sets minReplicas of an existing HPA, which keeps the reactive part. */
import type { TargetConfig } from "../core/target.ts";
import { type Actuator, nameIn } from "./actuator.ts";
import { ClusterError } from "./errors.ts";
import { count, patchNumber } from "./kubernetes-number.ts";
import type { Hpa } from "./kubernetes-objects.ts";
import { collectionPath } from "./kubernetes-path.ts";

const object = {
  kind: { group: "autoscaling", resource: "horizontalpodautoscalers" },
  named: ["hpaName", "scaleTargetRef.name"],
} as const;

function hpaPath(target: TargetConfig): string {
  const collection = collectionPath("autoscaling/v2", target.namespace, object.kind.resource);
  return `${collection}/${encodeURIComponent(nameIn(object, target))}`;
}

export const HPA: Actuator = {
  object,
  settings: ["hpaName"],
  ownReplicas: false,
  read: async (api, target) => {
    const path = hpaPath(target);
    const hpa = (await api.send({ method: "GET", path })) as Hpa;
    const ref = hpa.spec?.scaleTargetRef;
    const { kind, name } = target.scaleTargetRef;
    if (ref?.kind !== kind || ref.name !== name) {
      const came = `it scales ${ref?.kind}/${ref?.name}, not ${kind}/${name}`;
      throw new ClusterError(`GET ${path}`, 200, "OtherTarget", came);
    }
    const floor = count(path, hpa.spec?.minReplicas ?? 1);
    return { replicas: count(path, hpa.status?.currentReplicas ?? floor), floor };
  },
  write: (api, target, from, to) => patchNumber(api, hpaPath(target), "/spec/minReplicas", from, to),
  isOwn: (target, { metadata }) => metadata?.name === nameIn(object, target),
  checks: async () => [],
};
