/** Reads and sets one whole number of an object, such as replicas; test and write are one step. */
import type { Replicas } from "../core/units.ts";
import { ClusterError } from "./errors.ts";
import type { Kubernetes } from "./kubernetes-http.ts";
import { fieldManager } from "./kubernetes-path.ts";

/** The number at a path. Throws a ClusterError if it is not a number. */
export function count(path: string, value: unknown): Replicas {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
  throw new ClusterError(
    `GET ${path}`,
    200,
    "Malformed",
    `replicas must be a whole number from 0, got ${JSON.stringify(value)}`,
  );
}

/** A number in an object: its path and kind, and how to read it. */
export interface NumberAt<T> {
  readonly path: string;
  readonly kind: string;
  /** JSON pointer. */
  readonly field: string;
  readonly of: (object: T) => unknown;
}

/** Sets one number only if it is still `from`: the server tests and replaces in one step. Throws a ClusterError, also if the server reports success without the change. */
export async function patchNumber<T>(
  api: Kubernetes,
  { path, kind, field, of }: NumberAt<T>,
  from: Replicas,
  to: Replicas,
  signal?: AbortSignal,
): Promise<"done" | "conflict"> {
  const call = {
    signal,
    kind,
    method: "PATCH",
    path: `${path}?fieldManager=${fieldManager}`,
    contentType: "application/json-patch+json",
    body: [
      // 0 is left out of the JSON, and a `test` for null is true of what is not there
      { op: "test", path: field, value: from === 0 ? null : from },
      { op: "add", path: field, value: to },
    ],
  } as const;
  let answer: T;
  try {
    answer = (await api.send(call)) as T;
  } catch (error) {
    if (!(error instanceof ClusterError) || !(error.uncertain || MAYBE_CHANGED.has(error.status))) throw error;
    // a failed `test`, an admission policy and a refused value are all 422, and a lost answer says nothing: the number itself tells
    const read = await api.send({ method: "GET", path, kind, signal }).catch(() => null);
    if (read === null) throw error;
    const now = of(read as T);
    if (now === to && error.uncertain) return "done";
    if (now !== from) return "conflict";
    // the server has said no and nothing has changed; a lost write may still be under way
    if (error.status !== undefined) error.uncertain = false;
    throw error;
  }
  const set = of(answer);
  if (set === to) return "done";
  const came = `it answers ${JSON.stringify(set)} instead of ${to}: an admission webhook may have changed it`;
  throw new ClusterError(`PATCH ${path}`, 200, "NotChanged", came, undefined, set !== from);
}

const MAYBE_CHANGED: ReadonlySet<number | undefined> = new Set([409, 422]);
