/** Makes the JSON Schema of the configuration file, for editors and the chart, from the table that the checks use. */
import type { Node } from "./schema.ts";
import { fileSchema, TABLE, type Table } from "./table.ts";
import { formatUnit, WRITTEN } from "./units.ts";

/** A JSON Schema, or a part of one. */
export type Json = { readonly [key: string]: unknown };

interface Form {
  /** Whether required fields are demanded; not within `defaults`. */
  readonly complete: boolean;
  /** Fields to leave out. */
  readonly omit: (node: Node) => boolean;
}

/** The schema as a plain object (draft 2020-12). `omit`: fields to leave out. */
export function configSchema(table: Table = TABLE, omit: Form["omit"] = () => false): Json {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Configuration of prophet-autoscaler",
    ...of(fileSchema(table), { complete: true, omit }),
  };
}

function of(node: Node, form: Form): Json {
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
      const share = node.shareOf === undefined ? [] : [{ type: "string", pattern: "^\\d+(\\.\\d+)?%$" }];
      const text = `${description} In ${as}; ${formatUnit(node.unit, node.min)} to ${formatUnit(node.unit, node.max)}.`;
      return {
        description: text,
        ...(pattern === null ? number : { anyOf: [number, { type: "string", pattern }, ...share] }),
        ...preset,
      };
    }
    case "text":
      return {
        description,
        type: "string",
        minLength: 1,
        ...(node.pattern === undefined ? {} : { pattern: node.pattern.source }),
        ...(node.taken === undefined ? {} : { not: { enum: node.taken } }),
        ...preset(node.default),
      };
    case "choice":
      return { description, enum: node.values, ...preset(node.default) };
    case "toggle":
      return { description, type: "boolean", ...preset(node.default) };
    case "list":
      return list(node, form);
    case "dict":
      return {
        description,
        type: "object",
        ...(node.keys === undefined ? {} : { propertyNames: { pattern: node.keys.pattern.source } }),
        additionalProperties: of(node.of, form),
        maxProperties: node.atMost,
      };
    case "group":
      return group(node, form);
  }
}

function list(node: Extract<Node, { kind: "list" }>, form: Form): Json {
  const items = of(node.of, form);
  const many = {
    type: "array",
    items,
    ...(node.atLeast === undefined ? {} : { minItems: node.atLeast }),
    maxItems: node.atMost,
  };
  return { description: node.about, ...(node.single === true ? { anyOf: [items, many] } : many) };
}

function group(node: Extract<Node, { kind: "group" }>, form: Form): Json {
  const fields = Object.entries(node.fields).filter(([, field]) => !form.omit(field));
  const properties = fields.map(([key, field]) => {
    const complete = form.complete && key !== "defaults";
    return [key, of(field, { ...form, complete })] as const;
  });
  // required fields of a target may come from `defaults`, flags or environment; those of small groups must stand here
  const required =
    form.complete && !("scaleTargetRef" in node.fields)
      ? fields.flatMap(([key, field]) => (field.required === true ? [key] : []))
      : [];
  return {
    description: node.about,
    type: "object",
    additionalProperties: false,
    ...(required.length === 0 ? {} : { required }),
    properties: Object.fromEntries(properties),
  };
}

function preset(value: unknown): Json {
  return value === undefined ? {} : { default: value };
}

function written(unit: Parameters<typeof formatUnit>[0], value: number): string | number {
  return unit === "seconds" ? formatUnit(unit, value) : value;
}
