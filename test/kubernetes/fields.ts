/** Which fields the kinds of the manifests have in each Kubernetes, and what of an object one of them does not know. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A field of a type. */
export interface ApiField {
  /** Another type of the table, or string, number, boolean, map, any; with [] before it where it is a list. */
  readonly type: string;
  /** The first version that has it, from the oldest of the table on. */
  readonly since: string;
  /** Versions whose source says that a feature gate is in charge of it. */
  readonly gated?: readonly string[];
}

export interface ApiFields {
  /** Oldest first, such as 1.25. */
  readonly versions: readonly string[];
  /** "apiVersion kind" -> type. */
  readonly kinds: Readonly<Record<string, string>>;
  readonly types: Readonly<Record<string, Readonly<Record<string, ApiField>>>>;
}

/**
 * Fields whose comment speaks of a gate, and that are on wherever they are used: the time zone is beta in 1.25, two more operators of a toleration came late, and the limit of
 * failures for each index is beta from 1.29 on, where shards begin.
 */
const ON = new Set([
  "batch/v1.CronJobSpec.timeZone",
  "batch/v1.JobSpec.backoffLimitPerIndex",
  "core/v1.Toleration.operator",
]);

export const FIELDS = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../fixtures/kubernetes/fields.json"), "utf8"),
) as ApiFields;

/** What this version would refuse or drop of an object: unknown kinds and fields, fields behind a gate, and what has another form. */
export function unknownTo(version: string, object: { readonly apiVersion: string; readonly kind: string }): string[] {
  const kind = `${object.apiVersion} ${object.kind}`;
  const type = FIELDS.kinds[kind];
  if (type === undefined) return [`${kind} is not in the table`];
  const { apiVersion: _v, kind: _k, ...rest } = object;
  return check(version, type, rest, object.kind);
}

function check(version: string, type: string, value: unknown, path: string): string[] {
  if (type === "any") return [];
  if (type.startsWith("[]")) {
    if (!Array.isArray(value)) return [`${path} is no list`];
    return value.flatMap((item, i) => check(version, type.slice(2), item, `${path}[${i}]`));
  }
  const fields = FIELDS.types[type];
  if (fields === undefined) {
    const expected = type === "map" ? "object" : type;
    return typeof value === expected ? [] : [`${path} is ${JSON.stringify(value)}, no ${type}`];
  }
  if (typeof value !== "object" || value === null) return [`${path} is ${JSON.stringify(value)}, no ${type}`];
  return Object.entries(value).flatMap(([key, item]) => {
    const field = fields[key];
    const at = `${path}.${key}`;
    if (field === undefined) return [`${at} is unknown`];
    if (later(field.since, version)) return [`${at} is there from ${field.since} on`];
    if (field.gated?.includes(version) && !ON.has(`${type}.${key}`)) return [`${at} is behind a feature gate`];
    return check(version, field.type, item, at);
  });
}

/** Whether version a comes after b. */
function later(a: string, b: string): boolean {
  return FIELDS.versions.indexOf(a) > FIELDS.versions.indexOf(b);
}
