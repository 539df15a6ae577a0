/** `schema`: prints the JSON Schema of the configuration file. */
import { configSchema } from "../config/json-schema.ts";
import type { Command } from "./io.ts";

/** Prints the schema. */
export const schemaCommand: Command = async (_flags, io) => {
  io.out(`${JSON.stringify(configSchema(), null, 2)}\n`);
  return 0;
};
