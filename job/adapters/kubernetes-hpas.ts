/** The HPAs of a namespace, listed once for all of its targets; unknown where the Role does not allow it. */
import type { Hpa, HpaList } from "./kubernetes-objects.ts";
import { collectionPath } from "./kubernetes-path.ts";

const [API, PLURAL] = ["autoscaling/v2", "horizontalpodautoscalers"] as const;
/** HPAs a page: with their managedFields about 1 MB. */
const PAGE_SIZE = 200;
/** 10,000 HPAs in one list. Of a namespace, what comes after them is not looked at; with more in all, each namespace is asked. */
const MAX_PAGES = 50;
/** How long a list of HPAs is used again: targets of one run ask once per namespace. */
const LIST_LIFETIME_MS = 10_000;

type Hpas = readonly Hpa[] | undefined;
/** Gives an answer, or undefined where it may not or could not be had. */
type Get = (path: string, signal: AbortSignal | undefined) => Promise<unknown>;

/** The HPAs as a run needs them. */
export interface HpaLists {
  /** Of one namespace; undefined: not known. */
  of(namespace: string, signal?: AbortSignal): Promise<Hpas>;
  /** Reads those of all namespaces at once, and gives them out until it is called again. Where it may not, each namespace is asked. */
  readAll(signal?: AbortSignal): Promise<void>;
}

/** Lists over `get`, which never throws. */
export function hpaLists(get: Get): HpaLists {
  const lists = new Map<string, { readonly at: number; readonly hpas: Promise<Hpas> }>();
  let everywhere: ReadonlyMap<string, readonly Hpa[]> | undefined;
  return {
    of: async (namespace, signal) => {
      if (everywhere !== undefined) return everywhere.get(namespace) ?? [];
      const known = lists.get(namespace);
      if (known && performance.now() - known.at < LIST_LIFETIME_MS) return known.hpas;
      const hpas = pagesOf(collectionPath(API, namespace, PLURAL), (page) => get(page, signal)).then(
        (all) => all?.hpas,
      );
      lists.set(namespace, { at: performance.now(), hpas });
      return hpas;
    },
    readAll: async (signal) => {
      const all = await pagesOf(`/apis/${API}/${PLURAL}`, (page) => get(page, signal));
      // one that was not looked at would be none, and a second scaler of its workload not seen
      everywhere = all?.whole ? Map.groupBy(all.hpas, ({ metadata }) => metadata?.namespace ?? "") : undefined;
    },
  };
}

/** The HPAs of a list, page by page, and whether these are all; undefined when one of the pages may not or could not be read. */
async function pagesOf(
  path: string,
  get: (path: string) => Promise<unknown>,
): Promise<{ readonly hpas: readonly Hpa[]; readonly whole: boolean } | undefined> {
  const hpas: Hpa[] = [];
  let token = "";
  for (let page = 0; page < MAX_PAGES; page++) {
    const list = (await get(`${path}?limit=${PAGE_SIZE}${token}`)) as HpaList | null | undefined;
    if (!Array.isArray(list?.items)) return undefined;
    for (const item of list.items as readonly (Hpa | null)[]) hpas.push(needed(item));
    if (!list.metadata?.continue) return { hpas, whole: true };
    token = `&continue=${encodeURIComponent(list.metadata.continue)}`;
  }
  return { hpas, whole: false };
}

/** What is not used (managedFields, conditions, metrics) is not kept. */
function needed(item: Hpa | null): Hpa {
  const { name, namespace, uid, labels } = item?.metadata ?? {};
  const { scaleTargetRef, minReplicas } = item?.spec ?? {};
  return {
    metadata: { name, namespace, uid, labels },
    spec: { scaleTargetRef, minReplicas },
    status: { currentReplicas: item?.status?.currentReplicas },
  } as Hpa;
}
