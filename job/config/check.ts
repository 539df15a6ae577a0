/** Checks a value against its schema node, and collects every issue. */
import { pluralize } from "../core/units.ts";
import { isPrintable } from "../output/escape.ts";
import { hideShapes } from "../output/redactor.ts";
import { didYouMean, nearest } from "./nearest.ts";
import type { Choice, Dict, Group, List, Node, PartialValue, Quantity, Share, Text } from "./schema.ts";
import { holdsSecret } from "./secrets.ts";
import type { Issue } from "./types.ts";
import { formatUnit, parseUnit, WRITTEN } from "./units.ts";

/** Accepted shares: an HPA may also take more than the request. */
const [MIN_SHARE, MAX_SHARE] = [0.01, 10];
/** Longer texts are not shown: a mistyped number or name is never that long, but a misplaced token may be. */
const MAX_SHOWN_LENGTH = 24;
/** The most unknown fields that are named one by one: finding the intended name takes time. */
const MAX_UNKNOWN_FIELDS = 10;
const UNNAMED = "(a name that is not shown)";

/** Joins a path and a key: `targets[0].minReplicas`. */
export function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

/** Joins a path and a key that a person chose. */
export function joinNamed(path: string, key: string): string {
  return join(path, key.length <= MAX_SHOWN_LENGTH && isPrintable(key) ? key : UNNAMED);
}

/** A value as messages show it: short, on one line. Longer texts, lists and mappings are only named by type. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a mapping";
  if (typeof value === "string" && value.length > MAX_SHOWN_LENGTH)
    return `a text of ${pluralize(value.length, "character")}`;
  return hideShapes(JSON.stringify(value) ?? String(value));
}

/** The type of a value, for one of the wrong type or one that may be a secret. */
function kindOf(value: unknown): string {
  if (value === null) return "nothing";
  return typeof value === "object" ? show(value) : `a ${typeof value === "string" ? "text" : typeof value}`;
}

/** The accepted values of a quantity: `cores such as 0.05, or milli-cores such as 50m, from 0.001 to 1024`. */
export function accepted(node: Quantity): string {
  const share = node.shareOf === undefined ? "" : `, or a share such as 70% of ${node.shareOf}`;
  return `${WRITTEN[node.unit].as}, from ${rangeOf(node, " to ")}${share}`;
}

/** The range of a quantity in its unit: `1s to 1h`. */
export function rangeOf({ unit, min, max }: Quantity, between: string): string {
  return `${formatUnit(unit, min)}${between}${formatUnit(unit, max)}`;
}

/**
 * Checks one layer and parses units. Wrong and unknown fields become issues and are left out. A list keeps a hole in their place, so that
 * later indices stay right.
 */
export function check<N extends Node>(
  node: N,
  value: unknown,
  path: string,
  issues: Issue[],
): PartialValue<N> | undefined {
  return checkNode(node, value, path, issues) as PartialValue<N> | undefined;
}

function checkNode(node: Node, value: unknown, path: string, issues: Issue[]): unknown {
  const refuse: Refuse = (must, more = "") => {
    const hidden = holdsSecret(node) || node.kind === "group" || node.kind === "list" || node.kind === "dict";
    const got = hidden ? kindOf(value) : show(value);
    issues.push({ path, message: `must be ${must}, got ${got}.${more}` });
    return undefined;
  };
  switch (node.kind) {
    case "quantity":
      return checkQuantity(node, value, refuse);
    case "text":
      return checkText(node, value, refuse);
    case "choice":
      return checkChoice(node, value, refuse);
    case "toggle":
      if (value === true || value === "true" || value === "1") return true;
      if (value === false || value === "false" || value === "0") return false;
      return refuse("true or false");
    case "list":
      return checkList(node, value, path, issues, refuse);
    case "dict":
      return checkDict(node, value, path, issues, refuse);
    case "group":
      return checkGroup(node, value, path, issues, refuse);
  }
}

type Refuse = (must: string, more?: string) => undefined;

function checkQuantity(node: Quantity, value: unknown, refuse: Refuse): number | Share | undefined {
  if (node.shareOf !== undefined && typeof value === "string" && value.trim().endsWith("%")) {
    const share = parseUnit("ratio", value);
    return share !== null && share >= MIN_SHARE && share <= MAX_SHARE
      ? { share }
      : refuse(`${accepted(node)}, from 1% to 1000%`);
  }
  const parsed = parseUnit(node.unit, value);
  return parsed !== null && parsed >= node.min && parsed <= node.max ? parsed : refuse(accepted(node));
}

function checkText(node: Text, value: unknown, refuse: Refuse): string | undefined {
  const fits =
    typeof value === "string" &&
    value !== "" &&
    (node.secret === true || isPrintable(value)) &&
    (node.pattern === undefined || node.pattern.test(value)) &&
    node.taken?.includes(value) !== true &&
    (node.check === undefined || node.check(value));
  const what = node.accepts ?? "a text that is not empty";
  return fits
    ? value
    : refuse(typeof value === "string" && !isPrintable(value) ? `${what}, without control characters` : what);
}

function checkChoice(node: Choice, value: unknown, refuse: Refuse): string | undefined {
  if (typeof value === "string" && node.values.includes(value)) return value;
  return refuse(
    `one of ${node.values.join(", ")}`,
    didYouMean(typeof value === "object" ? "" : String(value), node.values),
  );
}

function checkList(
  node: List,
  value: unknown,
  path: string,
  issues: Issue[],
  refuse: Refuse,
): readonly unknown[] | undefined {
  if (!Array.isArray(value) && node.single === true && !isRecord(value)) {
    const item = checkNode(node.of, value, path, issues);
    return item === undefined ? undefined : [item];
  }
  if (!Array.isArray(value)) return refuse("a list");
  if (value.length < (node.atLeast ?? 0)) return refuse(`a list of at least ${node.atLeast}`);
  if (value.length > node.atMost) return refuse(`a list of at most ${node.atMost}`, ` It has ${value.length}.`);
  return value.map((item: unknown, i) => checkNode(node.of, item, `${path}[${i}]`, issues));
}

function checkDict(
  node: Dict,
  value: unknown,
  path: string,
  issues: Issue[],
  refuse: Refuse,
): Record<string, unknown> | undefined {
  if (!isRecord(value)) return refuse("a mapping of names to values");
  const entries = Object.entries(value);
  if (entries.length > node.atMost)
    return refuse(`at most ${pluralize(node.atMost, "name")}`, ` It has ${entries.length}.`);
  const out: Record<string, unknown> = {};
  for (const [key, item] of entries) {
    if (node.keys !== undefined && !node.keys.pattern.test(key)) {
      issues.push({ path: joinNamed(path, key), message: `must be named by ${node.keys.accepts}.` });
      continue;
    }
    const checked = checkNode(node.of, item, joinNamed(path, key), issues);
    if (checked !== undefined) out[key] = checked;
  }
  return out;
}

function checkGroup(
  node: Group,
  value: unknown,
  path: string,
  issues: Issue[],
  refuse: Refuse,
): Record<string, unknown> | undefined {
  const known = Object.keys(node.fields);
  if (!isRecord(value)) return refuse(`a mapping with fields such as ${known.slice(0, 6).join(", ")}`);
  const out: Record<string, unknown> = {};
  const unknown: string[] = [];
  for (const [key, item] of Object.entries(value)) {
    const field = Object.hasOwn(node.fields, key) ? node.fields[key] : undefined;
    if (field === undefined) unknown.push(key);
    // an empty field in YAML is null; that is "not given", as kubectl reads it
    else if (item !== null && item !== undefined) {
      const checked = checkNode(field, item, join(path, key), issues);
      if (checked !== undefined) out[key] = checked;
    }
  }
  reportUnknown(node, unknown, path, issues);
  return out;
}

/** Reports unknown fields: a misspelt limit must not be lost silently. */
function reportUnknown(node: Group, unknown: readonly string[], path: string, issues: Issue[]): void {
  const known = Object.keys(node.fields);
  for (const key of unknown.slice(0, MAX_UNKNOWN_FIELDS)) {
    const meant = nearest(key, known);
    const hidden = holdsSecret(node) && !/^[A-Za-z_-]+$/.test(key);
    const help = meant === null ? ` Known: ${known.join(", ")}.` : didYouMean(key, known);
    issues.push({
      path: hidden ? join(path, UNNAMED) : joinNamed(path, key),
      message: `is not a known field.${help}`,
      ...(meant === null ? {} : { meant: join(path, meant) }),
    });
  }
  const more = unknown.length - MAX_UNKNOWN_FIELDS;
  if (more > 0)
    issues.push({
      path,
      message: `has ${pluralize(more, "more field that is not known", "more fields that are not known")}.`,
    });
}

/** Whether a value is a plain object, so that `Object.entries` makes sense. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
