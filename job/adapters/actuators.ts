/** The registry of actuators, used by the run, the doctor and the chart's Role. A new one needs a word in job/config/defaults.ts, a file and a line here. */
import type { TargetConfig } from "../core/target.ts";
import type { Actuator } from "./actuator.ts";
import { HPA } from "./actuator-hpa.ts";
import { SCALE } from "./actuator-scale.ts";

/** All actuators by their value in the settings. A value without an actuator does not compile. */
export const ACTUATORS: Readonly<Record<TargetConfig["actuator"], Actuator>> = { scale: SCALE, hpa: HPA };

/** The actuator of a target. */
export function actuatorOf({ actuator }: Pick<TargetConfig, "actuator">): Actuator {
  return ACTUATORS[actuator];
}
