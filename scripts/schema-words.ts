/** Helpers that write the JSON Schema of our answers. */
import type { Json } from "../job/config/json-schema.ts";

export const text = (description: string): Json => ({ type: "string", description });
export const number = (description: string): Json => ({ type: "number", description });
export const whole = (description: string): Json => ({ type: "integer", minimum: 0, description });
export const flag = (description: string): Json => ({ type: "boolean", description });
export const choice = (values: readonly string[], description: string): Json => ({ enum: values, description });
export const list = (items: Json, description: string): Json => ({ type: "array", items, description });
export const byName = (values: Json, description: string): Json => ({
  type: "object",
  additionalProperties: values,
  description,
});
export const part = (name: string): Json => ({ $ref: `#/$defs/${name}` });
export const orNull = (schema: Json): Json => ({ anyOf: [schema, { type: "null" }] });

/** An object. Names that end in `?` may be absent. */
export function object(description: string, fields: Readonly<Record<string, Json>>): Json {
  const names = Object.keys(fields);
  const bare = (name: string) => name.replace(/\?$/, "");
  return {
    type: "object",
    description,
    required: names.filter((name) => !name.endsWith("?")),
    properties: Object.fromEntries(names.map((name) => [bare(name), fields[name]])),
  };
}

export const seconds = (what: string) => number(`${what} Seconds since 1970.`);
