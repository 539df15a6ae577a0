/** Stores a state in an annotation of one ConfigMap. A claim is a write that names the version that was read. */

import { EMPTY_STATE } from "../core/state/codec.ts";
import type { JobState } from "../core/state/types.ts";
import { pluralize } from "../core/units.ts";
import { ownTurn } from "../in-parallel.ts";
import type { StateReading, StateSize } from "../ports.ts";
import { ClusterError } from "./errors.ts";
import type { Kubernetes } from "./kubernetes-http.ts";
import type { ConfigMap } from "./kubernetes-objects.ts";
import { collectionPath, fieldManager } from "./kubernetes-path.ts";
import { leftOut, MAX_WRITTEN, readState, stateText } from "./state-text.ts";

/** The annotation that holds the state. */
export const stateAnnotation = "prophet-autoscaler/last-forecast";
/** The annotation with the number of ConfigMaps when this one was written; absent: it was the only one. */
export const countAnnotation = "prophet-autoscaler/state-count";

const KIND = "ConfigMap";
/** Characters of a state that is read as soon as it is there: those of 100 targets. */
const MAX_TEXT_IN_PASSING = 10_000;

/** The content of one ConfigMap. */
export interface ObjectReading extends StateReading {
  /** The number of ConfigMaps when it was written. */
  readonly count: number;
}

/** One ConfigMap of a state. */
export interface StateObject {
  /** namespace/name, for messages. */
  readonly name: string;
  read(signal?: AbortSignal): Promise<ObjectReading>;
  /** As in StateStore; `count` is written beside the state, where given. */
  claim(state: JobState, version: string | null, signal?: AbortSignal, count?: number): Promise<"claimed" | "lost">;
  written(): string | null;
  /** The size that the last claim wrote. */
  size(): StateSize | null;
  /** The targets that do not fit; those that were read last take precedence over new ones. */
  leftOut(state: JobState): readonly string[];
}

/**
 * The state in one ConfigMap. Where the ConfigMap is missing the state is empty, and a claim tries to create it.
 * The minimal Role refuses that. Then nothing is written at all, and the error says what to apply.
 */
export function stateObject(kubernetes: () => Promise<Kubernetes>, namespace: string, name: string): StateObject {
  const collection = collectionPath("v1", namespace, "configmaps");
  const path = `${collection}/${encodeURIComponent(name)}`;
  let written: string | null = null;
  let before: JobState | undefined;
  let size: StateSize | null = null;
  return {
    name: `${namespace}/${name}`,
    read: async (signal) => {
      try {
        const map = (await (await kubernetes()).send({ method: "GET", path, kind: KIND, signal })) as ConfigMap;
        const version = versionOf(`GET ${path}`, map);
        const text: unknown = map.metadata?.annotations?.[stateAnnotation];
        if (text !== undefined && typeof text !== "string")
          throw new ClusterError(`GET ${path}`, 200, "Malformed", `the annotation ${stateAnnotation} is not a text`);
        const count = Number(map.metadata?.annotations?.[countAnnotation] ?? 1);
        // ten objects may arrive together, and each takes 10 to 20 ms
        if (text !== undefined && text.length > MAX_TEXT_IN_PASSING) await ownTurn();
        const reading = readState(text);
        before = reading.state;
        return { ...reading, version, count };
      } catch (error) {
        if (!(error instanceof ClusterError) || error.status !== 404) throw error;
        const warning = `ConfigMap ${namespace}/${name} is missing: past recommendations are lost`;
        return { state: EMPTY_STATE, version: null, warning, count: 1 };
      }
    },
    claim: async (state, version, signal, count) => {
      const { text, leftOut: lost } = stateText(state);
      if (lost.length > 0) {
        const why = `${pluralize(lost.length, "target does", "targets do")} not fit, among them ${lost[0]}: raise state.configMap.count`;
        throw new ClusterError(`PATCH ${path}`, undefined, "", why);
      }
      const annotations = {
        [stateAnnotation]: text,
        ...(count === undefined ? {} : { [countAnnotation]: `${count}` }),
      };
      const api = await kubernetes();
      written = await (version === null
        ? create(api, collection, name, annotations, signal)
        : patch(api, path, version, annotations, signal));
      size = { bytes: text.length, limit: MAX_WRITTEN };
      return written === null ? "lost" : "claimed";
    },
    written: () => written,
    size: () => size,
    leftOut: (state) => leftOut(state, before),
  };
}

/** The version that a claim must name. Without one, nothing would keep two runs apart. */
function versionOf(request: string, { metadata }: ConfigMap): string {
  const version = metadata?.resourceVersion;
  if (typeof version === "string" && version !== "") return version;
  throw new ClusterError(request, 200, "Malformed", "the ConfigMap has no resourceVersion");
}

type Annotations = Readonly<Record<string, string>>;

function holds({ metadata }: ConfigMap, annotations: Annotations): boolean {
  return Object.entries(annotations).every(([name, text]) => metadata?.annotations?.[name] === text);
}

/** The new version, where the answer contains what was written. A server that reports success and stores something else has not stored the state. */
function storedVersion(request: string, map: ConfigMap, annotations: Annotations): string {
  if (!holds(map, annotations)) {
    const came = "it answers without the state that was written: an admission webhook may have removed it";
    throw new ClusterError(request, 200, "NotChanged", came);
  }
  return versionOf(request, map);
}

/** The version that the write made; null: another run was first. */
async function patch(
  api: Kubernetes,
  path: string,
  resourceVersion: string,
  annotations: Annotations,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  try {
    const map = (await api.send({
      signal,
      kind: KIND,
      method: "PATCH",
      path: `${path}?fieldManager=${fieldManager}`,
      contentType: "application/merge-patch+json",
      body: { metadata: { resourceVersion, annotations } },
    })) as ConfigMap;
    return storedVersion(`PATCH ${path}`, map, annotations);
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    // deleted since it was read, so the version that was read is gone as well
    if (error.status === 404) return null;
    if (error.status !== 409 && !error.uncertain) throw error;
    const now = (await api.send({ method: "GET", path, kind: KIND, signal }).catch(() => ({}))) as ConfigMap;
    // ours, whose answer was lost: nobody else writes this text
    if (holds(now, annotations)) return versionOf(`GET ${path}`, now);
    // nobody wrote since: it was not another run that was faster
    if (now.metadata?.resourceVersion === resourceVersion || error.status !== 409) throw error;
    return null;
  }
}

async function create(
  api: Kubernetes,
  collection: string,
  name: string,
  annotations: Annotations,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  try {
    const body = { apiVersion: "v1", kind: KIND, metadata: { name, annotations } };
    const path = `${collection}?fieldManager=${fieldManager}`;
    return storedVersion(
      `POST ${collection}`,
      (await api.send({ method: "POST", path, kind: KIND, body, signal })) as ConfigMap,
      annotations,
    );
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    if (error.status === 409) return null;
    if (error.status === 200) throw error;
    const hint = `ConfigMap ${name} is missing and could not be created; apply the manifests again (${error.message})`;
    throw new ClusterError(`POST ${collection}`, error.status, error.reason, hint, error);
  }
}
