/** Checks a value against its schema node, joins layers, fills in defaults; collects every issue, stops at none. */
import { didYouMean } from "./nearest.ts";
import type { Choice, Dict, Group, List, Node, Part, Quantity, Text, Value } from "./schema.ts";
import type { Issue } from "./types.ts";
import { formatUnit, parseUnit, WRITTEN } from "./units.ts";

/** Joins a path and a key: `targets[0].minReplicas`. */
export function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

/** A value as it is shown in a message: one line, short. Secrets are never shown. */
export function show(value: unknown): string {
  const written = JSON.stringify(value) ?? String(value);
  return written.length > 60 ? `${written.slice(0, 57)}...` : written;
}

/** What a quantity accepts: `cores such as 0.05, or milli-cores such as 50m, from 0.001 to 1024`. */
export function accepted(node: Quantity): string {
  return `${WRITTEN[node.unit].as}, from ${formatUnit(node.unit, node.min)} to ${formatUnit(node.unit, node.max)}`;
}

/** Checks one layer: units are parsed, wrong and unknown fields become issues and are left out, missing ones are fine. */
export function check<N extends Node>(node: N, value: unknown, path: string, issues: Issue[]): Part<N> | undefined {
  return checkNode(node, value, path, issues) as Part<N> | undefined;
}

function checkNode(node: Node, value: unknown, path: string, issues: Issue[]): unknown {
  switch (node.kind) {
    case "quantity":
      return checkQuantity(node, value, path, issues);
    case "text":
      return checkText(node, value, path, issues);
    case "choice":
      return checkChoice(node, value, path, issues);
    case "toggle":
      if (value === true || value === "true" || value === "1") return true;
      if (value === false || value === "false" || value === "0") return false;
      return refuse(issues, path, value, "true or false");
    case "list":
      return checkList(node, value, path, issues);
    case "dict":
      return checkDict(node, value, path, issues);
    case "group":
      return checkGroup(node, value, path, issues);
  }
}

function refuse(issues: Issue[], path: string, value: unknown, accepts: string, more = ""): undefined {
  issues.push({ path, message: `${show(value)} is not accepted; accepted: ${accepts}.${more}` });
  return undefined;
}

function checkQuantity(node: Quantity, value: unknown, path: string, issues: Issue[]): number | undefined {
  const parsed = parseUnit(node.unit, value);
  if (parsed !== null && parsed >= node.min && parsed <= node.max) return parsed;
  return refuse(issues, path, value, accepted(node));
}

function checkText(node: Text, value: unknown, path: string, issues: Issue[]): string | undefined {
  const fits =
    typeof value === "string" &&
    value !== "" &&
    (node.pattern === undefined || node.pattern.test(value)) &&
    (node.check === undefined || node.check(value));
  if (fits) return value;
  return refuse(issues, path, node.secret === true ? "(hidden)" : value, node.accepts ?? "a text that is not empty");
}

function checkChoice(node: Choice, value: unknown, path: string, issues: Issue[]): string | undefined {
  if (typeof value === "string" && node.values.includes(value)) return value;
  return refuse(issues, path, value, `one of ${node.values.join(", ")}`, didYouMean(String(value), node.values));
}

function checkList(node: List, value: unknown, path: string, issues: Issue[]): readonly unknown[] | undefined {
  if (!Array.isArray(value)) return refuse(issues, path, value, "a list");
  if (value.length < (node.atLeast ?? 0)) return refuse(issues, path, value, `a list of at least ${node.atLeast}`);
  return value
    .map((item: unknown, i) => checkNode(node.of, item, `${path}[${i}]`, issues))
    .filter((item) => item !== undefined);
}

function checkDict(node: Dict, value: unknown, path: string, issues: Issue[]): Record<string, unknown> | undefined {
  if (!isRecord(value)) return refuse(issues, path, value, "names with values");
  const out: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (node.keys !== undefined && !node.keys.pattern.test(key)) {
      issues.push({ path: join(path, key), message: `is not accepted as a name; accepted: ${node.keys.accepts}.` });
      continue;
    }
    const checked = checkNode(node.of, item, join(path, key), issues);
    if (checked !== undefined) out[key] = checked;
  }
  return out;
}

function checkGroup(node: Group, value: unknown, path: string, issues: Issue[]): Record<string, unknown> | undefined {
  if (!isRecord(value)) return refuse(issues, path, value, `the fields ${Object.keys(node.fields).join(", ")}`);
  const out: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    // an empty field in YAML is null; that is "not given", as kubectl reads it
    if (item === null || item === undefined) continue;
    const field = Object.hasOwn(node.fields, key) ? node.fields[key] : undefined;
    if (field === undefined) {
      const known = Object.keys(node.fields);
      issues.push({
        path: join(path, key),
        message: `is not a known field.${didYouMean(key, known)} Known: ${known.join(", ")}.`,
      });
      continue;
    }
    const checked = checkNode(field, item, join(path, key), issues);
    if (checked !== undefined) out[key] = checked;
  }
  return out;
}

/** A plain object, so that `Object.entries` means something. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Joins layers; later ones go before earlier ones, field by field; lists are replaced whole. */
export function merge<N extends Group>(...layers: readonly (Part<N> | undefined)[]): Part<N> {
  return layers.reduce<Readonly<Record<string, unknown>>>(
    (sum, layer) => (layer === undefined ? sum : mergeTwo(sum, layer as Readonly<Record<string, unknown>>)),
    {},
  ) as Part<N>;
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
export type Missing = (path: string, node: Node) => void;

/** Fills in defaults; tells of what is required and missing (the result then lacks it). */
export function complete<N extends Node>(node: N, part: Part<N> | undefined, path: string, missing: Missing): Value<N> {
  return completeNode(node, part, path, missing) as Value<N>;
}

function completeNode(node: Node, part: unknown, path: string, missing: Missing): unknown {
  if (node.kind === "list" && Array.isArray(part)) {
    return part.map((item: unknown, i) => completeNode(node.of, item, `${path}[${i}]`, missing));
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
