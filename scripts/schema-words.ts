/** Helpers that write the JSON Schema of our answers. */
import type { Json } from "../job/config/json-schema.ts";

/** The schema of a text. */
export const string = (description: string): Json => ({ type: "string", description });
/** The schema of a number. */
export const number = (description: string): Json => ({ type: "number", description });
/** The schema of a whole number, 0 or more. */
export const integer = (description: string): Json => ({ type: "integer", minimum: 0, description });
/** The schema of true or false. */
export const boolean = (description: string): Json => ({ type: "boolean", description });
/** The schema of one of these words. */
export const enumOf = (values: readonly string[], description: string): Json => ({ enum: values, description });
/** The schema of a list of such items. */
export const array = (items: Json, description: string): Json => ({ type: "array", items, description });
/** The schema of an object with free names and such values. */
export const dictOf = (values: Json, description: string): Json => ({
  type: "object",
  additionalProperties: values,
  description,
});
/** A reference to a part of `$defs` by its name. */
export const ref = (name: string): Json => ({ $ref: `#/$defs/${name}` });
/** The schema of such a value, or null. */
export const orNull = (schema: Json): Json => ({ anyOf: [schema, { type: "null" }] });

/** The schema of an object with these fields. A field whose name ends in `?` may be absent. */
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

/** The schema of a time in seconds since 1970. `what` describes it and ends with a full stop. */
export const time = (what: string) => number(`${what} Seconds since 1970.`);
