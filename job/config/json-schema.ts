/** The JSON Schema of the configuration file, for editors, from the same table as the checks. */
import type { Node } from "./schema.ts";
import { FILE_SCHEMA } from "./settings-schema.ts";
import { formatUnit, WRITTEN } from "./units.ts";

type Json = { readonly [key: string]: unknown };

/** The schema as a plain object (draft 2020-12). */
export function configSchema(): Json {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Configuration of prophet-autoscaler",
    ...of(FILE_SCHEMA, true),
  };
}

/** `complete`: required fields are demanded; within `defaults` they are not. */
function of(node: Node, complete: boolean): Json {
  const description = node.about;
  switch (node.kind) {
    case "quantity": {
      const whole = node.unit === "replicas" || node.unit === "count";
      const { pattern, as } = WRITTEN[node.unit];
      const number = { type: whole ? "integer" : "number", minimum: node.min, maximum: node.max };
      const preset =
        node.default === undefined
          ? {}
          : { default: pattern === null ? node.default : written(node.unit, node.default) };
      const text = `${description} In ${as}; ${formatUnit(node.unit, node.min)} to ${formatUnit(node.unit, node.max)}.`;
      return {
        description: text,
        ...(pattern === null ? number : { anyOf: [number, { type: "string", pattern }] }),
        ...preset,
      };
    }
    case "text":
      return {
        description,
        type: "string",
        minLength: 1,
        ...(node.pattern === undefined ? {} : { pattern: node.pattern.source }),
        ...preset(node.default),
      };
    case "choice":
      return { description, enum: node.values, ...preset(node.default) };
    case "toggle":
      return { description, type: "boolean", ...preset(node.default) };
    case "list":
      return {
        description,
        type: "array",
        items: of(node.of, complete),
        ...(node.atLeast === undefined ? {} : { minItems: node.atLeast }),
      };
    case "dict":
      return {
        description,
        type: "object",
        ...(node.keys === undefined ? {} : { propertyNames: { pattern: node.keys.pattern.source } }),
        additionalProperties: of(node.of, complete),
      };
    case "group":
      return group(node, complete);
  }
}

function group(node: Extract<Node, { kind: "group" }>, complete: boolean): Json {
  const properties = Object.entries(node.fields).map(
    ([key, field]) => [key, of(field, complete && key !== "defaults")] as const,
  );
  // required fields of a target may come from `defaults`, flags or environment; those of small groups must stand here
  const required = complete && !("scaleTargetRef" in node.fields) ? requiredOf(node) : [];
  return {
    description: node.about,
    type: "object",
    additionalProperties: false,
    ...(required.length === 0 ? {} : { required }),
    properties: Object.fromEntries(properties),
  };
}

function requiredOf(node: Extract<Node, { kind: "group" }>): readonly string[] {
  return Object.entries(node.fields).flatMap(([key, field]) => (field.required === true ? [key] : []));
}

function preset(value: unknown): Json {
  return value === undefined ? {} : { default: value };
}

function written(unit: Parameters<typeof formatUnit>[0], value: number): string | number {
  return unit === "seconds" ? formatUnit(unit, value) : value;
}
