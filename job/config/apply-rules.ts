/** Applies the rules of the table to settings whose defaults are filled in. */
import { isRecord, join, joinNamed } from "./check.ts";
import type { AlreadyReported } from "./reported.ts";
import type { Comparison, Field, Rule } from "./rules.ts";
import type { Group, Node } from "./schema.ts";
import type { Issue } from "./types.ts";
import { formatUnit } from "./units.ts";

/** A part of the settings, with its node and the place where a message says it is. */
export interface Place {
  readonly path: string;
  readonly node: Node;
  readonly value: unknown;
}

/** The findings, each with the path of the wrong value. */
export interface RuleFindings {
  readonly refused: readonly Issue[];
  readonly warned: readonly Issue[];
}

/** Every rule that these settings break, for a run or for one target. Skips rules about values that already have an issue. */
export function applyRules(whole: Place, reported: AlreadyReported = () => false): RuleFindings {
  const found = groupsIn(whole).flatMap((place) =>
    (place.node.rules ?? []).flatMap((rule) => broken(rule, place, whole, reported).map((issue) => ({ rule, issue }))),
  );
  const of = (level: Rule["level"]) => found.flatMap(({ rule, issue }) => (rule.level === level ? [issue] : []));
  return { refused: of("refuse"), warned: of("warn") };
}

type WithRules = Place & { readonly node: Group; readonly value: Readonly<Record<string, unknown>> };

/** All groups that these settings have. */
function groupsIn({ path, node, value }: Place): readonly WithRules[] {
  if (node.kind === "list" && Array.isArray(value))
    return value.flatMap((item: unknown, i) => groupsIn({ path: `${path}[${i}]`, node: node.of, value: item }));
  if (!isRecord(value)) return [];
  if (node.kind === "dict")
    return Object.entries(value).flatMap(([key, item]) =>
      groupsIn({ path: joinNamed(path, key), node: node.of, value: item }),
    );
  if (node.kind !== "group") return [];
  const below = Object.entries(node.fields).flatMap(([key, field]) =>
    groupsIn({ path: join(path, key), node: field, value: value[key] }),
  );
  return [{ path, node, value }, ...below];
}

function broken(rule: Rule, place: Place, whole: Place, reported: AlreadyReported): readonly Issue[] {
  const about = ({ field, outer }: Field) => at(field, outer === true ? whole : place);
  const unclear = (...fields: readonly Field[]) =>
    fields.map(about).some((part) => part !== undefined && reported(part.path));
  if ("fields" in rule) {
    if (unclear(...rule.fields.map((field) => ({ field })))) return [];
    const given = rule.fields.filter((field) => child(place, field)?.value !== undefined).length;
    return rule.allowed.includes(given)
      ? []
      : [{ path: rule.at === undefined ? place.path : join(place.path, rule.at), message: rule.says }];
  }
  const { left: first, right: second, unless } = rule;
  const others = [
    ...(typeof second === "number" ? [] : [second]),
    ...(unless === undefined ? [] : [{ field: unless }]),
  ];
  if (unclear(first, ...others)) return [];
  if (unless !== undefined && about({ field: unless })?.value !== undefined) return [];
  const left = read(about(first), first);
  const right = typeof second === "number" ? { value: second, written: String(second) } : read(about(second), second);
  if (left === undefined || right === undefined || holds(rule, left.value, right.value)) return [];
  const message = rule.says.replaceAll("{left}", left.written).replaceAll("{right}", right.written);
  return [{ path: join(place.path, rule.left.field), message }];
}

/** Whether the comparison holds. Values are numbers, or local times and dates, which sort as text. */
function holds({ is }: Comparison, left: number | string, right: number | string): boolean {
  if (is === "<=") return left <= right;
  if (is === ">=") return left >= right;
  return is === "<" ? left < right : left !== right;
}

function read(part: Place | undefined, { times }: Field) {
  const value = part?.value;
  if (typeof value === "string") return { value, written: value };
  if (typeof value !== "number" || part?.node.kind !== "quantity") return undefined;
  const { unit } = part.node;
  if (times === undefined) return { value, written: formatUnit(unit, value) };
  // 11,000 steps of 15 s are nobody's 2750 minutes
  return { value: value * times, written: unit === "seconds" ? `${value * times}s` : formatUnit(unit, value * times) };
}

function at(field: string, from: Place): Place | undefined {
  return field.split(".").reduce<Place | undefined>((part, key) => part && child(part, key), from);
}

function child({ path, node, value }: Place, key: string): Place | undefined {
  const field = node.kind === "group" && Object.hasOwn(node.fields, key) ? node.fields[key] : undefined;
  if (field === undefined || !isRecord(value)) return undefined;
  return { path: join(path, key), node: field, value: value[key] };
}
