/** Lists of the API server, page by page: one that outgrows an answer is asked for in smaller ones, one that expired on the way is begun again. */
import { asError } from "../core/result.ts";
import { pluralize } from "../core/units.ts";
import { ClusterError, TransportError } from "./errors.ts";
import type { Kubernetes } from "./kubernetes-http.ts";

/** Objects a page where the listing does not say, as client-go asks for. */
const PAGE = 500;
/** A Deployment has 4 to 10 kB and about 200 lists and objects. What is larger is asked for in smaller pages. */
const PAGE_BOUNDS = { bytes: 8 * 1024 * 1024, containers: 300_000 } as const;
/** A token lives for five minutes in etcd; who is refused again and again shall not ask for ever. */
const MAX_BEGINNINGS = 3;
/** 20,000 objects in pages of 500 are 40 calls; a server that gives one token after the other is not followed for ever. */
const MAX_CALLS = 1000;

/** What is listed. */
export interface Listing {
  /** Path of the collection. */
  readonly path: string;
  /** Kind of its objects. */
  readonly kind: string;
  readonly labelSelector?: string;
  /** Objects a page. */
  readonly pageSize?: number;
  /** Objects in all; with more the list is refused. */
  readonly atMost: number;
  readonly signal?: AbortSignal | undefined;
}

/** What became of a list: `items` as far as they came, and why no more came. */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly error?: Error;
}

/** Where a list is: the token of the next page, its size, and how often it began. */
interface PagePosition {
  readonly token: string;
  readonly limit: number;
  readonly beginnings: number;
}

/** Reads a whole list. `pick` keeps of each object what is needed. Never throws: what came before an error is there beside it. */
export async function listAll<T>(api: Kubernetes, listing: Listing, pick: (item: unknown) => T): Promise<Listed<T>> {
  let items: T[] = [];
  let place: PagePosition = { token: "", limit: listing.pageSize ?? PAGE, beginnings: 1 };
  for (let calls = 0; calls < MAX_CALLS; calls++) {
    try {
      const page = await readPage(api, listing, place);
      for (const item of page.items) items.push(pick(item));
      if (items.length > listing.atMost) return { items, error: tooMany(listing, pluralize(listing.atMost, "object")) };
      if (page.next === "") return { items };
      place = { ...place, token: page.next };
    } catch (error) {
      const next = afterError(error, place);
      if (next === null) return { items, error: asError(error) };
      // begun again, what came before comes again
      if (next.token === "") items = [];
      place = next;
    }
  }
  return { items, error: tooMany(listing, pluralize(MAX_CALLS, "page")) };
}

/** Where to go on after an error; null: nowhere. */
function afterError(error: unknown, { token, limit, beginnings }: PagePosition): PagePosition | null {
  if (isTooLarge(error) && limit > 1) return { token, limit: Math.ceil(limit / 4), beginnings };
  if (isExpired(error) && beginnings < MAX_BEGINNINGS) return { token: "", limit, beginnings: beginnings + 1 };
  return null;
}

function tooMany({ path }: Listing, what: string): ClusterError {
  return new ClusterError(`GET ${path}`, 200, "TooMany", `there are more than ${what}`);
}

async function readPage(
  api: Kubernetes,
  { path, kind, labelSelector, signal }: Listing,
  { limit, token }: PagePosition,
) {
  const query = new URLSearchParams({
    ...(labelSelector === undefined ? {} : { labelSelector }),
    limit: `${limit}`,
    ...(token === "" ? {} : { continue: token }),
  });
  const call = { path: `${path}?${query}`, kind: `${kind}List`, signal, bounds: PAGE_BOUNDS };
  const answer = await api.send({ method: "GET", ...call });
  const { items, metadata } = (answer ?? {}) as { items?: unknown; metadata?: { continue?: unknown } };
  // an empty list is `[]`, or null as Go writes a nil slice; without the field it is no list
  if (!Array.isArray(items) && items !== null)
    throw new ClusterError(`GET ${path}`, 200, "Malformed", `items must be a list, got ${typeof items}`);
  const next = metadata?.continue;
  return { items: (items ?? []) as readonly unknown[], next: typeof next === "string" ? next : "" };
}

function isExpired(error: unknown): boolean {
  return error instanceof ClusterError && (error.status === 410 || error.reason === "Expired");
}

function isTooLarge(error: unknown): boolean {
  if (!(error instanceof ClusterError)) return false;
  return error.reason === "TooLarge" || (error.cause instanceof TransportError && error.cause.code === "ETOOLARGE");
}
