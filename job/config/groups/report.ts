/** Settings of what a run writes about itself. */
import { choice, group } from "../schema.ts";

/** The fields under `report`. */
export const REPORT = group({
  about: "Logs of a run.",
  title: "Logs",
  fields: {
    logLevel: choice({
      about: "Lowest level that is logged.",
      values: ["debug", "info", "warn", "error"],
      default: "info",
      flag: "log-level",
    }),
    logFormat: choice({
      about: "Format of the log on stderr.",
      values: ["text", "json"],
      default: "text",
      flag: "log-format",
    }),
  },
});
