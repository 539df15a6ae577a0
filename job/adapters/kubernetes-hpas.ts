/** The HPAs of a namespace, listed once for all of its targets; unknown where the Role does not allow it. */
import type { Hpa } from "./kubernetes-objects.ts";
import type { Listing } from "./kubernetes-pages.ts";
import { collectionPath } from "./kubernetes-path.ts";

const [API, KIND, PLURAL] = ["autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers"] as const;
/** HPAs a page: with their managedFields about 1 MB. */
const PAGE_SIZE = 200;
/** HPAs in one list, as many as targets may be found. Those of a longer one are not known; with more in all, each namespace is asked. */
const MAX_HPAS = 20_000;
/** How long a list of HPAs is used again: targets of one run ask once per namespace. */
const LIST_LIFETIME_MS = 10_000;

type Hpas = readonly Hpa[] | undefined;
/** Reads a whole list; undefined where it may not or could not be read to its end: an HPA that was not looked at would be none. */
type ReadList = (listing: Listing, pick: (item: unknown) => Hpa) => Promise<Hpas>;

/** The HPAs as a run needs them. */
export interface HpaLists {
  /** Of one namespace; undefined: not known. */
  of(namespace: string, signal?: AbortSignal): Promise<Hpas>;
  /** Reads those of all namespaces at once, and gives them out until it is called again. Where it may not, each namespace is asked. */
  readAll(signal?: AbortSignal): Promise<void>;
}

/** Lists over `list`, which never throws. */
export function hpaLists(list: ReadList): HpaLists {
  const lists = new Map<string, { readonly at: number; readonly hpas: Promise<Hpas> }>();
  let everywhere: ReadonlyMap<string, readonly Hpa[]> | undefined;
  const read = (path: string, signal: AbortSignal | undefined) =>
    list({ path, kind: KIND, pageSize: PAGE_SIZE, atMost: MAX_HPAS, signal }, needed);
  return {
    of: async (namespace, signal) => {
      if (everywhere !== undefined) return everywhere.get(namespace) ?? [];
      const known = lists.get(namespace);
      if (known && performance.now() - known.at < LIST_LIFETIME_MS) return known.hpas;
      const hpas = read(collectionPath(API, namespace, PLURAL), signal);
      lists.set(namespace, { at: performance.now(), hpas });
      return hpas;
    },
    readAll: async (signal) => {
      const all = await read(`/apis/${API}/${PLURAL}`, signal);
      everywhere = all && Map.groupBy(all, ({ metadata }) => metadata?.namespace ?? "");
    },
  };
}

/** What is not used (managedFields, conditions, metrics) is not kept. */
function needed(item: unknown): Hpa {
  const { metadata, spec, status } = (item ?? {}) as Hpa;
  const { name, namespace, uid, labels } = metadata ?? {};
  const { scaleTargetRef, minReplicas } = spec ?? {};
  return {
    metadata: { name, namespace, uid, labels },
    spec: { scaleTargetRef, minReplicas },
    status: { currentReplicas: status?.currentReplicas },
  } as Hpa;
}
