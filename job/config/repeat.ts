/** How often one process decides: --every and --for, which are flags of the run and not settings of the file. */
import { group, quantity } from "./schema.ts";

/** The two flags as a group, with the rule between them. */
export const REPEAT = group({
  about: "Several decisions in one run.",
  rules: [
    {
      level: "refuse",
      left: { field: "every" },
      is: "<",
      right: { field: "for" },
      says: "{left} is not shorter than --for, which is {right}. Only one decision would be made: use --once, or a longer --for.",
    },
    {
      level: "refuse",
      fields: ["every", "for"],
      allowed: [0, 2],
      says: "--every and --for need each other, e.g. --every 15s --for 50s.",
    },
  ],
  fields: {
    every: quantity({
      about: "Decide repeatedly within one run, with this much time between decisions.",
      unit: "seconds",
      min: 1,
      max: 3600,
    }),
    for: quantity({ about: "Length of a run that decides repeatedly.", unit: "seconds", min: 1, max: 86_400 }),
  },
});
