/** The one table of stages, in the order in which they run. */
import { METRIC_STAGES } from "./metric-stages.ts";
import { FIRST_STAGES, TARGET_STAGES } from "./target-stages.ts";

/** All stages: before the metrics, of each metric, of the target. */
export const STAGES = [...FIRST_STAGES, ...METRIC_STAGES, ...TARGET_STAGES] as const;

/** The names of the stages. */
export type Stage = (typeof STAGES)[number]["stage"];
