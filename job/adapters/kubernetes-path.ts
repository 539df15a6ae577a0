/** The paths of the API: group, version, plural, namespace, name. */
import type { ScaleTargetRef } from "../core/target.ts";

/** The resource name of a kind: as given, else by the usual rule: Deployment -> deployments, Proxy -> proxies. */
export function resourceOf({ kind, resource }: Pick<ScaleTargetRef, "kind" | "resource">): string {
  if (resource !== undefined) return resource;
  const lower = kind.toLowerCase();
  if (/(s|x|z|ch|sh)$/.test(lower)) return `${lower}es`;
  if (/[^aeiou]y$/.test(lower)) return `${lower.slice(0, -1)}ies`;
  return `${lower}s`;
}

/** Path of an object, e.g. /apis/apps/v1/namespaces/shop/deployments/web. Every part is percent-encoded. */
export function objectPath(namespace: string, ref: ScaleTargetRef): string {
  return `${collectionPath(ref.apiVersion, namespace, resourceOf(ref))}/${encodeURIComponent(ref.name)}`;
}

/** Path of all objects of one resource in one namespace. */
export function collectionPath(apiVersion: string, namespace: string, plural: string): string {
  const root = apiVersion.includes("/") ? "apis" : "api";
  const version = apiVersion.split("/").map(encodeURIComponent).join("/");
  return `/${root}/${version}/namespaces/${encodeURIComponent(namespace)}/${encodeURIComponent(plural)}`;
}

/** The manager's name in managedFields of all that we write, so that people see who set the replicas. */
export const fieldManager = "prophet-autoscaler";
