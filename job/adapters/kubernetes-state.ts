/** StateStore in an annotation of a ConfigMap; the claim is a write that names the version that was read. */
import type { StateSettings } from "../config/types.ts";
import { decode, EMPTY_STATE, encode } from "../core/state/codec.ts";
import type { StateReading, StateSize, StateStore } from "../ports.ts";
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
  let size: StateSize | null = null;
  return {
    read: async (signal) => {
      try {
        const map = (await (await kubernetes()).send({ method: "GET", path, signal })) as ConfigMap;
        const version = versionOf(`GET ${path}`, map);
        const text: unknown = map.metadata?.annotations?.[stateAnnotation];
        if (text !== undefined && typeof text !== "string")
          throw new ClusterError(`GET ${path}`, 200, "Malformed", `the annotation ${stateAnnotation} is no text`);
        return { ...readState(text), version };
      } catch (error) {
        if (!(error instanceof ClusterError) || error.status !== 404) throw error;
        const warning = `ConfigMap ${namespace}/${name} is missing: past recommendations are forgotten`;
        return { state: EMPTY_STATE, version: null, warning };
      }
    },
    claim: async (state, version, signal) => {
      const text = encode(state);
      const bytes = new TextEncoder().encode(text).length;
      if (bytes > largestState) {
        const limit = `${bytes} bytes of state, ${largestState} fit an annotation: use fewer targets a job`;
        throw new ClusterError(`PATCH ${path}`, undefined, "", limit);
      }
      const api = await kubernetes();
      written = await (version === null
        ? create(api, collection, name, text, signal)
        : patch(api, path, version, text, signal));
      size = { bytes, limit: largestState };
      return written === null ? "lost" : "claimed";
    },
    written: () => written,
    size: () => size,
  };
}

/** State of a stored text; what is not there or not readable is no memory at all, and in the second case a warning. */
export function readState(text: string | undefined): Omit<StateReading, "version"> {
  if (text === undefined || text === "") return { state: EMPTY_STATE };
  const decoded = decode(text);
  return decoded.ok ? { state: decoded.value } : { state: EMPTY_STATE, warning: decoded.error };
}

/** The version that a claim must name. Without one, nothing would keep two runs apart. */
function versionOf(asked: string, { metadata }: ConfigMap): string {
  const version = metadata?.resourceVersion;
  if (typeof version === "string" && version !== "") return version;
  throw new ClusterError(asked, 200, "Malformed", "the ConfigMap has no resourceVersion");
}

/** The version that was made, if the answer holds what was written. A server that says yes and stores something else has not remembered it. */
function storedVersion(asked: string, map: ConfigMap, text: string): string {
  if (map.metadata?.annotations?.[stateAnnotation] !== text) {
    const came = "it answers without the state that was written: an admission webhook may have removed it";
    throw new ClusterError(asked, 200, "NotChanged", came);
  }
  return versionOf(asked, map);
}

/** The version that the write made; null when another run was first. */
async function patch(
  api: Kubernetes,
  path: string,
  resourceVersion: string,
  text: string,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  try {
    const map = (await api.send({
      signal,
      method: "PATCH",
      path: `${path}?fieldManager=${fieldManager}`,
      contentType: "application/merge-patch+json",
      body: { metadata: { resourceVersion, annotations: { [stateAnnotation]: text } } },
    })) as ConfigMap;
    return storedVersion(`PATCH ${path}`, map, text);
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    // deleted since it was read, so the version that was read is gone as well
    if (error.status === 404) return null;
    if (error.status !== 409 && !error.uncertain) throw error;
    const now = (await api.send({ method: "GET", path, signal }).catch(() => ({}))) as ConfigMap;
    // ours, whose answer was lost: nobody else writes this text
    if (now.metadata?.annotations?.[stateAnnotation] === text) return versionOf(`GET ${path}`, now);
    // nobody wrote since: it was not another run that was faster
    if (now.metadata?.resourceVersion === resourceVersion || error.status !== 409) throw error;
    return null;
  }
}

async function create(
  api: Kubernetes,
  collection: string,
  name: string,
  text: string,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  try {
    const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name, annotations: { [stateAnnotation]: text } } };
    const path = `${collection}?fieldManager=${fieldManager}`;
    return storedVersion(
      `POST ${collection}`,
      (await api.send({ method: "POST", path, body, signal })) as ConfigMap,
      text,
    );
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    if (error.status === 409) return null;
    if (error.status === 200) throw error;
    const hint = `ConfigMap ${name} is missing and could not be created; apply the manifests again (${error.message})`;
    throw new ClusterError(`POST ${collection}`, error.status, error.reason, hint, error);
  }
}
