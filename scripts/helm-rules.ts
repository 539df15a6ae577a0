/** The table's rules across fields as the chart's templates read them: manifests/helm/files/settings-rules.json. `npm run docs` writes it. */
import type { Json } from "../job/config/json-schema.ts";
import type { Comparison, Count, Field, Rule } from "../job/config/rules.ts";
import type { Group, Node } from "../job/config/schema.ts";
import { TABLE, type Table } from "../job/config/table.ts";
import { formatUnit } from "../job/config/units.ts";
import { isLeftOut } from "./helm-schema.ts";

/** A group with rules: where it is, from the run or the target on. `[]` and `{}` stand for every entry of a list or a dict. */
interface Place {
  readonly at: readonly string[];
  readonly group: Group;
}

function placesIn(node: Node, at: readonly string[] = []): readonly Place[] {
  if (node.kind === "list") return placesIn(node.of, [...at, "[]"]);
  if (node.kind === "dict") return placesIn(node.of, [...at, "{}"]);
  if (node.kind !== "group") return [];
  const below = Object.entries(node.fields).flatMap(([key, field]) => placesIn(field, [...at, key]));
  return node.rules === undefined ? below : [{ at, group: node }, ...below];
}

/** A field with what is needed to read it: its unit, and its default where nobody gives it. Within an optional group that is not there, it has none. */
function fieldOf({ field, outer, times }: Field, here: Group, target: Group): Json {
  const path = field.split(".");
  let node: Node | undefined = outer === true ? target : here;
  let optional = false;
  for (const key of path) {
    const parent: Node | undefined = node;
    node = parent?.kind === "group" ? parent.fields[key] : undefined;
    if (node?.kind === "group" && node.optional === true) optional = true;
  }
  if (node === undefined) throw new Error(`a rule is about ${field}, which is not in the table`);
  const preset = node.kind === "quantity" && !optional ? node.default : undefined;
  return {
    path,
    unit: node.kind === "quantity" ? node.unit : "text",
    ...(preset === undefined || node.kind !== "quantity" ? {} : { default: formatUnit(node.unit, preset) }),
    ...(outer === true ? { outer } : {}),
    ...(times === undefined ? {} : { times }),
  };
}

function comparison({ left, is, right, unless }: Comparison, here: Group, target: Group): Json {
  const other = typeof right === "number" ? { number: right } : fieldOf(right, here, target);
  return {
    left: fieldOf(left, here, target),
    is,
    right: other,
    ...(unless === undefined ? {} : { unless: unless.split(".") }),
  };
}

/** How many may be given. A field that the chart does not take may still come from the environment, so the chart cannot miss it. */
function count({ fields, allowed }: Count, here: Group): Json {
  const unseen = fields.some((field) => isLeftOut(here.fields[field]!));
  const most = Math.max(...allowed);
  return { fields, allowed: unseen ? Array.from({ length: most + 1 }, (_, i) => i) : allowed };
}

function rulesOf(table: Table): readonly Json[] {
  const { run, target } = table;
  const of = (scope: string, { at, group }: Place, rule: Rule): Json => ({
    scope,
    at,
    level: rule.level,
    says: rule.says,
    ...("fields" in rule ? count(rule, group) : comparison(rule, group, target)),
  });
  const all = (scope: string, node: Node) =>
    placesIn(node).flatMap((place) => (place.group.rules ?? []).map((rule) => of(scope, place, rule)));
  return [...all("run", run), ...all("target", target)];
}

/** The file's content, one rule a line. */
export const rulesText = (): string =>
  `[\n${rulesOf(TABLE)
    .map((rule) => `  ${JSON.stringify(rule)}`)
    .join(",\n")}\n]\n`;
