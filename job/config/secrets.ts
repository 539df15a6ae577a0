/** Finds secrets by the table: which settings are one, which name a file with one, and their values in given settings. */
import type { Node, Text } from "./schema.ts";

/** Whether this node, or one below it, is a secret or names a file with one. A wrong value there may be the secret itself. */
export function holdsSecret(node: Node): boolean {
  switch (node.kind) {
    case "text":
      return node.secret === true || node.secretFile === true;
    case "list":
    case "dict":
      return holdsSecret(node.of);
    case "group":
      return Object.values(node.fields).some(holdsSecret);
    default:
      return false;
  }
}

/** The secrets of settings, and the files with one. */
export interface SecretsHeld {
  readonly values: readonly string[];
  readonly files: readonly string[];
}

const NONE: SecretsHeld = { values: [], files: [] };

/**
 * All secrets of a value (settings, or a file as written, right or wrong), found by its node. Where a value does not have the node's form,
 * every text in it may be one.
 */
export function secretsIn(node: Node, value: unknown): SecretsHeld {
  if (value === undefined || value === null || !holdsSecret(node)) return NONE;
  if (node.kind === "text") return inText(node, value);
  if (node.kind === "list" && Array.isArray(value)) return together(value.map((item) => secretsIn(node.of, item)));
  if (node.kind === "list" || !isMapping(value)) return { values: textsIn(value), files: [] };
  const nodeOf = (key: string) =>
    node.kind === "dict" ? node.of : node.kind === "group" ? node.fields[key] : undefined;
  const entries = Object.entries(value).map(([key, item]) => [nodeOf(key), item] as const);
  return together(entries.map(([of, item]) => (of === undefined ? NONE : secretsIn(of, item))));
}

function inText({ secret, secretFile }: Text, value: unknown): SecretsHeld {
  if (secret === true) return { values: textsIn(value), files: [] };
  return secretFile === true && typeof value === "string" ? { values: [], files: [value] } : NONE;
}

function together(all: readonly SecretsHeld[]): SecretsHeld {
  return { values: all.flatMap(({ values }) => values), files: all.flatMap(({ files }) => files) };
}

/** Every text and number in a value, to a depth that no setting reaches. */
function textsIn(value: unknown, depth = 0): readonly string[] {
  if (typeof value === "string" || typeof value === "number") return [String(value)];
  if (typeof value !== "object" || value === null || depth > 4) return [];
  return Object.values(value).flatMap((item) => textsIn(item, depth + 1));
}

function isMapping(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
