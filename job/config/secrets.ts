/** Where secrets stand, by the table: which settings hold one, which name a file that does, and what they are in given settings. */
import type { Node } from "./schema.ts";

/** Whether this node, or anything below it, is a secret or names a file that holds one. A wrong value there may be the secret itself. */
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

/** What settings hold: secrets themselves, and files that hold one. */
export interface Held {
  readonly values: readonly string[];
  readonly files: readonly string[];
}

/** All secrets of a value (settings, or a layer of them), found by its node. */
export function secretsIn(node: Node, value: unknown): Held {
  const values: string[] = [];
  const files: string[] = [];
  const visit = (at: Node, part: unknown): void => {
    if (part === undefined || part === null) return;
    if (at.kind === "text" && typeof part === "string") {
      if (at.secret === true) values.push(part);
      if (at.secretFile === true) files.push(part);
    } else if (at.kind === "list" && Array.isArray(part)) for (const item of part) visit(at.of, item);
    else if (at.kind === "dict") for (const item of Object.values(part as object)) visit(at.of, item);
    else if (at.kind === "group") {
      for (const [key, field] of Object.entries(at.fields))
        visit(field, (part as Readonly<Record<string, unknown>>)[key]);
    }
  };
  visit(node, value);
  return { values, files };
}
