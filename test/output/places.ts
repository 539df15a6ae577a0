/** Every place of the configuration, from the table, and files that hold a value there: right, of a wrong type, or as YAML that is none. */

import type { Node } from "../../job/config/schema.ts";
import { holdsSecret } from "../../job/config/secrets.ts";
import { fileSchema, TABLE } from "../../job/config/table.ts";

/** A place: names of fields, 0 in a list, NAME in a dictionary. */
export interface OutputPlace {
  readonly path: readonly (string | number)[];
  readonly node: Node;
  /** Whether the place, or something in it, is a secret or names a file with one. */
  readonly secret: boolean;
}

const NAME = "X-Name";

/** All places below a node. */
export function placesIn(node: Node = fileSchema(TABLE), path: OutputPlace["path"] = []): readonly OutputPlace[] {
  const self = { path, node, secret: holdsSecret(node) };
  if (node.kind === "list") return [self, ...placesIn(node.of, [...path, 0])];
  if (node.kind === "dict") return [self, ...placesIn(node.of, [...path, NAME])];
  if (node.kind !== "group") return [self];
  return [self, ...Object.entries(node.fields).flatMap(([key, field]) => placesIn(field, [...path, key]))];
}

type Tree = { [key: string]: unknown };

/** A configuration with a value at a place; what is required beside it is there. */
export function withValue(base: object, path: OutputPlace["path"], value: unknown): object {
  const [key, ...rest] = path;
  if (key === undefined) return value as object;
  const copy: Tree = Array.isArray(base) ? ([...base] as unknown as Tree) : { ...base };
  const old = copy[key] as object | undefined;
  copy[key] = rest.length === 0 ? value : withValue(old ?? (typeof rest[0] === "number" ? [] : {}), rest, value);
  return copy;
}

/** What must stand beside a place for it to be right: a user beside a password. */
export function besides(path: OutputPlace["path"]): object {
  let node: Node = fileSchema(TABLE);
  let out: object = {};
  path.forEach((key, i) => {
    if (node.kind === "group") {
      for (const [name, field] of Object.entries(node.fields)) {
        if (field.required === true && name !== key) out = withValue(out, [...path.slice(0, i), name], "user");
      }
      node = node.fields[key]!;
    } else if (node.kind === "list" || node.kind === "dict") node = node.of;
  });
  return out;
}

/** The place as block YAML, with a raw text as its value, and a sound line after it. */
export function yamlWith(path: OutputPlace["path"], raw: string): string {
  const lines: string[] = [];
  let depth = 0;
  path.forEach((key, i) => {
    if (typeof key === "number") return;
    const item = typeof path[i - 1] === "number";
    const last = i === path.length - 1;
    lines.push(`${"  ".repeat(item ? depth - 1 : depth)}${item ? "- " : ""}${key}:${last ? ` ${raw}` : ""}`);
    depth += 1 + (typeof path[i + 1] === "number" ? 1 : 0);
  });
  if (typeof path.at(-1) === "number") lines.push(`${"  ".repeat(depth - 1)}- ${raw}`);
  return `${lines.join("\n")}\nreport: { logLevel: debug }\n`;
}

/** YAML that is none, or not what it seems, around a word. */
export function brokenForms(word: string): readonly string[] {
  return [
    `"${word}`,
    `'${word}' ${word}`,
    `${word}: ${word}`,
    `[${word}`,
    `{${word}: ${word}`,
    `*${word.replace(/\W/g, "")}`,
    `!${word.replace(/\W/g, "")} x`,
    `&a &b ${word}`,
    `@${word}`,
    `"\\q${word}"`,
    `|\n\t${word}`,
    `${word}\n        ${word}: x`,
    `>9 ${word}`,
    `x\n${word}`,
    `x\n...\n${word}`,
    `&a [*a, ${word}]`,
    `? [${word}]\n: x`,
  ];
}
