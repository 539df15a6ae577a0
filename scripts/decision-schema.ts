/** The JSON Schema of a decision's parts: the forecast, the stages of the policy, and what each metric came to. */
import { REASONS } from "../job/core/policy/reasons.ts";
import { STAGES } from "../job/core/policy/stages.ts";
import { enumOf, integer, number, object, orNull, ref, string } from "./schema-words.ts";

/** The schema of one forecast. All values are in the metric's unit. */
export const FORECAST_SCHEMA = object("A forecast in figures, in the metric's unit.", {
  max: number("Largest demand while new pods serve, as expected."),
  quantile: orNull(number("The quantile of that maximum that pods are for; null: none.")),
  level: orNull(number("Which quantile, 0 to 1; null: none.")),
  method: string("Who made the forecast."),
});

/** The schema of one entry of the trail: what one stage of the policy did to the replicas, and why. */
export const STAGE_SCHEMA = object("One stage of the decision.", {
  stage: enumOf([...new Set(STAGES.map(({ stage }) => stage))], "docs/reasons.md has one line on each."),
  "metric?": string("The metric that the stage was about; absent: the whole target."),
  from: integer("Replicas that went in."),
  to: integer("Replicas that came out."),
  reason: enumOf(Object.keys(REASONS), "docs/reasons.md says what each means."),
  message: string("One sentence with the numbers."),
  "detail?": {
    type: "object",
    description: "The numbers of the stage.",
    additionalProperties: { type: ["number", "string", "boolean", "null"] },
  },
});

/** The schema of one metric of a target in one run: its data, its demand and its own recommendation. */
export const METRIC_SCHEMA = object("What one metric of a target came to, in its unit.", {
  name: string("Its name."),
  unit: string("Its unit."),
  averageValue: number("What one pod should carry."),
  data: object("The verdict on its data.", {
    verdict: enumOf(["act", "upOnly", "hold"], "What the data allow: both directions, scale-out only, nothing."),
    reason: enumOf(Object.keys(REASONS), "Why."),
  }),
  demand: orNull(number("Current demand; null: not known.")),
  replicas: integer("Replicas that it alone asks for."),
  forecast: orNull(ref("forecast")),
});
