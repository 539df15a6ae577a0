/** Helpers that write the JSON Schema of our answers. */
import type { Json } from "../job/config/json-schema.ts";

/** A text. */
export const string = (description: string): Json => ({ type: "string", description });
/** A number. */
export const number = (description: string): Json => ({ type: "number", description });
/** A whole number, 0 or more. */
export const integer = (description: string): Json => ({ type: "integer", minimum: 0, description });
/** true or false. */
export const boolean = (description: string): Json => ({ type: "boolean", description });
/** One of these words. */
export const enumOf = (values: readonly string[], description: string): Json => ({ enum: values, description });
/** A list of such items. */
export const array = (items: Json, description: string): Json => ({ type: "array", items, description });
/** Such values under free names. */
export const dictOf = (values: Json, description: string): Json => ({
  type: "object",
  additionalProperties: values,
  description,
});
/** What `$defs` holds under this name. */
export const ref = (name: string): Json => ({ $ref: `#/$defs/${name}` });
/** Such a value, or null. */
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

/** A time, as seconds since 1970. `what` ends with a full stop. */
export const time = (what: string) => number(`${what} Seconds since 1970.`);
