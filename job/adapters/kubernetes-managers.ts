/** Finds who set spec.replicas of an object: by its managedFields, or by a dry run where only /scale may be written. */
import type { TargetConfig } from "../core/target.ts";
import type { Replicas } from "../core/units.ts";
import { cut } from "../output/escape.ts";
import { ClusterError } from "./errors.ts";
import type { Kubernetes } from "./kubernetes-http.ts";
import type { ManagedField, Status, Workload } from "./kubernetes-objects.ts";
import { fieldManager, objectPath } from "./kubernetes-path.ts";

/** A manager that owns the replicas. `scale`: it set them through /scale, as an HPA or `kubectl scale` does, and not by a manifest. */
export interface Owner {
  readonly manager: string;
  readonly scale: boolean;
}

/** The API server's word for a manager that it does not know. After a patch of /scale without a change it knows none any more (Kubernetes 1.36). */
const UNKNOWN_MANAGER = "before-first-apply";

/** An owner in words. */
export function nameOf({ manager, scale }: Owner): string {
  return `${cut(manager, 128)}${scale ? " (scale)" : ""}`;
}

/**
 * The newest manager of spec.replicas that is not us, or undefined. A field changes its manager when another value is written: another manager
 * that is left has set the present value.
 */
export function otherWriter(fields: readonly ManagedField[]): string | undefined {
  const others = fields
    .filter((field) => field.fieldsV1?.["f:spec"]?.["f:replicas"] !== undefined)
    .filter((field) => field.manager !== undefined && field.manager !== fieldManager)
    .sort((a, b) => (a.time ?? "").localeCompare(b.time ?? ""));
  const last = others.at(-1);
  return last?.manager === undefined
    ? undefined
    : nameOf({ manager: last.manager, scale: last.subresource === "scale" });
}

/** The manifest as noted by `kubectl apply`, and by Argo CD after it. */
export const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";
/** The manager of a client-side `kubectl apply`. It still owns a field that the manifest no longer has. */
const CLIENT_SIDE = "kubectl-client-side-apply";

/**
 * Whether the object shows that no manifest sets its replicas any more:
 * - nobody owns them;
 * - we own them, by the apply that hands them over;
 * - a `kubectl apply` owns them, and its note of the manifest exists and lacks them.
 * Two jobs under our own name own them by updates, and do not count.
 */
export function isManifestFree(metadata: Workload["metadata"]): boolean {
  const fields = (metadata?.managedFields ?? []) as readonly ManagedField[];
  if (fields.length === 0) return false;
  const owners = fields.filter((field) => field.fieldsV1?.["f:spec"]?.["f:replicas"] !== undefined);
  const note = manifestReplicas(metadata?.annotations?.[lastApplied]);
  return owners.every(
    ({ manager, operation }) =>
      (manager === CLIENT_SIDE && note === "absent") || (manager === fieldManager && operation === "Apply"),
  );
}

/** Whether the last-applied annotation has spec.replicas; a missing or invalid annotation says nothing. */
export function manifestReplicas(note: string | undefined): "present" | "absent" | "unknown" {
  try {
    const manifest = JSON.parse(note ?? "") as { readonly spec?: { readonly replicas?: unknown } } | null;
    if (typeof manifest?.spec !== "object" || manifest.spec === null) return "unknown";
    return manifest.spec.replicas === undefined ? "absent" : "present";
  } catch {
    return "unknown";
  }
}

/**
 * The owners of the replicas, ourselves included, found by a server-side apply of another number as a dry run.
 * The server refuses it and names those who own the field. /scale shows no managedFields, and this needs only the right to patch it.
 * Throws ClusterError.
 */
export async function ownersOf(
  api: Kubernetes,
  target: TargetConfig,
  replicas: Replicas,
  signal?: AbortSignal,
): Promise<readonly Owner[]> {
  const { namespace, scaleTargetRef } = target;
  try {
    await api.send({
      signal,
      kind: "Scale",
      method: "PATCH",
      path: `${objectPath(namespace, scaleTargetRef)}/scale?dryRun=All&fieldManager=${fieldManager}-question`,
      contentType: "application/apply-patch+yaml",
      body: {
        apiVersion: "autoscaling/v1",
        kind: "Scale",
        metadata: { name: scaleTargetRef.name, namespace },
        spec: { replicas: replicas + 1 },
      },
    });
    return [];
  } catch (error) {
    if (!(error instanceof ClusterError) || error.status !== 409) throw error;
    const causes = (error.cause as Status["details"])?.causes;
    return (causes ?? []).flatMap(({ field, message = "" }) => {
      const manager = /^conflict with "([^"]+)"/.exec(message)?.[1];
      if (field !== ".spec.replicas" || manager === undefined || manager === UNKNOWN_MANAGER) return [];
      return [{ manager, scale: message.includes(' with subresource "scale"') }];
    });
  }
}
