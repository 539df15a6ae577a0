/** Defaults of kube-controller-manager 1.36 and of the API server for `behavior`. */
import type { HpaBehavior, HpaMemory, HpaScalingRules, HpaSettings } from "./types.ts";

/** The controller's command-line defaults. */
export const HPA_SETTINGS: HpaSettings = {
  tolerance: 0.1,
  downscaleStabilization: 300,
  cpuInitializationPeriod: 300,
  initialReadinessDelay: 30,
  scaleToZero: false,
};

/** The memory of a controller that has just started. Nothing shrinks for a window, since its first recommendation is the current count. */
export const EMPTY_MEMORY: HpaMemory = { recommendations: [], scaleUpEvents: [], scaleDownEvents: [], conditions: {} };

/** Rules with every default filled in. */
export type FullRules = Required<HpaScalingRules>;

/** A `behavior` with every default filled in. */
export interface FullBehavior {
  readonly scaleUp: FullRules;
  readonly scaleDown: FullRules;
}

/** Fills in a `behavior` as the API server does. The API refuses an empty list of policies. */
export function completeBehavior(behavior: HpaBehavior, settings: HpaSettings): FullBehavior {
  return {
    scaleUp: {
      stabilizationWindowSeconds: 0,
      selectPolicy: "Max",
      policies: [
        { type: "Pods", value: 4, periodSeconds: 15 },
        { type: "Percent", value: 100, periodSeconds: 15 },
      ],
      tolerance: settings.tolerance,
      ...behavior.scaleUp,
    },
    scaleDown: {
      stabilizationWindowSeconds: settings.downscaleStabilization,
      selectPolicy: "Max",
      policies: [{ type: "Percent", value: 100, periodSeconds: 15 }],
      tolerance: settings.tolerance,
      ...behavior.scaleDown,
    },
  };
}
