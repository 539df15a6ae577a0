/** StateStore in an annotation of a ConfigMap; the claim is a write that names the version that was read. */
import type { StateSettings } from "../config/types.ts";
import { decode, EMPTY_STATE, encode } from "../core/state/codec.ts";
import type { StateReading, StateStore } from "../ports.ts";
import { ClusterError } from "./errors.ts";
import type { Kubernetes } from "./kubernetes-http.ts";
import type { ConfigMap } from "./kubernetes-objects.ts";
import { collectionPath, fieldManager } from "./kubernetes-path.ts";

/** The annotation that holds the state. */
export const stateAnnotation = "prophet-autoscaler/last-forecast";
/** Kubernetes allows all annotations of an object together 256 KiB; the rest is for other people's. */
const largestState = 240 * 1024;

/**
 * State in the ConfigMap of the settings. When it is missing the state is empty and a claim tries to create it, which
 * the minimal Role refuses: then nothing is written at all, and the error says what to apply.
 */
export function kubernetesState(kubernetes: () => Promise<Kubernetes>, settings: StateSettings): StateStore {
  const { namespace, name } = settings.configMap;
  const collection = collectionPath("v1", namespace, "configmaps");
  const path = `${collection}/${encodeURIComponent(name)}`;
  let written: string | null = null;
  return {
    read: async () => {
      try {
        const { metadata } = (await (await kubernetes()).send({ method: "GET", path })) as ConfigMap;
        return { ...readState(metadata?.annotations?.[stateAnnotation]), version: metadata?.resourceVersion ?? null };
      } catch (error) {
        if (!(error instanceof ClusterError) || error.status !== 404) throw error;
        const warning = `ConfigMap ${namespace}/${name} is missing: past recommendations are forgotten`;
        return { state: EMPTY_STATE, version: null, warning };
      }
    },
    claim: async (state, version) => {
      const text = encode(state);
      const bytes = new TextEncoder().encode(text).length;
      if (bytes > largestState) {
        const limit = `${bytes} bytes of state, ${largestState} fit an annotation: use fewer targets a job`;
        throw new ClusterError(`PATCH ${path}`, undefined, "", limit);
      }
      const annotations = { [stateAnnotation]: text };
      const api = await kubernetes();
      const made =
        version === null
          ? await create(api, collection, name, annotations)
          : await patch(api, path, version, annotations);
      written = made?.metadata?.resourceVersion ?? null;
      return made === null ? "lost" : "claimed";
    },
    written: () => written,
  };
}

/** State of a stored text; what is not there or not readable is no memory at all, and in the second case a warning. */
export function readState(text: string | undefined): Omit<StateReading, "version"> {
  if (text === undefined || text === "") return { state: EMPTY_STATE };
  const decoded = decode(text);
  return decoded.ok ? { state: decoded.value } : { state: EMPTY_STATE, warning: decoded.error };
}

/** The ConfigMap as written, or null when another run was first. */
async function patch(
  api: Kubernetes,
  path: string,
  resourceVersion: string,
  annotations: Readonly<Record<string, string>>,
): Promise<ConfigMap | null> {
  try {
    return (await api.send({
      method: "PATCH",
      path: `${path}?fieldManager=${fieldManager}`,
      contentType: "application/merge-patch+json",
      body: { metadata: { resourceVersion, annotations } },
    })) as ConfigMap;
  } catch (error) {
    // 404: deleted since it was read, so the version that was read is gone as well
    if (error instanceof ClusterError && (error.status === 409 || error.status === 404)) return null;
    throw error;
  }
}

async function create(
  api: Kubernetes,
  collection: string,
  name: string,
  annotations: Readonly<Record<string, string>>,
): Promise<ConfigMap | null> {
  try {
    const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name, annotations } };
    return (await api.send({
      method: "POST",
      path: `${collection}?fieldManager=${fieldManager}`,
      body,
    })) as ConfigMap;
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    if (error.status === 409) return null;
    const hint = `ConfigMap ${name} is missing and could not be created; apply the manifests again (${error.message})`;
    throw new ClusterError(`POST ${collection}`, error.status, error.reason, hint, error);
  }
}
