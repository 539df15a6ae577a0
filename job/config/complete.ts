/** Joins layers of settings field by field, and fills in defaults. */
import { isRecord, join, joinNamed } from "./check.ts";
import type { Group, Node, PartialValue, Value } from "./schema.ts";

/** Joins layers. Later ones take precedence, field by field; lists are replaced whole. */
export function merge<N extends Group>(...layers: readonly (PartialValue<N> | undefined)[]): PartialValue<N> {
  return layers.reduce<Readonly<Record<string, unknown>>>(
    (sum, layer) => (layer === undefined ? sum : mergeTwo(sum, layer as Readonly<Record<string, unknown>>)),
    {},
  ) as PartialValue<N>;
}

function mergeTwo(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const out: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const old = out[key];
    out[key] = isRecord(old) && isRecord(value) ? mergeTwo(old, value) : value;
  }
  return out;
}

/** Called for each required field that no layer gives. */
export type OnMissing = (path: string, node: Node) => void;

/** Fills in defaults, and reports required fields that are missing; the result then lacks them. Holes of lists stay, so that indices stay right. */
export function complete<N extends Node>(
  node: N,
  part: PartialValue<N> | undefined,
  path: string,
  missing: OnMissing,
): Value<N> {
  return completeNode(node, part, path, missing) as Value<N>;
}

function completeNode(node: Node, part: unknown, path: string, missing: OnMissing): unknown {
  if (node.kind === "list" && Array.isArray(part)) {
    return part.map((item: unknown, i) =>
      item === undefined ? undefined : completeNode(node.of, item, `${path}[${i}]`, missing),
    );
  }
  if (node.kind === "dict" && isRecord(part)) {
    return Object.fromEntries(
      Object.entries(part).map(([key, item]) => [key, completeNode(node.of, item, joinNamed(path, key), missing)]),
    );
  }
  if (node.kind !== "group") {
    if (part !== undefined) return part;
    if (node.required === true) missing(path, node);
    return node.default;
  }
  if (node.optional === true && part === undefined) return undefined;
  const given = isRecord(part) ? part : {};
  const out: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(node.fields)) {
    const value = completeNode(field, given[key], join(path, key), missing);
    if (value !== undefined) out[key] = value;
  }
  return out;
}

/** The value with the holes of its lists closed. */
export function withoutHoles<T>(value: T): T {
  if (Array.isArray(value)) return value.filter((item) => item !== undefined).map(withoutHoles) as T;
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutHoles(item)])) as T;
}
