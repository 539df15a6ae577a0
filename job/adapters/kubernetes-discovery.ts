/** Finds the workloads that opted in, and what a run reads of each, by lists: pages of a namespace and kind in place of a call a target. */
import { ownAnnotations } from "../config/annotations.ts";
import type { FoundWorkload } from "../config/found-target.ts";
import { ALL_NAMESPACES } from "../config/groups/discover.ts";
import type { DiscoverySelector } from "../config/types.ts";
import { asError } from "../core/result.ts";
import type { ScaleTargetRef, TargetConfig } from "../core/target.ts";
import { inParallel } from "../in-parallel.ts";
import { ClusterError } from "./errors.ts";
import { type Inspection, inspectionOf } from "./kubernetes-conditions.ts";
import type { Kubernetes } from "./kubernetes-http.ts";
import type { Workload } from "./kubernetes-objects.ts";
import { listAll } from "./kubernetes-pages.ts";
import { collectionPath, resourceOf } from "./kubernetes-path.ts";

const API = "apps/v1";
/** Lists under way at a time: a page may have 8 MiB, and takes several times as much while it is parsed. */
const MAX_LISTS = 3;
/** Twice the most that shards were ever tried with. What opts in beyond is no fleet but a mistake in a selector. */
const MAX_FOUND = 20_000;

/** What was found. */
export interface DiscoveryResult {
  /** Each once, in the order of the entries, then of the API server. */
  readonly workloads: readonly FoundWorkload[];
  /** Lists that could not be read, or not to their end. What they hold besides is not known. */
  readonly failures: readonly DiscoveryError[];
  /** How many lists were asked for. */
  readonly lists: number;
}

/** Finds workloads. */
export interface Discovery {
  /** Never throws. What is found is what the scaler then knows of these workloads, until it is called again. */
  find(selectors: readonly DiscoverySelector[], signal?: AbortSignal): Promise<DiscoveryResult>;
}

/** A list of workloads could not be read: whatever opted in there is left alone. */
export class DiscoveryError extends Error {
  override readonly name = "DiscoveryError";
  /** null: all namespaces. */
  readonly namespace: string | null;
  readonly kind: string;

  constructor(kind: string, namespace: string, cause: Error) {
    const where = namespace === ALL_NAMESPACES ? "all namespaces" : `namespace ${namespace}`;
    const forbidden = cause instanceof ClusterError && cause.status === 403;
    const grants = namespace === ALL_NAMESPACES ? "discover-all" : "discover";
    const todo = forbidden
      ? `; grant list on ${resourceOf({ kind })}: manifests/components/${grants} has the rules`
      : "";
    super(`${kind}s in ${where} could not be listed: ${cause.message}${todo}`, { cause });
    this.namespace = namespace === ALL_NAMESPACES ? null : namespace;
    this.kind = kind;
  }
}

/** A Discovery, and what it found of a target. */
export interface KubernetesDiscovery extends Discovery {
  inspection(target: TargetConfig): Inspection | undefined;
}

/** One list of one entry. */
interface Task {
  readonly selector: DiscoverySelector;
  readonly namespace: string;
  readonly kind: string;
}

/** Finds over the API server. `readAllHpas`: absent where nobody looks at HPAs. */
export function kubernetesDiscovery(
  kubernetes: () => Promise<Kubernetes>,
  readAllHpas?: (signal?: AbortSignal) => Promise<void>,
): KubernetesDiscovery {
  let known = new Map<string, Inspection>();
  return {
    inspection: ({ namespace, scaleTargetRef }) => known.get(keyOf(namespace, scaleTargetRef)),
    find: async (selectors, signal) => {
      const found = new Map<string, Inspection>();
      const tasks = tasksOf(selectors);
      const everywhere = tasks.some(({ namespace }) => namespace === ALL_NAMESPACES);
      const hpas = everywhere ? readAllHpas?.(signal) : undefined;
      const results = await inParallel(tasks, (task) => list(kubernetes, task, signal), MAX_LISTS);
      await hpas;
      const workloads: FoundWorkload[] = [];
      for (const { workload, inspection } of results.flatMap(({ items }) => items)) {
        const key = keyOf(workload.namespace, workload);
        if (!found.has(key)) workloads.push(workload);
        found.set(key, inspection);
      }
      known = found;
      return { workloads, failures: results.flatMap(({ failure }) => failure ?? []), lists: tasks.length };
    },
  };
}

function keyOf(namespace: string, { apiVersion, kind, name }: ScaleTargetRef): string {
  return `${namespace}/${apiVersion}/${kind}/${name}`;
}

/** Each list once, also where two entries ask for the same; with all namespaces no single one beside it. */
function tasksOf(selectors: readonly DiscoverySelector[]): readonly Task[] {
  const all = new Map<string, Task>();
  for (const selector of selectors) {
    const everywhere = selector.namespaces.includes(ALL_NAMESPACES);
    for (const namespace of everywhere ? [ALL_NAMESPACES] : selector.namespaces)
      for (const kind of selector.kinds)
        all.set(JSON.stringify([selector.labelSelector, namespace, kind]), { selector, namespace, kind });
  }
  return [...all.values()];
}

async function list(kubernetes: () => Promise<Kubernetes>, task: Task, signal: AbortSignal | undefined) {
  const { selector, namespace, kind } = task;
  const plural = resourceOf({ kind });
  const path = namespace === ALL_NAMESPACES ? `/apis/${API}/${plural}` : collectionPath(API, namespace, plural);
  try {
    const listing = { path, kind, labelSelector: selector.labelSelector, atMost: MAX_FOUND, signal };
    const { items, error } = await listAll(await kubernetes(), listing, (item) => pick(task, item));
    const workloads = items.filter((item) => item !== null);
    return { items: workloads, ...(error && { failure: new DiscoveryError(kind, namespace, error) }) };
  } catch (error) {
    return { items: [], failure: new DiscoveryError(kind, namespace, asError(error)) };
  }
}

/** What a run needs of a workload; null: it is being deleted, or is none. The rest of the object is not kept. */
function pick({ namespace: asked, kind }: Task, item: unknown) {
  const object = (item ?? {}) as Workload;
  const { name, namespace, annotations, deletionTimestamp } = object.metadata ?? {};
  if (typeof name !== "string" || typeof namespace !== "string" || deletionTimestamp != null) return null;
  if (asked !== ALL_NAMESPACES && namespace !== asked) return null;
  const ref = { apiVersion: API, kind, name };
  const workload: FoundWorkload = { ...ref, namespace, annotations: ownAnnotations(annotations) };
  return { workload, inspection: inspectionOf(object, ref) };
}
