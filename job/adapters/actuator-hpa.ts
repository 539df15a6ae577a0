/** The actuator that sets minReplicas of an existing HPA, which keeps the reactive part. */
import type { TargetConfig } from "../core/target.ts";
import { type Actuator, nameIn, type Reading } from "./actuator.ts";
import { ClusterError } from "./errors.ts";
import { count, patchNumber } from "./kubernetes-number.ts";
import type { Hpa } from "./kubernetes-objects.ts";
import { collectionPath } from "./kubernetes-path.ts";

const object = {
  kind: { group: "autoscaling", resource: "horizontalpodautoscalers" },
  named: ["hpaName", "scaleTargetRef.name"],
} as const;

const [API, KIND] = ["autoscaling/v2", "HorizontalPodAutoscaler"] as const;

function hpaPath(target: TargetConfig): string {
  const collection = collectionPath(API, target.namespace, object.kind.resource);
  return `${collection}/${encodeURIComponent(nameIn(object, target))}`;
}

function isOf({ scaleTargetRef: { kind, name } }: TargetConfig, { spec }: Hpa): boolean {
  return spec?.scaleTargetRef?.kind === kind && spec.scaleTargetRef.name === name;
}

/** The number of an HPA. Throws ClusterError where it is none, or the HPA scales another workload. */
function readingOf(target: TargetConfig, hpa: Hpa): Reading {
  const path = hpaPath(target);
  const ref = hpa.spec?.scaleTargetRef;
  const { kind, name } = target.scaleTargetRef;
  if (!isOf(target, hpa)) {
    const came = `it scales ${ref?.kind}/${ref?.name}, not ${kind}/${name}`;
    throw new ClusterError(`GET ${path}`, 200, "OtherTarget", came);
  }
  const floor = count(path, hpa.spec?.minReplicas ?? 1);
  const { uid, namespace } = { namespace: target.namespace, ...hpa.metadata };
  const about = { apiVersion: API, kind: KIND, name: nameIn(object, target), namespace };
  const replicas = count(path, hpa.status?.currentReplicas ?? floor);
  return { replicas, floor, about: uid === undefined ? about : { ...about, uid } };
}

/** Sets minReplicas of the HPA that the target's `hpaName` names. */
export const HPA: Actuator = {
  object,
  settings: ["hpaName"],
  ownReplicas: false,
  read: async (api, target, signal) => {
    const path = hpaPath(target);
    const hpa = (await api.send({ method: "GET", path, kind: KIND, signal })) as Hpa;
    return readingOf(target, hpa);
  },
  // one that scales another workload is read by itself, whose answer is the error
  among: (target, hpas) => {
    const hpa = hpas.find((one) => HPA.isOwn(target, one));
    return hpa !== undefined && isOf(target, hpa) ? readingOf(target, hpa) : undefined;
  },
  write: (api, target, from, to, signal) => {
    const of = (hpa: Hpa) => hpa.spec?.minReplicas;
    return patchNumber(api, { path: hpaPath(target), kind: KIND, field: "/spec/minReplicas", of }, from, to, signal);
  },
  isOwn: (target, { metadata }) => metadata?.name === nameIn(object, target),
  checks: async () => [],
};
