/** Reads and sets one whole number of an object, such as replicas: a test and a write in one step. */
import type { Replicas } from "../core/units.ts";
import { ClusterError } from "./errors.ts";
import type { Kubernetes } from "./kubernetes-http.ts";
import type { Status } from "./kubernetes-objects.ts";
import { fieldManager } from "./kubernetes-path.ts";

/** The number that was read from a path. Throws ClusterError where it is none. */
export function count(path: string, value: unknown): Replicas {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
  throw new ClusterError(`GET ${path}`, 200, "Malformed", `replicas are ${JSON.stringify(value)}`);
}

/** Sets one number only if it still is `from`: the server tests and replaces in one step. */
export async function patchNumber(
  api: Kubernetes,
  path: string,
  field: string,
  from: Replicas,
  to: Replicas,
): Promise<"done" | "conflict"> {
  try {
    await api.send({
      method: "PATCH",
      path: `${path}?fieldManager=${fieldManager}`,
      contentType: "application/json-patch+json",
      body: [
        // 0 is left out of the JSON, and a `test` for null is true of what is not there
        { op: "test", path: field, value: from === 0 ? null : from },
        { op: "add", path: field, value: to },
      ],
    });
    return "done";
  } catch (error) {
    if (error instanceof ClusterError && (error.status === 409 || failedTest(error))) return "conflict";
    throw error;
  }
}

/** 422 is also the answer to a refused value; that one names the fields. */
function failedTest(error: ClusterError): boolean {
  if (error.status !== 422) return false;
  const causes = (error.cause as Status["details"])?.causes ?? [];
  return !causes.some((cause) => cause.field !== undefined && cause.field !== "");
}
