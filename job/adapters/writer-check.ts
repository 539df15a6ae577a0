/** The doctor's check of who else sets the replicas: a manifest that contains them resets every decision at its next sync. */

import { WRITER_ADVICE } from "../core/policy/writer.ts";
import type { TargetConfig } from "../core/target.ts";
import type { Replicas } from "../core/units.ts";
import { type Check, reasonOf } from "./check.ts";
import type { Kubernetes } from "./kubernetes-http.ts";
import { lastApplied, manifestReplicas, nameOf, type Owner, ownersOf } from "./kubernetes-managers.ts";
import { fieldManager, objectPath } from "./kubernetes-path.ts";

/** Managers of changes that a person makes once: kubectl create, edit, patch, run. */
const BY_HAND = /^kubectl-(create|edit|patch|run)$/;

/** One check of a target's replicas. It changes nothing: it asks the server for a dry run. Never throws. */
export async function writerCheck(api: Kubernetes, target: TargetConfig, replicas: Replicas): Promise<Check> {
  const check = `who else sets the replicas of ${target.name}`;
  try {
    const [owners, noted] = await Promise.all([ownersOf(api, target, replicas), manifestHoldsReplicas(api, target)]);
    const others = owners.filter(({ manager }) => manager !== fieldManager);
    const manifests = others.filter(({ manager, scale }) => !scale && !BY_HAND.test(manager));
    if (noted || manifests.length > 0) {
      const message = `${names(manifests, "kubectl apply")} set them in a manifest: each sync undoes what the job does`;
      return { check, status: "warn", message, todo: WRITER_ADVICE };
    }
    const hpa = others.some(({ manager, scale }) => scale && manager === "kube-controller-manager");
    if (hpa) {
      const todo = "remove the HPA that did, or set actuator: hpa so that the forecast sets its minReplicas";
      return { check, status: "warn", message: "an HPA was the last to set them", todo };
    }
    const last = others.length === 0 ? "no manifest holds them" : `last set by hand, by ${names(others, "")}`;
    return { check, status: "ok", message: last };
  } catch (error) {
    return { check, status: "warn", message: reasonOf(error), todo: "grant patch on its /scale; a run will show it" };
  }
}

function names(owners: readonly Owner[], none: string): string {
  return owners.length === 0 ? none : owners.map(nameOf).join(", ");
}

/**
 * Whether the noted manifest contains the replicas. After our first write the field is ours, and only that note shows it; unreadable, it is
 * not known.
 */
async function manifestHoldsReplicas(api: Kubernetes, target: TargetConfig): Promise<boolean> {
  try {
    const { namespace, scaleTargetRef: ref } = target;
    const call = { path: objectPath(namespace, ref), kind: ref.kind };
    const object = (await api.send({ method: "GET", ...call })) as {
      metadata?: { annotations?: Readonly<Record<string, string>> };
    };
    return manifestReplicas(object.metadata?.annotations?.[lastApplied]) === "present";
  } catch {
    return false;
  }
}
